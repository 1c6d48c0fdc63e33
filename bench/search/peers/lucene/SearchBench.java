import java.io.BufferedReader;
import java.io.FileReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.analysis.core.WhitespaceAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.PhraseQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TopScoreDocCollectorManager;
import org.apache.lucene.search.similarities.BM25Similarity;
import org.apache.lucene.store.FSDirectory;

/** {@code index DOCS FOLDER} and {@code query QUERIES FOLDER OUT}: prints and writes what search_speed does. */
public class SearchBench {
  private static final int NUM_PASSES = 4; // the first one warms up

  public static void main(String[] args) throws Exception {
    if (args.length == 3 && args[0].equals("index")) {
      index(args[1], Path.of(args[2]));
    } else if (args.length == 4 && args[0].equals("query")) {
      query(Path.of(args[1]), Path.of(args[2]), args[3]);
    } else {
      System.err.println("usage: SearchBench index DOCS FOLDER | query QUERIES FOLDER OUT");
      System.exit(2);
    }
  }

  private static double cpuSeconds() {
    var system = (com.sun.management.OperatingSystemMXBean) java.lang.management.ManagementFactory.getOperatingSystemMXBean();
    return system.getProcessCpuTime() / 1e9;
  }

  private static double secondsSince(long nanos) {
    return (System.nanoTime() - nanos) / 1e9;
  }

  private static long folderBytes(Path folder) throws IOException {
    long bytes = 0;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        bytes += Files.size(file);
      }
    }
    return bytes;
  }

  private static IndexWriterConfig config(boolean merges) {
    IndexWriterConfig config = new IndexWriterConfig(new WhitespaceAnalyzer());
    config.setRAMBufferSizeMB(256);
    config.setMergeScheduler(new SerialMergeScheduler());
    config.setUseCompoundFile(false);
    if (!merges) {
      config.setMergePolicy(NoMergePolicy.INSTANCE);
    }
    config.setSimilarity(new BM25Similarity(1.2f, 0.75f));
    return config;
  }

  private static void index(String documents, Path folder) throws IOException {
    Files.createDirectories(folder);
    long start = System.nanoTime();
    double cpu = cpuSeconds();
    long numDocs = 0;
    try (FSDirectory directory = FSDirectory.open(folder);
        IndexWriter writer = new IndexWriter(directory, config(false));
        BufferedReader reader = new BufferedReader(new FileReader(documents), 1 << 20)) {
      FieldType type = new FieldType();
      type.setIndexOptions(IndexOptions.DOCS_AND_FREQS_AND_POSITIONS);
      type.setTokenized(true);
      type.freeze();
      Document document = new Document();
      Field body = new Field("body", "", type);
      NumericDocValuesField id = new NumericDocValuesField("id", 0);
      document.add(body);
      document.add(id);
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        body.setStringValue(line);
        id.setLongValue(numDocs++);
        writer.addDocument(document);
      }
      writer.commit();
    }
    double seconds = secondsSince(start);
    System.out.printf("index_s %.2f cpu_s %.2f docs_per_s %.0f size %d%n", seconds, cpuSeconds() - cpu, numDocs / seconds, folderBytes(folder));
    start = System.nanoTime();
    cpu = cpuSeconds();
    try (FSDirectory directory = FSDirectory.open(folder); IndexWriter writer = new IndexWriter(directory, config(true))) {
      writer.forceMerge(1);
      writer.commit();
    }
    System.out.printf("merge_s %.2f cpu_s %.2f size %d%n", secondsSince(start), cpuSeconds() - cpu, folderBytes(folder));
  }

  private static Query parse(String kind, String[] words) {
    if (kind.startsWith("phr")) {
      PhraseQuery.Builder phrase = new PhraseQuery.Builder();
      for (String word : words) {
        phrase.add(new Term("body", word));
      }
      return phrase.build();
    }
    BooleanQuery.Builder query = new BooleanQuery.Builder();
    for (String word : words) {
      query.add(new TermQuery(new Term("body", word)), kind.startsWith("or") ? Occur.SHOULD : Occur.MUST);
    }
    return query.build();
  }

  private static void query(Path queries, Path folder, String out) throws IOException {
    List<String[]> lines = new ArrayList<>();
    for (String line : Files.readAllLines(queries)) {
      lines.add(line.split("\t"));
    }
    try (FSDirectory directory = FSDirectory.open(folder); DirectoryReader reader = DirectoryReader.open(directory); PrintWriter writer = new PrintWriter(out)) {
      IndexSearcher searcher = new IndexSearcher(reader);
      searcher.setQueryCache(null);
      searcher.setSimilarity(new BM25Similarity(1.2f, 0.75f));
      System.out.println("segments " + reader.leaves().size() + " docs " + reader.numDocs());
      for (int pass = 0; pass < NUM_PASSES; pass++) {
        for (int k : new int[] {10, 100, 1000}) {
          for (String[] line : lines) {
            long start = System.nanoTime();
            TopDocs top = searcher.search(parse(line[0], line[1].split(" ")), new TopScoreDocCollectorManager(k, null, k));
            double us = (System.nanoTime() - start) / 1e3;
            int hits = top.scoreDocs.length;
            if (pass > 0 && hits > 0) {
              writer.printf("%s\t%d\t%.1f\t%d\t%.4f\t%.4f%n", line[0], k, us, hits, top.scoreDocs[0].score, top.scoreDocs[hits - 1].score);
            }
          }
        }
      }
    }
  }
}
