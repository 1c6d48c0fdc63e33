#include "index/segments/index_buffer.h"

#include <gtest/gtest.h>

#include "index/engine/temporary_folder.h"
#include "index/segments/mapped_segment_reader.h"

namespace selene::index {
namespace {

/// Positions of `term` in field `t` (english analyzer) of one document.
std::vector<uint32_t> positions_of(std::string_view source, std::string_view term) {
  const auto mapping_json = base::JsonDocument::parse(R"({"properties":{"t":{"type":"text","analyzer":"english"}}})");
  const auto mapping = *Mapping::empty(*AnalyzerRegistry::create(base::JsonValue()))->merge(mapping_json->root());
  const auto json = base::JsonDocument::parse(source);
  const auto parsed = parse_document(*json, "1", mapping);
  IndexBuffer buffer;
  const auto doc = buffer.add(*parsed, "1");
  buffer.set_seq_no(*doc, 0);
  const TemporaryFolder folder;
  std::vector<DocId> numbers;
  EXPECT_TRUE(buffer.write(folder.path() / "s", numbers));
  const auto segment = *open_segment(folder.path() / "s", "s", SegmentFile::Verify::kChecksums);
  const auto meta = segment->terms("t")->find(term);
  if (!meta) return {};
  PostingsCursor cursor = segment->terms("t")->postings(*meta);
  const auto positions = cursor.positions();
  return {positions.begin(), positions.end()};
}

TEST(IndexBufferTest, NextValueStandsAGapBehindTheLast) {
  EXPECT_EQ(positions_of(R"({"t":["red fox","hound"]})", "hound"), std::vector<uint32_t>{102});
}

TEST(IndexBufferTest, StopWordsAtTheEndOfAValueAreCounted) {
  EXPECT_EQ(positions_of(R"({"t":["fox and the","hound"]})", "hound"), std::vector<uint32_t>{103});
  EXPECT_EQ(positions_of(R"({"t":["the","hound"]})", "hound"), std::vector<uint32_t>{101});
}

}  // namespace
}  // namespace selene::index
