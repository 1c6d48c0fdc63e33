#include "index/formats/terms_dictionary.h"

#include <gtest/gtest.h>

#include <map>

#include "tests/reference/test_random.h"

namespace selene::index {
namespace {

using reference::TestRandom;

struct Dictionary {
  std::map<std::string, TermMeta> terms;
  std::string bytes;
};

Dictionary random_dictionary(TestRandom& random, size_t size) {
  Dictionary dictionary;
  while (dictionary.terms.size() < size) {
    std::string term = random.word(12);
    if (random.one_in(20)) term.push_back('\0');
    if (random.one_in(20)) term += "\xC3\xA9\xFF";
    if (random.one_in(50)) term = std::string(300, 'z') + term;
    dictionary.terms[term];
  }
  TermsWriter writer;
  uint64_t offset = 0;
  for (auto& [term, meta] : dictionary.terms) {
    meta.doc_freq = static_cast<int32_t>(1 + random.below(1000));
    meta.total_term_freq = meta.doc_freq + static_cast<int64_t>(random.below(5000));
    meta.postings_offset = offset += random.below(5000);
    meta.positions_offset = offset += random.below(5000);
    writer.add(term, meta);
  }
  dictionary.bytes = writer.finish();
  return dictionary;
}

void expect_equal(const TermMeta& a, const TermMeta& b) {
  EXPECT_EQ(a.doc_freq, b.doc_freq);
  EXPECT_EQ(a.total_term_freq, b.total_term_freq);
  EXPECT_EQ(a.postings_offset, b.postings_offset);
  EXPECT_EQ(a.positions_offset, b.positions_offset);
}

class TermsDictionaryTest : public testing::TestWithParam<size_t> {};
INSTANTIATE_TEST_SUITE_P(Sizes, TermsDictionaryTest, testing::Values(1, 2, 31, 32, 33, 64, 65, 3000));

TEST_P(TermsDictionaryTest, FindsEachTermAndNoOther) {
  TestRandom random;
  SCOPED_TRACE(random.trace());
  const Dictionary dictionary = random_dictionary(random, GetParam());
  const auto reader = TermsReader::open(dictionary.bytes);
  ASSERT_TRUE(reader);
  EXPECT_EQ(reader->num_terms(), static_cast<int64_t>(dictionary.terms.size()));
  for (const auto& [term, meta] : dictionary.terms) {
    const auto found = reader->find(term);
    ASSERT_TRUE(found) << term;
    expect_equal(*found, meta);
  }
  for (int i = 0; i < 2000; ++i) {
    const std::string term = random.word(12);
    EXPECT_EQ(reader->find(term).has_value(), dictionary.terms.contains(term)) << term;
  }
  EXPECT_FALSE(reader->find(""));
}

TEST_P(TermsDictionaryTest, CursorWalksAllAndSeeksToTheFirstNotSmaller) {
  TestRandom random;
  SCOPED_TRACE(random.trace());
  const Dictionary dictionary = random_dictionary(random, GetParam());
  const auto reader = TermsReader::open(dictionary.bytes);
  ASSERT_TRUE(reader);
  const auto cursor = reader->cursor();
  for (const auto& [term, meta] : dictionary.terms) {
    ASSERT_TRUE(cursor->valid());
    EXPECT_EQ(cursor->term(), term);
    expect_equal(cursor->meta(), meta);
    cursor->next();
  }
  EXPECT_FALSE(cursor->valid());
  for (int i = 0; i < 500; ++i) {
    const std::string target = i == 0 ? std::string() : random.word(12);
    const auto expected = dictionary.terms.lower_bound(target);
    cursor->seek(target);
    ASSERT_EQ(cursor->valid(), expected != dictionary.terms.end()) << target;
    if (cursor->valid()) {
      EXPECT_EQ(cursor->term(), expected->first);
    }
  }
}

TEST(TermsDictionaryDamageTest, FlippedBitsNeverReadOutOfBounds) {
  TestRandom random;
  SCOPED_TRACE(random.trace());
  const Dictionary dictionary = random_dictionary(random, 200);
  for (int i = 0; i < 3000; ++i) {
    std::string bytes = dictionary.bytes;
    bytes[random.below(bytes.size())] ^= static_cast<char>(1 << random.below(8));
    if (random.one_in(4)) bytes.resize(random.below(bytes.size()));
    const std::string exact(bytes);  // an allocation of just this size, for the address sanitizer
    const auto reader = TermsReader::open(exact);
    if (!reader) continue;
    for (const auto& [term, meta] : dictionary.terms) (void)reader->find(term);
    int steps = 0;
    for (auto cursor = reader->cursor(); cursor->valid() && steps < 1000; cursor->next()) ++steps;
  }
}

}  // namespace
}  // namespace selene::index
