#include "index/formats/weight_layers.h"

#include <algorithm>
#include <functional>
#include <string_view>

#include "index/formats/posting_blocks.h"
#include "index/segments/segment_reader.h"

namespace selene::index {
namespace {

/// The first layer has one document of this many, each further one as many as all before; the last one ends at kLastPart.
constexpr size_t kFirstPart = 128;
constexpr size_t kLastPart = 4;
constexpr uint64_t kMaxLayers = 16;

/// A list of its own: no positions, and of the head only the smallest and the largest weight.
void write_list(const std::vector<uint32_t>& docs, const std::vector<uint32_t>& weights, ByteWriter& out) {
  if (docs.size() < kBlockSize) return append_varint_block(docs, weights, -1, out);
  ByteWriter entries;
  ByteWriter blocks;
  int64_t last_doc = -1;
  for (size_t begin = 0; begin < docs.size(); begin += kBlockSize) {
    const size_t count = std::min<size_t>(kBlockSize, docs.size() - begin);
    const std::span<const uint32_t> part = std::span(weights).subspan(begin, count);
    PostingsBlockEntry entry = append_block(std::span(docs).subspan(begin, count), part, last_doc, blocks);
    entry.bound = static_cast<uint16_t>(std::min<uint32_t>(UINT16_MAX, *std::ranges::max_element(part)));
    entries.fixed(entry);
    last_doc = entry.last_doc;
  }
  const auto [least, most] = std::ranges::minmax_element(weights);
  ByteWriter head;
  head.varint(2);
  for (const uint32_t weight : {*least, *most}) {
    head.varint(weight);
    head.fixed(uint8_t{1});
  }
  out.raw(entries.bytes());
  out.string(head.bytes());
  out.raw(blocks.bytes());
}

}  // namespace

void write_weight_layers(const std::vector<WeightedDoc>& docs, ByteWriter& out) {
  if (docs.size() < kMinLayeredDocs) return;
  std::vector<uint32_t> sorted;
  sorted.reserve(docs.size());
  for (const WeightedDoc& doc : docs) sorted.push_back(doc.weight);
  std::ranges::sort(sorted, std::greater<>());
  ByteWriter layers;
  uint64_t num_layers = 0;
  uint32_t above = UINT32_MAX;  // what the layer before left out
  std::vector<uint32_t> layer_docs;
  std::vector<uint32_t> layer_weights;
  for (size_t part = kFirstPart; part >= kLastPart; part /= 2) {
    const uint32_t left_out = sorted[docs.size() / part];
    layer_docs.clear();
    layer_weights.clear();
    for (const WeightedDoc& doc : docs) {
      if (doc.weight <= left_out || doc.weight > above) continue;
      layer_docs.push_back(doc.doc);
      layer_weights.push_back(doc.weight);
    }
    if (layer_docs.empty()) continue;  // so many weights are equal
    ByteWriter list;
    write_list(layer_docs, layer_weights, list);
    layers.varint(left_out);
    layers.varint(layer_docs.size());
    layers.string(list.bytes());
    above = left_out;
    ++num_layers;
  }
  out.varint(num_layers);
  out.raw(layers.bytes());
}

std::vector<WeightLayer> read_weight_layers(ByteReader& in, int32_t list_doc_freq, int32_t max_doc) {
  std::vector<WeightLayer> layers;
  if (!in.ok() || in.done()) return layers;
  const uint64_t num_layers = in.varint();
  if (num_layers > kMaxLayers) return layers;
  for (uint64_t i = 0; i < num_layers; ++i) {
    const uint32_t left_out = in.varint32();
    const uint32_t doc_freq = in.varint32();
    const std::string_view bytes = in.string();
    const bool descends = layers.empty() || static_cast<int32_t>(left_out) < layers.back().left_out;
    if (!in.ok() || left_out > INT32_MAX || !descends || doc_freq == 0 || doc_freq > static_cast<uint32_t>(list_doc_freq))
      return {};
    TermMeta meta;
    meta.doc_freq = static_cast<int32_t>(doc_freq);
    layers.push_back({static_cast<int32_t>(left_out), PostingList(bytes, meta, max_doc)});
    if (layers.back().list.doc_freq() != meta.doc_freq) return {};
  }
  return layers;
}

}  // namespace selene::index
