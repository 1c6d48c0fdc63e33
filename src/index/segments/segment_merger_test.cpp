#include "index/segments/segment_merger.h"

#include <gtest/gtest.h>

#include <set>

#include "index/engine/temporary_folder.h"
#include "index/segments/index_buffer.h"
#include "index/segments/mapped_segment_reader.h"
#include "index/segments/merge_policy.h"
#include "tests/reference/naive_postings.h"
#include "tests/reference/test_random.h"

namespace selene::index {
namespace {

using reference::NaiveTerms;
using reference::TestRandom;

std::shared_ptr<const Mapping> test_mapping() {
  const auto json = base::JsonDocument::parse(
      R"({"properties":{"t":{"type":"text"},"k":{"type":"keyword"},"n":{"type":"long"},"u":{"type":"text","norms":false,"index_options":"docs"}}})");
  return *Mapping::empty(*AnalyzerRegistry::create(base::JsonValue()))->merge(json->root());
}

std::string random_source(TestRandom& random) {
  std::string text;
  for (uint64_t i = random.below(30); i > 0; --i) text += random.word(3) + " ";
  std::string source = R"({"t":")" + text + R"(")";
  if (random.one_in(2)) source += R"(,"k":[")" + random.word(2) + R"(",")" + random.word(2) + R"("])";
  if (random.one_in(2))
    source += R"(,"n":[)" + std::to_string(random.between(-9, 9)) + "," + std::to_string(random.between(-9, 9)) + "]";
  if (random.one_in(3)) source += R"(,"u":")" + random.word(2) + R"(")";
  return source + "}";
}

class SegmentMergerTest : public testing::Test {
 protected:
  /// Documents [first, last) of the sources in a segment file of their own.
  std::shared_ptr<const SegmentReader> write(const std::vector<std::string>& sources, const std::vector<size_t>& which,
                                             const std::string& name) {
    IndexBuffer buffer;
    for (const size_t i : which) {
      const auto json = base::JsonDocument::parse(sources[i]);
      const auto parsed = parse_document(*json, "x", mapping_);
      EXPECT_TRUE(parsed) << parsed.error().reason();
      const auto doc = buffer.add(*parsed, "id" + std::to_string(i));
      EXPECT_TRUE(doc);
      buffer.set_seq_no(*doc, static_cast<int64_t>(i));
    }
    std::vector<DocId> numbers;
    EXPECT_TRUE(buffer.write(folder_.path() / name, numbers));
    const auto reader = open_segment(folder_.path() / name, name, SegmentFile::Verify::kChecksums);
    EXPECT_TRUE(reader) << reader.error().reason();
    return *reader;
  }

  static NaiveTerms terms_of(const SegmentReader& segment, std::string_view field) {
    NaiveTerms all;
    const FieldTerms* terms = segment.terms(field);
    if (terms == nullptr) return all;
    for (auto at = terms->terms(); at->valid(); at->next()) {
      PostingsCursor cursor = terms->postings(at->meta());
      for (; cursor.doc() != kNoMoreDocs; cursor.next()) {
        const auto positions = cursor.positions();
        all[std::string(at->term())].push_back({cursor.doc(), {positions.begin(), positions.end()}});
      }
    }
    return all;
  }

  static void expect_same(const SegmentReader& a, const SegmentReader& b) {
    ASSERT_EQ(a.max_doc(), b.max_doc());
    EXPECT_EQ(field_names(a), field_names(b));
    for (DocId doc = 0; doc < a.max_doc(); ++doc) {
      EXPECT_EQ(a.id(doc), b.id(doc));
      EXPECT_EQ(a.seq_no(doc), b.seq_no(doc));
      EXPECT_EQ(a.find_id(b.id(doc)), doc);
    }
    for (const std::string& field : field_names(a)) {
      expect_same_terms(a, b, field);
      expect_same_values(a, b, field);
      const auto* docs = a.docs_with_field(field);
      ASSERT_NE(docs, nullptr);
      EXPECT_EQ(*docs, *b.docs_with_field(field));
    }
  }
  static void expect_same_terms(const SegmentReader& a, const SegmentReader& b, std::string_view field) {
    const NaiveTerms left = terms_of(a, field);
    const NaiveTerms right = terms_of(b, field);
    ASSERT_EQ(left.size(), right.size()) << field;
    for (const auto& [term, list] : left) {
      const auto& other = right.at(term);
      ASSERT_EQ(list.size(), other.size());
      for (size_t i = 0; i < list.size(); ++i) {
        EXPECT_EQ(list[i].doc, other[i].doc);
        EXPECT_EQ(list[i].positions, other[i].positions);
      }
    }
    if (left.empty()) return;
    EXPECT_EQ(a.terms(field)->doc_count(), b.terms(field)->doc_count());
    EXPECT_EQ(a.terms(field)->sum_doc_freq(), b.terms(field)->sum_doc_freq());
    EXPECT_EQ(a.terms(field)->sum_total_term_freq(), b.terms(field)->sum_total_term_freq());
    ASSERT_EQ(a.terms(field)->norms() == nullptr, b.terms(field)->norms() == nullptr);
    if (a.terms(field)->norms() == nullptr) return;
    EXPECT_EQ(std::vector<uint8_t>(a.terms(field)->norms(), a.terms(field)->norms() + a.max_doc()),
              std::vector<uint8_t>(b.terms(field)->norms(), b.terms(field)->norms() + b.max_doc()));
  }
  static void expect_same_values(const SegmentReader& a, const SegmentReader& b, std::string_view field) {
    ASSERT_EQ(a.numbers(field) == nullptr, b.numbers(field) == nullptr);
    ASSERT_EQ(a.keywords(field) == nullptr, b.keywords(field) == nullptr);
    for (DocId doc = 0; doc < a.max_doc(); ++doc) {
      if (a.numbers(field) != nullptr) {
        ASSERT_EQ(a.numbers(field)->count(doc), b.numbers(field)->count(doc));
        for (int32_t i = 0; i < a.numbers(field)->count(doc); ++i)
          EXPECT_EQ(a.numbers(field)->value(doc, i), b.numbers(field)->value(doc, i));
      }
      if (a.keywords(field) != nullptr) {
        ASSERT_EQ(a.keywords(field)->count(doc), b.keywords(field)->count(doc));
        for (int32_t i = 0; i < a.keywords(field)->count(doc); ++i)
          EXPECT_EQ(a.keywords(field)->ordinal(doc, i), b.keywords(field)->ordinal(doc, i));
      }
    }
    if (a.keywords(field) != nullptr) {
      EXPECT_EQ(a.keywords(field)->num_ordinals(), b.keywords(field)->num_ordinals());
    }
  }

  TemporaryFolder folder_;
  std::shared_ptr<const Mapping> mapping_ = test_mapping();
};

TEST_F(SegmentMergerTest, MergedLiveDocumentsEqualASegmentWrittenFromThem) {
  TestRandom random;
  SCOPED_TRACE(random.trace());
  std::vector<std::string> sources;
  for (int i = 0; i < 700; ++i) sources.push_back(random_source(random));
  std::vector<std::shared_ptr<const SegmentReader>> segments;
  std::vector<std::unique_ptr<LiveDocs>> live;
  std::vector<size_t> kept;
  std::vector<MergeSource> inputs;
  for (size_t begin = 0, number = 0; begin < sources.size(); ++number) {
    const size_t end = std::min(sources.size(), begin + 1 + random.below(400));
    std::vector<size_t> which;
    for (size_t i = begin; i < end; ++i) which.push_back(i);
    segments.push_back(write(sources, which, "part" + std::to_string(number)));
    live.push_back(std::make_unique<LiveDocs>(segments.back()->max_doc()));
    for (size_t i = begin; i < end; ++i) {
      if (i > 0 && random.one_in(4)) {
        live.back()->remove(static_cast<DocId>(i - begin));
      } else {
        kept.push_back(i);
      }
    }
    inputs.push_back({segments.back().get(), live.back().get()});
    begin = end;
  }
  std::vector<std::vector<DocId>> numbers;
  ASSERT_TRUE(merge_segments(inputs, folder_.path() / "merged", numbers));
  const auto merged = open_segment(folder_.path() / "merged", "merged", SegmentFile::Verify::kChecksums);
  ASSERT_TRUE(merged) << merged.error().reason();
  expect_same(**merged, *write(sources, kept, "expected"));
}

TEST_F(SegmentMergerTest, FieldStatisticsAndPostingsEqualTheText) {
  const std::vector<std::string> sources = {R"({"t":"b a b","u":"x x"})", R"({"t":"","k":["q","p","q"]})", R"({"n":[3,1]})"};
  const auto segment = write(sources, {0, 1, 2}, "s");
  const FieldTerms* t = segment->terms("t");
  EXPECT_EQ(t->doc_count(), 1);
  EXPECT_EQ(t->sum_total_term_freq(), 3);
  EXPECT_EQ(t->sum_doc_freq(), 2);
  EXPECT_EQ(t->norms()[0], 3);
  EXPECT_EQ(t->norms()[1], 0);
  EXPECT_EQ(*segment->docs_with_field("t"), (std::vector<DocId>{0, 1}));
  const FieldTerms* u = segment->terms("u");
  EXPECT_EQ(u->norms(), nullptr);
  EXPECT_EQ(u->postings(*u->find("x")).freq(), 1);
  const KeywordDocValues* k = segment->keywords("k");
  ASSERT_EQ(k->count(1), 2);
  EXPECT_EQ(k->term(k->ordinal(1, 0)), "p");
  EXPECT_EQ(segment->terms("k")->find("q")->total_term_freq, 1);
  EXPECT_EQ(segment->numbers("n")->value(2, 0), 1);
  EXPECT_EQ(segment->numbers("missing"), nullptr);
  EXPECT_EQ(segment->docs_with_field("missing"), nullptr);
}

TEST(MergePolicyTest, TenNeighboursOfATierAreMerged) {
  std::vector<MergeCandidate> segments(9, {1 << 20, 100, 100});
  EXPECT_FALSE(find_merge(segments));
  segments.insert(segments.begin(), {int64_t{1} << 30, 100, 100});
  EXPECT_FALSE(find_merge(segments));
  segments.push_back({1 << 20, 100, 100});
  const auto range = find_merge(segments);
  ASSERT_TRUE(range);
  EXPECT_EQ(range->begin, 1U);
  EXPECT_EQ(range->end, 11U);
}

TEST(MergePolicyTest, ALargeNeighbourDividesARun) {
  std::vector<MergeCandidate> segments(12, {1 << 20, 100, 100});
  segments[5].size_bytes = int64_t{100} << 20;
  EXPECT_FALSE(find_merge(segments));
}

TEST(MergePolicyTest, AThirdDeletedIsRewrittenAlone) {
  const std::vector<MergeCandidate> segments = {{1 << 20, 100, 100}, {1 << 20, 100, 60}};
  const auto range = find_merge(segments);
  ASSERT_TRUE(range);
  EXPECT_EQ(range->begin, 1U);
  EXPECT_EQ(range->end, 2U);
}

TEST(MergePolicyTest, ManyVectorsWithoutAGraphAreRewrittenAlone) {
  const std::vector<MergeCandidate> many = {{1 << 20, 100, 100}, {1 << 20, 10'000, 10'000, true}};
  const auto range = find_merge(many);
  ASSERT_TRUE(range.has_value());
  EXPECT_EQ(range->begin, 1U);
  EXPECT_EQ(range->end, 2U);
  const std::vector<MergeCandidate> few = {{1 << 20, 9'999, 9'999, true}};
  EXPECT_FALSE(find_merge(few).has_value());
  EXPECT_TRUE(find_forced_merge(few, 1).has_value());
}

TEST(MergePolicyTest, ForcedMergeTakesTheSmallestRunThatLeavesTheNumberAskedFor) {
  const std::vector<MergeCandidate> segments = {{900, 9, 9}, {10, 9, 9}, {10, 9, 9}, {800, 9, 9}};
  const auto range = find_forced_merge(segments, 3);
  ASSERT_TRUE(range);
  EXPECT_EQ(range->begin, 1U);
  EXPECT_EQ(range->end, 3U);
  EXPECT_EQ(find_forced_merge(segments, 1)->end, 4U);
  EXPECT_FALSE(find_forced_merge(segments, 4));
}

}  // namespace
}  // namespace selene::index
