package org.apache.lucene.analysis.en;

import java.lang.reflect.Field;
import java.util.Map;
import org.apache.lucene.analysis.CharArrayMap;

/** Prints the entries of Krovetz's dictionary in Lucene's KStemmer: word, whether it is an exception, headword or null, one entry a line. */
public class KrovetzEntries {
  public static void main(String[] args) throws Exception {
    Field field = KStemmer.class.getDeclaredField("dict_ht");
    field.setAccessible(true);
    for (Map.Entry<?, ?> entry : ((CharArrayMap<?>) field.get(null)).entrySet()) {
      KStemmer.DictEntry value = (KStemmer.DictEntry) entry.getValue();
      System.out.println(new String((char[]) entry.getKey()) + "\t" + value.exception + "\t" + value.root);
    }
  }
}
