import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.core.KeywordTokenizer;
import org.apache.lucene.analysis.en.KStemFilter;
import org.apache.lucene.analysis.snowball.SnowballFilter;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;

/** Prints the stem that Lucene's KStemFilter ("kstem") or a Snowball stemmer ("German") gives each line of standard input. */
public class LuceneStems {
  public static void main(String[] args) throws Exception {
    BufferedReader words = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    KeywordTokenizer tokenizer = new KeywordTokenizer();
    try (TokenStream stems = args[0].equals("kstem") ? new KStemFilter(tokenizer) : new SnowballFilter(tokenizer, args[0])) {
      CharTermAttribute term = stems.addAttribute(CharTermAttribute.class);
      for (String word = words.readLine(); word != null; word = words.readLine()) {
        tokenizer.setReader(new StringReader(word));
        stems.reset();
        stems.incrementToken();
        out.println(term);
        stems.end();
        stems.close();
      }
    }
    out.flush();
  }
}
