#include "index/formats/posting_list.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <set>

#include "index/engine/temporary_folder.h"
#include "index/formats/length_factors.h"
#include "index/formats/postings_writer.h"
#include "index/formats/weight_layers.h"
#include "tests/reference/test_random.h"

namespace selene::index {
namespace {

using reference::TestRandom;

constexpr DocId kMaxDoc = 60'000;
constexpr float kMeanLength = 90;

struct Document {
  DocId doc;
  int32_t freq;
  uint8_t norm;
};

/// One list of random documents, written and opened.
class WrittenList {
 public:
  WrittenList(TestRandom& random, size_t doc_freq, FreqKind freq_kind = FreqKind::kOccurrences) : norms_(kMaxDoc) {
    for (uint8_t& norm : norms_) norm = encode_norm(static_cast<uint32_t>(1 + random.below(200)));
    std::set<DocId> docs;
    while (docs.size() < doc_freq) docs.insert(static_cast<DocId>(random.below(kMaxDoc)));
    auto file = SegmentFileWriter::create(folder_.path() / "postings");
    (*file)->begin_section(SectionKind::kPostings, 0);
    PostingsWriter writer(**file, norms_.data(), kMeanLength, false, freq_kind);
    for (const DocId doc : docs) {
      auto freq = static_cast<int32_t>(1 + (random.one_in(3) ? random.below(random.one_in(9) ? 200 : 4) : 0));
      if (freq_kind == FreqKind::kWeights) freq = static_cast<int32_t>(0x7000 + random.below(0x2000));
      documents_.push_back({doc, freq, norms_[static_cast<size_t>(doc)]});
      writer.add(doc, static_cast<uint32_t>(freq), {});
    }
    meta_ = writer.finish_term();
    (*file)->end_section();
    EXPECT_TRUE((*file)->finish());
    file_ = *SegmentFile::open(folder_.path() / "postings", SegmentFile::Verify::kChecksums);
  }
  PostingList list() const { return list(file_->find(SectionKind::kPostings, 0)); }
  PostingList list(std::string_view section) const { return PostingList(section, meta_, kMaxDoc); }
  std::string section() const { return std::string(file_->find(SectionKind::kPostings, 0)); }
  const std::vector<Document>& documents() const { return documents_; }

 private:
  TemporaryFolder folder_;
  std::vector<uint8_t> norms_;
  std::vector<Document> documents_;
  TermMeta meta_;
  std::shared_ptr<const SegmentFile> file_;
};

TEST(PostingListTest, BlocksGiveTheDocumentsAndFrequenciesInEitherWay) {
  TestRandom random;
  SCOPED_TRACE(random.trace());
  for (const size_t doc_freq : {1, 127, 128, 129, 1000, 12'345, 20'000, 45'000}) {
    const WrittenList written(random, doc_freq);
    const PostingList list = written.list();
    ASSERT_EQ(list.doc_freq(), static_cast<int32_t>(doc_freq));
    size_t at = 0;
    for (int32_t number = 0; number < list.num_blocks(); ++number) {
      PostingsBlock block;
      ASSERT_TRUE(list.load_docs(number, block));
      for (int32_t i = 0; i < block.length; ++i) {
        ASSERT_EQ(block.docs[i], written.documents()[at + static_cast<size_t>(i)].doc);
        ASSERT_EQ(list.freq(block, i), written.documents()[at + static_cast<size_t>(i)].freq);
      }
      ASSERT_TRUE(list.load_freqs(block));
      for (int32_t i = 0; i < block.length; ++i) ASSERT_EQ(block.freqs[i], written.documents()[at++].freq);
      if (list.is_long()) {
        EXPECT_EQ(list.last_doc(number), block.docs[block.length - 1]);
        EXPECT_EQ(list.find_block(0, block.docs[0]), number);
      }
    }
    EXPECT_EQ(at, doc_freq);
  }
}

TEST(PostingListTest, BitmapsOfDenseBlocksGiveSingleDocuments) {
  TestRandom random;
  SCOPED_TRACE(random.trace());
  const WrittenList written(random, 20'000);
  const PostingList list = written.list();
  int num_bitmaps = 0;
  for (int32_t number = 0; number < list.num_blocks(); ++number) {
    const BlockBytes bytes = list.bytes(number);
    if (bytes.bitmap == nullptr) continue;
    ++num_bitmaps;
    PostingsBlock block;
    ASSERT_TRUE(list.load_docs(number, block) && list.load_freqs(block));
    int32_t at = 0;
    for (DocId doc = bytes.first_doc; doc <= list.last_doc(number); ++doc) {
      const bool there = block.docs[at] == doc;
      ASSERT_EQ(bytes.freq_of(doc), there ? block.freqs[at++] : 0) << doc;
    }
    EXPECT_EQ(at, kBlockSize);
    EXPECT_EQ(bytes.freq_of(list.last_doc(number) + 1), 0);
    EXPECT_EQ(bytes.freq_of(bytes.first_doc - 1), 0);
  }
  EXPECT_GT(num_bitmaps, list.num_blocks() / 2);
  const WrittenList sparse(random, 1000);
  for (int32_t number = 0; number < sparse.list().num_blocks(); ++number) EXPECT_EQ(sparse.list().bytes(number).bitmap, nullptr);
}

TEST(PostingListTest, DamagedBitmapsAreReadInTheirBoundsOnly) {
  TestRandom random;
  SCOPED_TRACE(random.trace());
  const WrittenList written(random, 20'000);
  for (int round = 0; round < 300; ++round) {
    std::string bytes = written.section();
    for (uint64_t flips = 1 + random.below(400); flips > 0; --flips)
      bytes[random.below(bytes.size())] ^= static_cast<char>(1 << random.below(8));
    if (random.one_in(4)) bytes.resize(random.below(bytes.size()));
    const std::string exact(bytes);
    const PostingList list = written.list(exact);
    for (int32_t number = 0; number < list.num_blocks(); ++number) {
      PostingsBlock block;
      if (list.load_docs(number, block)) {
        for (int32_t i = 0; i < block.length; ++i) ASSERT_LT(block.docs[i], kMaxDoc);
        (void)list.load_freqs(block);
      }
      const BlockBytes damaged = list.bytes(number);
      if (damaged.bitmap == nullptr) continue;
      for (int i = 0; i < 20; ++i) {
        const auto doc = static_cast<DocId>(random.below(kMaxDoc));
        damaged.prefetch(doc);
        (void)damaged.freq_of(doc);
      }
    }
  }
}

TEST(PostingListTest, BoundsCoverTheirBlocksClosely) {
  TestRandom random;
  SCOPED_TRACE(random.trace());
  const WrittenList written(random, 5000);
  const PostingList list = written.list();
  const LengthFactors factors(kMeanLength);
  size_t at = 0;
  for (int32_t number = 0; number < list.num_blocks(); ++number) {
    float largest = 0;
    for (int32_t i = 0; i < kBlockSize && at < written.documents().size(); ++i, ++at) {
      largest = std::max(largest, static_cast<float>(written.documents()[at].freq) * factors[written.documents()[at].norm]);
    }
    EXPECT_GE(list.bound(number), largest);
    EXPECT_LE(list.bound(number), largest * 1.01F);
  }
}

TEST(PostingListTest, WhatIsGuaranteedIsReachedBySoManyDocuments) {
  TestRandom random;
  SCOPED_TRACE(random.trace());
  const WrittenList written(random, 3000);
  const PostingList list = written.list();
  for (const int64_t num_docs : {1, 10, 11, 100, 500, 1000}) {
    std::vector<Impact> impacts;
    list.guaranteed(num_docs, impacts);
    ASSERT_FALSE(impacts.empty()) << num_docs;
    for (const Impact& impact : impacts) {
      const auto reached = std::count_if(written.documents().begin(), written.documents().end(), [&](const Document& document) {
        return document.freq >= impact.freq && document.norm <= impact.norm;
      });
      EXPECT_GE(reached, num_docs);
    }
  }
  std::vector<Impact> impacts = {{1, 1}};
  list.guaranteed(1001, impacts);
  EXPECT_TRUE(impacts.empty()) << "the list does not say";
}

TEST(PostingListTest, OfWeightsBlocksAndListKnowTheLargestExactly) {
  TestRandom random;
  SCOPED_TRACE(random.trace());
  for (const size_t doc_freq : {128, 129, 1000, 12'345}) {
    const WrittenList written(random, doc_freq, FreqKind::kWeights);
    const PostingList list = written.list();
    std::vector<int32_t> weights;
    for (int32_t block = 0; block < list.num_blocks(); ++block) {
      int32_t largest = 0;
      for (size_t i = static_cast<size_t>(block) * kBlockSize; i < doc_freq && i < static_cast<size_t>(block + 1) * kBlockSize;
           ++i) {
        weights.push_back(written.documents()[i].freq);
        largest = std::max(largest, weights.back());
      }
      EXPECT_EQ(list.largest_weight(block), largest);
    }
    std::sort(weights.begin(), weights.end(), std::greater<>());
    std::vector<Impact> impacts;
    ASSERT_TRUE(list.impacts(impacts));
    ASSERT_EQ(impacts.size(), 2U);
    EXPECT_EQ(impacts.front().freq, weights.back());
    EXPECT_EQ(impacts.back().freq, weights.front());
    for (const int32_t rung : kGuaranteedRungs) {
      list.guaranteed(rung, impacts);
      if (static_cast<size_t>(rung) > doc_freq) {
        EXPECT_TRUE(impacts.empty());
        continue;
      }
      ASSERT_EQ(impacts.size(), 1U);
      EXPECT_EQ(impacts.front().freq, weights[static_cast<size_t>(rung) - 1]);
    }
  }
}

TEST(PostingListTest, LayersAreTheHeaviestDocumentsAndDisjoint) {
  TestRandom random;
  SCOPED_TRACE(random.trace());
  for (const size_t doc_freq : {1023, 1024, 5000, 40'000}) {
    const WrittenList written(random, doc_freq, FreqKind::kWeights);
    const std::vector<WeightLayer> layers = written.list().weight_layers();
    if (doc_freq < kMinLayeredDocs) {
      EXPECT_TRUE(layers.empty());
      continue;
    }
    ASSERT_FALSE(layers.empty());
    int32_t above = INT32_MAX;
    for (const WeightLayer& layer : layers) {
      std::vector<std::pair<DocId, int32_t>> expected;
      for (const Document& document : written.documents()) {
        if (document.freq > layer.left_out && document.freq <= above) expected.emplace_back(document.doc, document.freq);
      }
      std::vector<std::pair<DocId, int32_t>> found;
      for (int32_t number = 0; number < layer.list.num_blocks(); ++number) {
        PostingsBlock block;
        ASSERT_TRUE(layer.list.load_docs(number, block) && layer.list.load_freqs(block));
        for (int32_t i = 0; i < block.length; ++i) found.emplace_back(block.docs[i], block.freqs[i]);
      }
      EXPECT_EQ(found, expected);
      above = layer.left_out;
    }
    EXPECT_NEAR(static_cast<double>(std::ranges::count_if(written.documents(), [&](const Document& d) { return d.freq > above; })),
                static_cast<double>(doc_freq) / 4, static_cast<double>(doc_freq) / 50);
  }
}

TEST(PostingListTest, EqualWeightsHaveNoLayers) {
  ByteWriter out;
  write_weight_layers(std::vector<WeightedDoc>(2000, WeightedDoc{0, 7}), out);
  ByteReader in(out.bytes());
  EXPECT_TRUE(read_weight_layers(in, 2000, kMaxDoc).empty());
}

TEST(PostingListTest, DamagedLayersAreRefused) {
  TestRandom random;
  SCOPED_TRACE(random.trace());
  std::vector<WeightedDoc> docs;
  for (uint32_t doc = 0; doc < 3000; ++doc) docs.push_back({doc * 3, static_cast<uint32_t>(1 + random.below(5000))});
  ByteWriter out;
  write_weight_layers(docs, out);
  ByteReader whole(out.bytes());
  ASSERT_EQ(read_weight_layers(whole, 3000, kMaxDoc).size(), 6U);
  for (int i = 0; i < 2000; ++i) {
    std::string bytes =
        out.bytes().substr(0, random.one_in(2) ? out.size() : static_cast<size_t>(random.below(static_cast<int64_t>(out.size()))));
    for (int flips = 0; flips < 4 && !bytes.empty(); ++flips)
      bytes[static_cast<size_t>(random.below(static_cast<int64_t>(bytes.size())))] ^= static_cast<char>(1 << random.below(8));
    ByteReader in(bytes);
    for (const WeightLayer& layer : read_weight_layers(in, 3000, kMaxDoc)) {
      EXPECT_LE(layer.list.doc_freq(), 3000);
      for (int32_t number = 0; number < layer.list.num_blocks(); ++number) {
        PostingsBlock block;
        if (!layer.list.load_docs(number, block)) continue;
        for (int32_t d = 0; d < block.length; ++d) EXPECT_LT(block.docs[d], kMaxDoc);
      }
    }
  }
}

}  // namespace
}  // namespace selene::index
