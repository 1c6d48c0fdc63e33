#include <gtest/gtest.h>

#include "index/engine/temporary_folder.h"
#include "index/formats/length_factors.h"
#include "index/formats/norms.h"
#include "index/formats/postings_reader.h"
#include "index/formats/postings_writer.h"
#include "tests/reference/naive_postings.h"
#include "tests/reference/test_random.h"

namespace selene::index {
namespace {

using reference::NaiveList;
using reference::NaivePosting;
using reference::TestRandom;

constexpr DocId kMaxDoc = 60'000;
constexpr float kMeanLength = 100;

NaiveList random_list(TestRandom& random, size_t doc_freq) {
  std::vector<DocId> docs;
  const bool dense = random.one_in(3);
  DocId doc = static_cast<DocId>(random.below(50));
  const auto gap = static_cast<uint64_t>(dense ? 2 : std::max<size_t>(1, kMaxDoc / (doc_freq + 1)));
  while (docs.size() < doc_freq && doc < kMaxDoc) {
    docs.push_back(doc);
    doc += static_cast<DocId>(1 + random.below(gap));
  }
  NaiveList list;
  for (const DocId d : docs) {
    NaivePosting posting{d, {}};
    uint32_t position = 0;
    const size_t freq = 1 + (random.one_in(3) ? random.below(random.one_in(50) ? 400 : 6) : 0);
    for (size_t i = 0; i < freq; ++i)
      posting.positions.push_back(position += static_cast<uint32_t>(random.below(random.one_in(30) ? 100'000 : 20)));
    list.push_back(std::move(posting));
  }
  return list;
}

/// Lists written into one section of a file and opened again.
struct Written {
  TemporaryFolder folder;
  std::vector<uint8_t> norms;
  std::vector<NaiveList> lists;
  std::vector<TermMeta> metas;
  std::string section;
  PostingsCursorFactory factory;

  Written(TestRandom& random, const std::vector<size_t>& sizes, bool positions) : norms(kMaxDoc) {
    for (uint8_t& norm : norms) norm = encode_norm(static_cast<uint32_t>(1 + random.below(200)));
    auto file = SegmentFileWriter::create(folder.path() / "postings");
    EXPECT_TRUE(file);
    (*file)->begin_section(SectionKind::kPostings, 0);
    PostingsWriter writer(**file, norms.data(), kMeanLength, positions);
    for (const size_t size : sizes) {
      lists.push_back(random_list(random, size));
      for (const NaivePosting& p : lists.back()) {
        writer.add(p.doc, static_cast<uint32_t>(p.freq()),
                   positions ? std::span<const uint32_t>(p.positions) : std::span<const uint32_t>());
      }
      metas.push_back(writer.finish_term());
    }
    (*file)->end_section();
    EXPECT_TRUE((*file)->finish());
    const auto opened = SegmentFile::open(folder.path() / "postings", SegmentFile::Verify::kChecksums);
    EXPECT_TRUE(opened);
    section = (*opened)->find(SectionKind::kPostings, 0);
    factory = PostingsCursorFactory(section, norms.data(), positions, kMaxDoc);
  }
};

std::vector<size_t> sizes() { return {1, 2, 3, 127, 128, 129, 255, 256, 257, 1000, 5000, 20'000}; }

void expect_at(PostingsCursor& cursor, const NaivePosting& posting, bool positions) {
  ASSERT_EQ(cursor.doc(), posting.doc);
  EXPECT_EQ(cursor.freq(), posting.freq());
  if (!positions) return;
  const auto got = cursor.positions();
  EXPECT_EQ(std::vector<uint32_t>(got.begin(), got.end()), posting.positions);
}

class PostingsTest : public testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(Positions, PostingsTest, testing::Bool());

TEST_P(PostingsTest, WalkGivesEveryDocumentFrequencyAndPosition) {
  TestRandom random;
  SCOPED_TRACE(random.trace());
  const Written written(random, sizes(), GetParam());
  for (size_t i = 0; i < written.lists.size(); ++i) {
    PostingsCursor cursor = written.factory.open(written.metas[i]);
    EXPECT_EQ(written.metas[i].total_term_freq, reference::total_term_freq(written.lists[i]));
    EXPECT_EQ(cursor.doc_freq(), static_cast<int32_t>(written.lists[i].size()));
    for (const NaivePosting& posting : written.lists[i]) {
      expect_at(cursor, posting, GetParam());
      if (!GetParam()) {
        EXPECT_TRUE(cursor.positions().empty());
      }
      cursor.next();
    }
    EXPECT_EQ(cursor.doc(), kNoMoreDocs);
    EXPECT_EQ(cursor.next(), kNoMoreDocs);
    EXPECT_EQ(cursor.advance(5), kNoMoreDocs);
  }
}

TEST_P(PostingsTest, AdvanceGivesTheFirstNotSmallerAndNeverMovesBack) {
  TestRandom random;
  SCOPED_TRACE(random.trace());
  const Written written(random, sizes(), GetParam());
  for (size_t i = 0; i < written.lists.size(); ++i) {
    for (const uint64_t stride : {3, 60, 700, 9000}) {
      PostingsCursor cursor = written.factory.open(written.metas[i]);
      for (DocId target = 0; target < kMaxDoc + 10; target += static_cast<DocId>(1 + random.below(stride))) {
        const NaivePosting* expected = reference::first_from(written.lists[i], std::max(target, cursor.doc()));
        const DocId got = cursor.advance(target);
        ASSERT_EQ(got, expected == nullptr ? kNoMoreDocs : expected->doc) << target;
        if (expected == nullptr) break;
        expect_at(cursor, *expected, GetParam() && random.one_in(5));
        if (random.one_in(4)) cursor.next();
      }
    }
  }
}

/// Whether some impact scores at least as high as (freq, norm) under every monotonic score.
bool covered(std::span<const Impact> impacts, int32_t freq, uint8_t norm) {
  return std::any_of(impacts.begin(), impacts.end(),
                     [&](const auto& impact) { return impact.freq >= freq && impact.norm <= norm; });
}

TEST_P(PostingsTest, ImpactsAndBoundsCoverEveryDocument) {
  TestRandom random;
  SCOPED_TRACE(random.trace());
  const Written written(random, sizes(), GetParam());
  const LengthFactors factors(kMeanLength);
  for (size_t i = 0; i < written.lists.size(); ++i) {
    const NaiveList& list = written.lists[i];
    PostingsCursor cursor = written.factory.open(written.metas[i]);
    for (const NaivePosting& posting : list) {
      const uint8_t norm = written.norms[static_cast<size_t>(posting.doc)];
      DocId last_doc = -1;
      ASSERT_GE(cursor.block_bound(posting.doc, &last_doc), static_cast<float>(posting.freq()) * factors[norm]);
      ASSERT_TRUE(covered(cursor.list_impacts(), posting.freq(), norm));
      ASSERT_GE(last_doc, posting.doc);
      ASSERT_NE(reference::first_from(list, last_doc), nullptr);
      ASSERT_EQ(reference::first_from(list, last_doc)->doc, last_doc);
    }
    for (const auto& impact : cursor.list_impacts()) {
      EXPECT_TRUE(std::any_of(list.begin(), list.end(), [&](const NaivePosting& p) {
        return p.freq() == impact.freq && written.norms[static_cast<size_t>(p.doc)] == impact.norm;
      }));
    }
    DocId last_doc = 0;
    EXPECT_EQ(cursor.block_bound(kMaxDoc, &last_doc), 0);
    EXPECT_EQ(last_doc, kNoMoreDocs);
    EXPECT_EQ(cursor.doc(), list.front().doc) << "looking at bounds moves nothing";
  }
}

TEST(PostingsDamageTest, FlippedBitsEndTheListEarlyAtWorst) {
  TestRandom random;
  SCOPED_TRACE(random.trace());
  const Written written(random, {1, 5, 100, 128, 300, 1000}, true);
  for (int round = 0; round < 1500; ++round) {
    std::string bytes = written.section;
    for (uint64_t flips = 1 + random.below(4); flips > 0; --flips)
      bytes[random.below(bytes.size())] ^= static_cast<char>(1 << random.below(8));
    if (random.one_in(4)) bytes.resize(random.below(bytes.size()));
    const std::string exact(bytes);
    const PostingsCursorFactory factory(exact, written.norms.data(), true, kMaxDoc);
    for (const TermMeta& meta : written.metas) {
      PostingsCursor cursor = factory.open(meta);
      DocId last = -1;
      while (cursor.doc() != kNoMoreDocs) {
        ASSERT_GT(cursor.doc(), last);
        ASSERT_LT(cursor.doc(), kMaxDoc);
        last = cursor.doc();
        DocId block_end = 0;
        (void)cursor.block_bound(last, &block_end);
        (void)cursor.list_impacts();
        if (random.one_in(3)) (void)cursor.positions();
        if (random.one_in(10)) {
          cursor.advance(last + static_cast<DocId>(random.below(2000)));
          if (cursor.doc() == last) cursor.next();
        } else {
          cursor.next();
        }
      }
    }
  }
}

TEST(PostingsCursorTest, EmptyCursorIsAtItsEnd) {
  PostingsCursor cursor;
  DocId last_doc = 0;
  EXPECT_EQ(cursor.doc(), kNoMoreDocs);
  EXPECT_EQ(cursor.next(), kNoMoreDocs);
  EXPECT_EQ(cursor.advance(3), kNoMoreDocs);
  EXPECT_TRUE(cursor.positions().empty());
  EXPECT_TRUE(cursor.list_impacts().empty());
  EXPECT_EQ(cursor.block_bound(0, &last_doc), 0);
}

}  // namespace
}  // namespace selene::index
