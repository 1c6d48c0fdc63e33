#include "inference/chunking/chunker.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/unicode.h"
#include "tests/reference/test_random.h"

namespace selene::inference {
namespace {

ChunkingSettings word(int32_t size, int32_t overlap) { return {ChunkingStrategy::kWord, size, overlap, {}}; }
ChunkingSettings sentence(int32_t size, int32_t overlap) { return {ChunkingStrategy::kSentence, size, overlap, {}}; }
ChunkingSettings group(int32_t size, std::string_view name) {
  return {ChunkingStrategy::kRecursive, size, 0, separators_of_group(name)};
}
ChunkingSettings own(int32_t size, std::vector<std::string> separators) {
  return {ChunkingStrategy::kRecursive, size, 0, std::move(separators)};
}
ChunkingSettings none() { return {ChunkingStrategy::kNone, 1, 0, {}}; }

struct ExpectedChunk {
  int64_t start_offset;  ///< UTF-16 units; the end follows from the text
  std::string text;
};
struct Case {
  std::string_view reason;  ///< why it is cut there
  ChunkingSettings settings;
  std::string text;
  std::vector<ExpectedChunk> chunks;
};

std::vector<Chunk> chunk(const ChunkingSettings& settings, std::string_view text) {
  return Chunker::create(settings).value().chunk(text);
}

/// The byte at a UTF-16 offset, counted the slow way.
size_t byte_at(std::string_view text, int64_t offset) {
  size_t pos = 0;
  while (offset > 0) offset -= base::decode_utf8(text, pos) < 0x10000 ? 1 : 2;
  return pos;
}

void check(const Case& expected) {
  SCOPED_TRACE(expected.reason);
  const std::vector<Chunk> found = chunk(expected.settings, expected.text);
  ASSERT_EQ(found.size(), expected.chunks.size());
  for (size_t i = 0; i < found.size(); ++i) {
    const ExpectedChunk& wanted = expected.chunks[i];
    EXPECT_EQ(expected.text.substr(found[i].bytes.begin, found[i].bytes.end - found[i].bytes.begin), wanted.text) << "chunk " << i;
    EXPECT_EQ(found[i].start_offset, wanted.start_offset) << "chunk " << i;
    EXPECT_EQ(found[i].end_offset, wanted.start_offset + static_cast<int64_t>(base::utf16_length(wanted.text))) << "chunk " << i;
    EXPECT_EQ(found[i].bytes.begin, byte_at(expected.text, found[i].start_offset)) << "chunk " << i;
    EXPECT_EQ(found[i].bytes.end, byte_at(expected.text, found[i].end_offset)) << "chunk " << i;
  }
}

TEST(ChunkerTest, WordWindows) {
  const std::vector<Case> cases = {
      {"no text is one empty chunk", word(3, 1), "", {{0, ""}}},
      {"blanks alone are one chunk", word(3, 1), "   ", {{0, "   "}}},
      {"punctuation alone has no words", word(1, 0), "... --- !!!", {{0, "... --- !!!"}}},
      {"one word", word(1, 0), "a", {{0, "a"}}},
      {"cut behind the second word", word(2, 0), "one two three four five", {{0, "one two"}, {7, " three four"}, {18, " five"}}},
      {"each begins one word back",
       word(2, 1),
       "one two three four five",
       {{0, "one two"}, {3, " two three"}, {7, " three four"}, {13, " four five"}}},
      {"the last window ends with the text", word(3, 1), "a b c d e", {{0, "a b c"}, {3, " c d e"}}},
      {"overlap of half a window", word(4, 2), "a b c d e f", {{0, "a b c d"}, {3, " c d e f"}}},
      {"a rest smaller than a window", word(4, 1), "a b c d e", {{0, "a b c d"}, {5, " d e"}}},
      {"as many words as fit are one chunk", word(3, 1), "a b c", {{0, "a b c"}}},
      {"what follows the last word stays with it", word(3, 1), "a b c. \n", {{0, "a b c. \n"}}},
      {"blanks before the first word belong to the first chunk", word(2, 0), "  a b c", {{0, "  a b"}, {5, " c"}}},
      {"punctuation stays with the word before it",
       word(2, 0),
       "Hello, world! Bye, all.",
       {{0, "Hello, world!"}, {13, " Bye, all."}}},
      {"a bracket behind a blank belongs to the word behind it", word(1, 0), "a (b) c", {{0, "a"}, {1, " (b)"}, {5, " c"}}},
      {"a lone dash is no word", word(1, 0), "a - b", {{0, "a"}, {1, " - b"}}},
      {"a hyphen parts words and clings to the first", word(1, 0), "well-known fact", {{0, "well-"}, {5, "known"}, {10, " fact"}}},
      {"an apostrophe between letters parts nothing (WB6)", word(1, 0), "don't stop", {{0, "don't"}, {5, " stop"}}},
      {"numbers keep points and commas (WB11)", word(1, 0), "3.14 1,000 x", {{0, "3.14"}, {4, " 1,000"}, {10, " x"}}},
      {"an underscore joins (WB13a)", word(1, 0), "snake_case two", {{0, "snake_case"}, {10, " two"}}},
      {"an address is several words", word(2, 0), "see http://a.b/c now", {{0, "see http://"}, {11, "a.b/c"}, {16, " now"}}},
      {"tab and newline are blanks", word(1, 0), "a\tb\nc", {{0, "a"}, {1, "\tb"}, {3, "\nc"}}},
      {"a no-break space is a blank", word(1, 0), "a\u00a0b", {{0, "a"}, {1, "\u00a0b"}}},
      {"a zero width space is none: it clings", word(1, 0), "a\u200bb", {{0, "a\u200b"}, {2, "b"}}},
      {"two bytes, one unit", word(1, 0), "é ü", {{0, "é"}, {1, " ü"}}},
      {"a combining mark belongs to its letter (WB4)", word(1, 0), "e\u0301 x", {{0, "e\u0301"}, {2, " x"}}},
      {"an emoji clings to the word before it, four bytes, two units", word(1, 0), "hi😀 you", {{0, "hi😀"}, {4, " you"}}},
      {"an emoji between blanks is no word", word(1, 0), "a 😀 b", {{0, "a"}, {1, " 😀 b"}}},
      {"emoji alone have no words", word(1, 0), "😀😀 😀", {{0, "😀😀 😀"}}},
      {"a joined emoji is not cut (WB3c)", word(1, 0), "a 👨‍👩‍👧 b", {{0, "a"}, {1, " 👨‍👩‍👧 b"}}},
      {"a flag is not cut (WB15)", word(1, 0), "a🇩🇪🇫🇷 b", {{0, "a🇩🇪🇫🇷"}, {9, " b"}}},
      {"letters outside of the BMP", word(1, 0), "𝒳 𝒴", {{0, "𝒳"}, {2, " 𝒴"}}},
      {"Chinese words by dictionary, full-width comma clings", word(1, 0), "你好，世界", {{0, "你好，"}, {3, "世界"}}},
      {"katakana runs are words (WB13)", word(1, 0), "カタカナ テスト", {{0, "カタカナ"}, {4, " テスト"}}},
      {"Thai words by dictionary", word(1, 0), "สวัสดีครับ", {{0, "สวัสดี"}, {6, "ครับ"}}},
      {"Hangul syllables between blanks", word(1, 0), "안녕 세계", {{0, "안녕"}, {2, " 세계"}}},
      {"right to left", word(1, 0), "مرحبا بالعالم", {{0, "مرحبا"}, {5, " بالعالم"}}},
      {"Cyrillic", word(1, 0), "Привет, мир", {{0, "Привет,"}, {7, " мир"}}},
      {"ten words, one in common",
       word(10, 1),
       "ElasticSearch is an open source, distributed, RESTful, search engine which is built on top of Lucene internally and enjoys "
       "all the features it provides.",
       {{0, "ElasticSearch is an open source, distributed, RESTful, search engine which"},
        {68, " which is built on top of Lucene internally and enjoys"},
        {115, " enjoys all the features it provides."}}},
  };
  for (const Case& expected : cases) check(expected);
}

TEST(ChunkerTest, Sentences) {
  const std::vector<Case> cases = {
      {"no text is one empty chunk", sentence(20, 1), "", {{0, ""}}},
      {"blanks alone are one chunk", sentence(20, 1), " \n \n", {{0, " \n \n"}}},
      {"sentences are joined while they fit", sentence(10, 0), "One two. Three four.", {{0, "One two. Three four."}}},
      {"a blank belongs to the sentence before it", sentence(2, 0), "One two. Three four.", {{0, "One two. "}, {9, "Three four."}}},
      {"two fit, the third does not", sentence(4, 0), "A b. C d. E f.", {{0, "A b. C d. "}, {10, "E f."}}},
      {"the last sentence is taken over", sentence(4, 1), "A b. C d. E f.", {{0, "A b. C d. "}, {5, "C d. E f."}}},
      {"it does not fit: (3 - 1) / 2 words of it are",
       sentence(3, 1),
       "A b. C d. E f.",
       {{0, "A b. "}, {1, " b. C d. "}, {6, " d. E f."}}},
      {"a point before a lower case letter ends nothing (SB8)",
       sentence(2, 0),
       "He met e.g. foxes. Then.",
       {{0, "He met"}, {6, " e.g. foxes. "}, {19, "Then."}}},
      {"the rules know no abbreviations: a capital letter follows",
       sentence(2, 0),
       "Mr. Smith left.",
       {{0, "Mr. "}, {4, "Smith left."}}},
      {"initials (SB7), then lower case", sentence(2, 0), "U.S. law. Yes.", {{0, "U.S. law. "}, {10, "Yes."}}},
      {"a decimal point ends nothing (SB6)", sentence(3, 0), "It is 3.5 now. Ok.", {{0, "It is 3.5"}, {9, " now. Ok."}}},
      {"a question mark ends, its quote goes with it (SB9)",
       sentence(3, 0),
       "\"Why?\" he said. Yes!",
       {{0, "\"Why?\" he said. "}, {16, "Yes!"}}},
      {"dots before lower case go on", sentence(2, 0), "Well... maybe. No.", {{0, "Well... maybe. "}, {15, "No."}}},
      {"ideographic full stop", sentence(1, 0), "你好。世界。", {{0, "你好。"}, {3, "世界。"}}},
      {"two short ideographic sentences fit", sentence(2, 0), "你好。世界。", {{0, "你好。世界。"}}},
      {"danda", sentence(1, 0), "नमस्ते। दुनिया।", {{0, "नमस्ते। "}, {8, "दुनिया।"}}},
      {"each line of a list is a sentence (SB4)",
       sentence(3, 0),
       "- one\n- two\n- three four\n",
       {{0, "- one\n- two\n"}, {12, "- three four\n"}}},
      {"bullets of other scripts", sentence(1, 0), "• eins\n• zwei", {{0, "• eins\n"}, {7, "• zwei"}}},
      {"a number of a list is a sentence of its own", sentence(2, 0), "1. Alpha\n2. Beta\n", {{0, "1. Alpha\n"}, {9, "2. Beta\n"}}},
      {"an empty line belongs to the chunk before it", sentence(2, 1), "A b.\n\nC d.", {{0, "A b.\n\n"}, {6, "C d."}}},
      {"the overlap is a sentence with words",
       sentence(4, 1),
       "A b.\n\nC d.\n\nE f.",
       {{0, "A b.\n\nC d.\n\n"}, {6, "C d.\n\nE f."}}},
      {"a long sentence is cut by words", sentence(3, 0), "a b c d e f g", {{0, "a b c"}, {5, " d e f"}, {11, " g"}}},
      {"with overlap its parts share (3 - 1) / 2 words",
       sentence(3, 1),
       "a b c d e f g",
       {{0, "a b c"}, {3, " c d e"}, {7, " e f g"}}},
      {"its last part is joined with what follows", sentence(3, 0), "a b c d. E f. G", {{0, "a b c"}, {5, " d. E f. "}, {14, "G"}}},
      {"a long one behind a short one", sentence(3, 0), "X! a b c d.", {{0, "X! "}, {3, "a b c"}, {8, " d."}}},
      {"with overlap the short one is repeated", sentence(3, 1), "X! a b c d.", {{0, "X! "}, {0, "X! a b"}, {4, " b c d."}}},
      {"carriage return and line feed are one end", sentence(1, 0), "One\r\nTwo", {{0, "One\r\n"}, {5, "Two"}}},
      {"paragraph separator", sentence(1, 0), "One\u2029Two", {{0, "One\u2029"}, {4, "Two"}}},
      {"marks behind an end go with it (SB8a)", sentence(1, 0), "One. !!! ", {{0, "One. !!! "}}},
      {"an emoji begins the next sentence", sentence(1, 0), "Hi! 😀 Go!", {{0, "Hi! "}, {4, "😀 Go!"}}},
      {"points in an address end nothing", sentence(2, 0), "See a.b.c now.", {{0, "See a.b.c"}, {9, " now."}}},
      {"the default takes 250 words", ChunkingSettings(), "One. Two. Three.", {{0, "One. Two. Three."}}},
  };
  for (const Case& expected : cases) check(expected);
}

TEST(ChunkerTest, RecursiveAndNone) {
  const std::vector<Case> cases = {
      {"no text is one empty chunk", group(10, "markdown"), "", {{0, ""}}},
      {"newlines alone are one chunk", group(10, "plaintext"), "\n\n\n", {{0, "\n\n\n"}}},
      {"a text that fits is not cut", group(5, "plaintext"), "a\n\nb", {{0, "a\n\nb"}}},
      {"cut before each empty line", group(2, "plaintext"), "a b\n\nc d\n\ne", {{0, "a b"}, {3, "\n\nc d"}, {8, "\n\ne"}}},
      {"neighbours are joined while they fit", group(4, "plaintext"), "a b\n\nc d\n\ne", {{0, "a b\n\nc d"}, {8, "\n\ne"}}},
      {"what is too long is cut by lines", group(2, "plaintext"), "a b\nc d\n\ne f", {{0, "a b"}, {3, "\nc d"}, {7, "\n\ne f"}}},
      {"then by sentences", group(2, "plaintext"), "A b. C d.", {{0, "A b. "}, {5, "C d."}}},
      {"then by words", group(2, "plaintext"), "a b c", {{0, "a b"}, {3, " c"}}},
      {"headings of level 1", group(3, "markdown"), "# T\nx y\n# U\nz w", {{0, "# T\nx y"}, {7, "\n# U\nz w"}}},
      {"headings of level 2",
       group(3, "markdown"),
       "# T\na\n## S\nb c\n## R\nd",
       {{0, "# T\na"}, {5, "\n## S\nb c"}, {14, "\n## R\nd"}}},
      {"a heading of level 6", group(2, "markdown"), "a b\n###### H\nc", {{0, "a b"}, {3, "\n###### H\nc"}}},
      {"a hash inside of a line is no heading", group(2, "markdown"), "a # b c", {{0, "a # b"}, {5, " c"}}},
      {"underlined headings", group(2, "markdown"), "x\nHead\n===\ny z", {{0, "x"}, {1, "\nHead\n===\n"}, {11, "y z"}}},
      {"own separators, cut before each", own(2, {";"}), "a b;c d;e", {{0, "a b"}, {3, ";c d"}, {7, ";e"}}},
      {"a separator without length", own(1, {"(?=Y)"}), "a Yb Yc", {{0, "a "}, {2, "Yb "}, {5, "Yc"}}},
      {"the second separator cuts what the first left too long",
       own(2, {"=+", "-+"}),
       "a b==c-d e==f",
       {{0, "a b"}, {3, "==c"}, {6, "-d e"}, {10, "==f"}}},
      {"a separator at the start of the text cuts nothing off", own(1, {";"}), ";a;b", {{0, ";a"}, {2, ";b"}}},
      {"a separator that never matches", own(2, {"@@"}), "A b. C.", {{0, "A b. "}, {5, "C."}}},
      {"none: one chunk", none(), "A b. c\n\nd", {{0, "A b. c\n\nd"}}},
      {"none: no text", none(), "", {{0, ""}}},
      {"none: units, not bytes", none(), "日本 😀", {{0, "日本 😀"}}},
  };
  for (const Case& expected : cases) check(expected);
}

TEST(ChunkerTest, SeparatorThatIsNoRegularExpressionIsRefused) {
  EXPECT_EQ(Chunker::create(own(10, {"a", "("})).error().code(), base::ErrorCode::kIllegalArgument);
}

TEST(ChunkerTest, SettingsAreReadAsEndpointsShowThem) {
  const auto read = [](std::string_view json) {
    return ChunkingSettings::from_json(base::JsonDocument::parse(json).value().root());
  };
  const ChunkingSettings sentences = read(R"({"strategy":"sentence","max_chunk_size":20,"sentence_overlap":0})");
  EXPECT_EQ(sentences.strategy, ChunkingStrategy::kSentence);
  EXPECT_EQ(sentences.max_chunk_size, 20);
  EXPECT_EQ(sentences.overlap, 0);
  EXPECT_EQ(read("{}").overlap, 1);
  EXPECT_EQ(read(R"({"strategy":"word","max_chunk_size":10,"overlap":5})").overlap, 5);
  EXPECT_EQ(read(R"({"strategy":"none"})").strategy, ChunkingStrategy::kNone);
  EXPECT_EQ(read(R"({"strategy":"recursive","max_chunk_size":10,"separators":["a","b"]})").separators,
            (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(read(R"({"strategy":"recursive","max_chunk_size":10,"separator_group":"markdown"})").separators,
            separators_of_group("markdown"));
}

/// Texts of words, marks, blanks and letters of many scripts.
std::string random_text(reference::TestRandom& random) {
  static const std::vector<std::string> kPieces = {
      "a",    "word", "Über",   "3.14", "don't",  " ",      "  ", "\n",  "\n\n", "\t",
      ". ",   "! ",   "? ",     ".",    ",",      "-",      "(",  ")",   "😀",    "👨‍👩‍👧",
      "你好", "。",   "ไทย",    "नमस्ते", "é",      "\u00a0", "# ", "## ", "---",  "Mr. ",
      "\r\n", "X",    "\u2029", "\"",   "e\u0301"};
  std::string text;
  const auto length = random.below(60);
  for (uint64_t i = 0; i < length; ++i) text += kPieces[random.below(kPieces.size())];
  return text;
}

TEST(ChunkerTest, ChunksCoverTheTextAndKeepTheirBounds) {
  reference::TestRandom random;
  SCOPED_TRACE(random.trace());
  for (int round = 0; round < 3000; ++round) {
    const std::string text = random_text(random);
    const auto size = static_cast<int32_t>(1 + random.below(8));
    const auto overlap = static_cast<int32_t>(random.below(static_cast<uint64_t>(size / 2) + 1));
    for (const ChunkingSettings& settings :
         {word(size, overlap), sentence(size, 0), sentence(size, 1), group(size, "plaintext"), group(size, "markdown")}) {
      SCOPED_TRACE(text);
      const std::vector<Chunk> chunks = chunk(settings, text);
      const WordIndex words(text);
      ASSERT_FALSE(chunks.empty());
      ASSERT_EQ(chunks.front().bytes.begin, 0U);
      ASSERT_EQ(chunks.back().bytes.end, text.size());
      for (size_t i = 0; i < chunks.size(); ++i) {
        ASSERT_LE(words.count(chunks[i].bytes), static_cast<size_t>(size));
        ASSERT_EQ(chunks[i].bytes.begin, byte_at(text, chunks[i].start_offset));
        ASSERT_EQ(chunks[i].bytes.end, byte_at(text, chunks[i].end_offset));
        if (i == 0) continue;
        const Chunk& before = chunks[i - 1];
        ASSERT_LE(before.bytes.begin, chunks[i].bytes.begin);
        ASSERT_LT(before.bytes.end, chunks[i].bytes.end);
        if (settings.overlap == 0 || settings.strategy == ChunkingStrategy::kRecursive) {
          ASSERT_EQ(before.bytes.end, chunks[i].bytes.begin);
        } else if (settings.strategy == ChunkingStrategy::kWord) {
          ASSERT_EQ(words.count({chunks[i].bytes.begin, before.bytes.end}), static_cast<size_t>(settings.overlap));
        } else {
          ASSERT_LE(chunks[i].bytes.begin, before.bytes.end);
        }
      }
    }
  }
}

}  // namespace
}  // namespace selene::inference
