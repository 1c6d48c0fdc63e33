import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.analysis.tokenattributes.OffsetAttribute;
import org.apache.lucene.analysis.tokenattributes.PositionIncrementAttribute;
import org.apache.lucene.analysis.tokenattributes.TypeAttribute;

/** Prints the tokens that an analyzer of Lucene, named by its class, makes of standard input: term, offsets, type and position, one token a line. */
public class LuceneTokens {
  public static void main(String[] args) throws Exception {
    Analyzer analyzer = (Analyzer) Class.forName(args[0]).getDeclaredConstructor().newInstance();
    String text = new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    try (TokenStream tokens = analyzer.tokenStream("field", text)) {
      CharTermAttribute term = tokens.addAttribute(CharTermAttribute.class);
      OffsetAttribute offset = tokens.addAttribute(OffsetAttribute.class);
      TypeAttribute type = tokens.addAttribute(TypeAttribute.class);
      PositionIncrementAttribute increment = tokens.addAttribute(PositionIncrementAttribute.class);
      tokens.reset();
      for (int position = -1; tokens.incrementToken(); ) {
        position += increment.getPositionIncrement();
        out.println(term + "\t" + offset.startOffset() + "\t" + offset.endOffset() + "\t" + type.type() + "\t" + position);
      }
      tokens.end();
    }
  }
}
