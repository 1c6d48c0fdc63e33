#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "index/formats/docs_with_field.h"
#include "index/formats/document_ids.h"
#include "index/formats/keyword_doc_values.h"
#include "index/formats/numeric_doc_values.h"
#include "tests/reference/test_random.h"

namespace selene::index {
namespace {

using reference::TestRandom;

constexpr DocId kMaxDoc = 500;
enum class Shape { kOneEach, kSome, kMany, kNone };

struct Numbers {
  std::vector<DocId> docs;
  std::vector<int64_t> values;
};

Numbers random_numbers(TestRandom& random, Shape shape) {
  Numbers numbers;
  const bool wide = random.one_in(2);
  for (DocId doc = 0; doc < kMaxDoc; ++doc) {
    size_t count = 1;
    if (shape == Shape::kNone) count = 0;
    if (shape == Shape::kSome) count = random.below(2);
    if (shape == Shape::kMany) count = random.below(4);
    std::vector<int64_t> values;
    for (size_t i = 0; i < count; ++i) values.push_back(wide ? static_cast<int64_t>(random.bits()) : random.between(-50, 50));
    std::sort(values.begin(), values.end());
    for (const int64_t value : values) {
      numbers.docs.push_back(doc);
      numbers.values.push_back(value);
    }
  }
  return numbers;
}

class NumericDocValuesShapesTest : public testing::TestWithParam<std::tuple<Shape, NumericOrder>> {};
INSTANTIATE_TEST_SUITE_P(Shapes, NumericDocValuesShapesTest,
                         testing::Combine(testing::Values(Shape::kOneEach, Shape::kSome, Shape::kMany, Shape::kNone),
                                          testing::Values(NumericOrder::kNone, NumericOrder::kSorted)));

TEST_P(NumericDocValuesShapesTest, ValuesAndRangesEqualTheWalk) {
  TestRandom random;
  SCOPED_TRACE(random.trace());
  const auto [shape, order] = GetParam();
  const Numbers numbers = random_numbers(random, shape);
  const std::string bytes = write_numeric_doc_values(numbers.docs, numbers.values, kMaxDoc, order);
  const auto values = open_numeric_doc_values(bytes, kMaxDoc);
  ASSERT_TRUE(values);
  size_t at = 0;
  for (DocId doc = 0; doc < kMaxDoc; ++doc) {
    for (int32_t i = 0; i < (*values)->count(doc); ++i, ++at) {
      ASSERT_EQ(numbers.docs[at], doc);
      ASSERT_EQ((*values)->value(doc, i), numbers.values[at]);
    }
  }
  EXPECT_EQ(at, numbers.values.size());
  for (int round = 0; round < 200; ++round) {
    int64_t low = random.between(-60, 60);
    int64_t high = low + random.between(-1, 20);
    if (round == 0) std::tie(low, high) = std::pair(INT64_MIN, INT64_MAX);
    if (round % 5 == 1 && !numbers.values.empty()) low = high = numbers.values[random.below(numbers.values.size())];
    std::set<DocId> expected;
    for (size_t i = 0; i < numbers.values.size(); ++i) {
      if (numbers.values[i] >= low && numbers.values[i] <= high) expected.insert(numbers.docs[i]);
    }
    std::vector<DocId> docs;
    (*values)->range(low, high, docs);
    EXPECT_EQ(docs, std::vector<DocId>(expected.begin(), expected.end())) << low << " " << high;
  }
}

size_t bytes_of_numbers(const std::vector<int64_t>& all) {
  std::vector<DocId> docs(all.size());
  std::iota(docs.begin(), docs.end(), 0);
  const auto max_doc = static_cast<DocId>(all.size());
  const std::string bytes = write_numeric_doc_values(docs, all, max_doc, NumericOrder::kNone);
  const auto values = open_numeric_doc_values(bytes, max_doc);
  EXPECT_TRUE(values);
  for (DocId doc = 0; values && doc < max_doc; ++doc) EXPECT_EQ((*values)->value(doc, 0), all[static_cast<size_t>(doc)]) << doc;
  return bytes.size();
}

TEST(NumericDocValuesTest, ValuesThatRiseOrFallWithTheDocumentTakeFewBits) {
  TestRandom random;
  SCOPED_TRACE(random.trace());
  constexpr size_t kNumDocs = 10'000;
  std::vector<int64_t> rising;
  for (size_t i = 0; i < kNumDocs; ++i)
    rising.push_back(1'700'000'000'000 + static_cast<int64_t>(i) * 1370 / 3 + random.between(-100, 100));
  EXPECT_LT(bytes_of_numbers(rising), kNumDocs * 10 / 8 + 100);
  std::reverse(rising.begin(), rising.end());
  EXPECT_LT(bytes_of_numbers(rising), kNumDocs * 10 / 8 + 100);
  std::swap(rising.front(), rising.back());
  bytes_of_numbers(rising);
}

TEST(NumericDocValuesTest, NoSlopeIsTooSteepToBeReadBack) {
  bytes_of_numbers({INT64_MIN, INT64_MAX});
  bytes_of_numbers({INT64_MAX, 0, INT64_MIN});
  bytes_of_numbers({0, int64_t{1} << 40, int64_t{1} << 41});
  bytes_of_numbers({INT64_MAX - 10, INT64_MAX - 5, INT64_MAX});
  bytes_of_numbers({INT64_MIN + 10, INT64_MIN + 5, INT64_MIN});
}

TEST(KeywordDocValuesTest, OrdinalsReadBack) {
  TestRandom random;
  SCOPED_TRACE(random.trace());
  const std::vector<std::string_view> terms = {"", "a", "ab", "b", "zebra"};
  std::vector<DocId> docs;
  std::vector<int32_t> ordinals;
  for (DocId doc = 0; doc < kMaxDoc; ++doc) {
    for (int32_t ordinal = 0; ordinal < 5; ++ordinal) {
      if (!random.one_in(3)) continue;
      docs.push_back(doc);
      ordinals.push_back(ordinal);
    }
  }
  const std::string bytes = write_keyword_doc_values(terms, docs, ordinals, kMaxDoc);
  const auto values = open_keyword_doc_values(bytes, kMaxDoc);
  ASSERT_TRUE(values);
  ASSERT_EQ((*values)->num_ordinals(), 5);
  for (int32_t ordinal = 0; ordinal < 5; ++ordinal) EXPECT_EQ((*values)->term(ordinal), terms[static_cast<size_t>(ordinal)]);
  size_t at = 0;
  for (DocId doc = 0; doc < kMaxDoc; ++doc) {
    for (int32_t i = 0; i < (*values)->count(doc); ++i, ++at) {
      ASSERT_EQ(docs[at], doc);
      ASSERT_EQ((*values)->ordinal(doc, i), ordinals[at]);
    }
  }
  EXPECT_EQ(at, ordinals.size());
}

TEST(DocsWithFieldTest, EveryEncodingReadsBack) {
  TestRandom random;
  SCOPED_TRACE(random.trace());
  for (const uint64_t one_in : {1, 2, 100, 1'000'000}) {
    std::vector<DocId> docs;
    for (DocId doc = 0; doc < kMaxDoc; ++doc) {
      if (random.one_in(one_in)) docs.push_back(doc);
    }
    const auto read = read_docs_with_field(write_docs_with_field(docs, kMaxDoc), kMaxDoc);
    ASSERT_TRUE(read);
    EXPECT_EQ(*read, docs);
  }
}

TEST(DocumentIdsTest, FindsEachIdOnceAndTheLastOfTwo) {
  TestRandom random;
  SCOPED_TRACE(random.trace());
  std::vector<std::string> owned;
  for (int i = 0; i < 1000; ++i) owned.push_back(random.word(4));
  const std::vector<std::string_view> ids(owned.begin(), owned.end());
  std::map<std::string_view, DocId> expected;
  for (size_t i = 0; i < ids.size(); ++i) expected[ids[i]] = static_cast<DocId>(i);
  const std::string bytes = write_document_ids(ids);
  const auto read = DocumentIds::open(bytes, 1000);
  ASSERT_TRUE(read);
  for (DocId doc = 0; doc < 1000; ++doc) EXPECT_EQ(read->id(doc), ids[static_cast<size_t>(doc)]);
  for (const auto& [id, doc] : expected) EXPECT_EQ(read->find(id), doc);
  EXPECT_FALSE(read->find("not there"));
  EXPECT_FALSE(read->find(""));
}

TEST(DocValuesDamageTest, FlippedBitsNeverReadOutOfBounds) {
  TestRandom random;
  SCOPED_TRACE(random.trace());
  const Numbers numbers = random_numbers(random, Shape::kMany);
  const std::vector<std::string_view> terms = {"a", "bc", "d"};
  const std::vector<DocId> docs = {0, 0, 7, 400};
  const std::vector<int32_t> ordinals = {0, 2, 1, 2};
  std::vector<std::string_view> ids(kMaxDoc, "id");
  const std::vector<std::string> written = {write_numeric_doc_values(numbers.docs, numbers.values, kMaxDoc, NumericOrder::kSorted),
                                            write_keyword_doc_values(terms, docs, ordinals, kMaxDoc),
                                            write_docs_with_field(docs, kMaxDoc), write_document_ids(ids)};
  for (int round = 0; round < 4000; ++round) {
    const size_t which = random.below(written.size());
    std::string bytes = written[which];
    bytes[random.below(bytes.size())] ^= static_cast<char>(1 << random.below(8));
    if (random.one_in(4)) bytes.resize(random.below(bytes.size()));
    const std::string exact(bytes);
    std::vector<DocId> found;
    if (which == 0) {
      const auto values = open_numeric_doc_values(exact, kMaxDoc);
      if (!values) continue;
      (*values)->range(-10, 10, found);
      for (DocId doc = 0; doc < kMaxDoc; ++doc) (void)(*values)->value(doc, 0);
    } else if (which == 1) {
      const auto values = open_keyword_doc_values(exact, kMaxDoc);
      if (!values) continue;
      for (DocId doc = 0; doc < kMaxDoc; ++doc) {
        for (int32_t i = 0; i < (*values)->count(doc); ++i) (void)(*values)->term((*values)->ordinal(doc, i));
      }
    } else if (which == 2) {
      const auto read = read_docs_with_field(exact, kMaxDoc);
      if (read) found = *read;
    } else {
      const auto read = DocumentIds::open(exact, kMaxDoc);
      if (!read) continue;
      (void)read->find("id");
      for (DocId doc = 0; doc < kMaxDoc; ++doc) (void)read->id(doc);
    }
    for (const DocId doc : found) ASSERT_TRUE(doc >= 0 && doc < kMaxDoc);
  }
}

}  // namespace
}  // namespace selene::index
