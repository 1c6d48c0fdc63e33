#include "models/tokenizers/split_pattern.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "models/tokenizers/ascii_masks.h"

namespace selene::models {
namespace {

using Pieces = std::vector<std::string>;

Pieces split(const SplitPattern& pattern, const std::string& text) {
  const std::string padded = text + std::string(kTextPadding, 'x');  // as if the text went on
  std::vector<TextPiece> pieces;
  pattern.split({std::string_view(padded).substr(0, text.size())}, pieces);
  Pieces texts;
  for (const TextPiece& piece : pieces) texts.emplace_back(piece.text);
  return texts;
}

Pieces split_one_by_one(const SplitPattern& pattern, const std::string& text) {
  Pieces texts;
  for (size_t begin = 0; begin < text.size(); begin += texts.back().size()) {
    texts.push_back(text.substr(begin, pattern.piece_end(text, begin) - begin));
  }
  return texts;
}

const std::vector<SplitPattern> kPatterns = {{SplitPattern::Family::kGpt2},
                                             {SplitPattern::Family::kCl100k, 0},
                                             {SplitPattern::Family::kCl100k, 1},
                                             {SplitPattern::Family::kCl100k, 3}};

TEST(SplitPatternTest, PiecesOfGpt2) {
  EXPECT_EQ(split(kPatterns[0], "It's  2024, (really)-- ok\n\n x "),
            (Pieces{"It", "'s", " ", " 2024", ",", " (", "really", ")--", " ok", "\n\n", " x", " "}));
}

TEST(SplitPatternTest, PiecesOfLlama3) {
  EXPECT_EQ(split(kPatterns[3], "It'S  2024, (really)-ok !\n\n x "),
            (Pieces{"It", "'S", " ", " ", "202", "4", ",", " (", "really", ")-", "ok", " !\n\n", " x", " "}));
  EXPECT_EQ(split(kPatterns[3], "semi-dry \"(quoted"), (Pieces{"semi", "-dry", " \"(", "quoted"}));
}

TEST(SplitPatternTest, ManyCharactersAtATimeAreCutAsOneByOne) {
  // Often what decides where a piece ends.
  const std::vector<std::string> parts = {
      "a",  "word", "Zz", " ", "  ", "   ",  "7",  "1234", "12345678901",
      ",",  "-",    "('", "'", "'s", "'ll'", "'x", "\n",   "\t",
      "\r", "é",    "日", "٣", " ",  "\x7f", "_",  "\x01", "a-very-long-word-of-letters-and-more"};
  std::mt19937 random(3);
  for (int round = 0; round < 20'000; ++round) {
    // Rare ones are rarer in some rounds.
    const size_t num_kinds = random() % 2 == 0 ? parts.size() : 12;
    std::string text;
    for (size_t i = 0; i < 40; ++i) text += parts[random() % num_kinds];
    for (const SplitPattern& pattern : kPatterns) {
      ASSERT_EQ(split(pattern, text), split_one_by_one(pattern, text)) << text << ", digits: " << pattern.max_digits;
    }
  }
}

TEST(AsciiMasksTest, EqualWhatEachByteIs) {
  std::mt19937 random(7);
  for (int round = 0; round < 1000; ++round) {
    std::string bytes;
    for (size_t i = 0; i < AsciiMasks::kNumBytes; ++i) bytes += static_cast<char>(random() % (round % 2 == 0 ? 256 : 128));
    const AsciiMasks masks = ascii_masks(bytes.data());
    ASSERT_EQ(masks, portable_ascii_masks(bytes.data()));
    for (size_t i = 0; i < AsciiMasks::kNumBytes; ++i) {
      const auto c = static_cast<uint8_t>(bytes[i]);
      const auto bit = [i](uint64_t mask) { return (mask >> i & 1) != 0; };
      ASSERT_EQ(bit(masks.letters), (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) << int{c};
      ASSERT_EQ(bit(masks.digits), c >= '0' && c <= '9') << int{c};
      ASSERT_EQ(bit(masks.spaces), c == ' ') << int{c};
      ASSERT_EQ(bit(masks.apostrophes), c == '\'') << int{c};
      ASSERT_EQ(bit(masks.beyond), c < 0x20 || c >= 0x80) << int{c};
    }
  }
}

}  // namespace
}  // namespace selene::models
