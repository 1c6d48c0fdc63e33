#include "index/engine/manifest.h"

#include <xxhash.h>

#include "index/formats/byte_io.h"

namespace selene::index {
namespace {

constexpr uint32_t kManifestMagic = 0x314E414D;  // "MAN1"
constexpr uint32_t kLiveDocsMagic = 0x3156494C;  // "LIV1"

std::string seal(ByteWriter& out) {
  out.fixed(static_cast<uint64_t>(XXH3_64bits(out.bytes().data(), out.size())));
  return std::move(out.bytes());
}

/// The bytes before the checksum; empty if it does not fit.
std::string_view unseal(std::string_view bytes) {
  if (bytes.size() < 8) return {};
  const std::string_view body = bytes.substr(0, bytes.size() - 8);
  return XXH3_64bits(body.data(), body.size()) == load<uint64_t>(bytes.data() + body.size()) ? body : std::string_view();
}

}  // namespace

std::string encode_manifest(const Manifest& manifest) {
  ByteWriter out;
  out.fixed(kManifestMagic);
  out.fixed(manifest.seq_no);
  out.varint(manifest.next_segment);
  out.varint(manifest.segments.size());
  for (const Manifest::Segment& segment : manifest.segments) {
    out.string(segment.name);
    out.fixed(static_cast<uint8_t>(segment.has_deletes ? 1 : 0));
  }
  return seal(out);
}

base::Result<Manifest> decode_manifest(std::string_view bytes) {
  ByteReader in(unseal(bytes));
  Manifest manifest;
  if (in.fixed<uint32_t>() != kManifestMagic) in.fail();
  manifest.seq_no = in.fixed<int64_t>();
  manifest.next_segment = in.varint();
  const uint64_t num_segments = in.varint();
  for (uint64_t i = 0; i < num_segments && in.ok(); ++i) {
    const std::string_view name = in.string();
    if (name.empty() || name.find('/') != std::string_view::npos) in.fail();
    manifest.segments.push_back({std::string(name), in.fixed<uint8_t>() == 1});
  }
  if (!in.ok() || !in.done()) return base::Error(base::ErrorCode::kCorruptIndex, "damaged manifest of segments");
  return manifest;
}

std::string encode_live_docs(const LiveDocs& live_docs, DocId max_doc) {
  ByteWriter out;
  out.fixed(kLiveDocsMagic);
  out.varint(static_cast<uint64_t>(max_doc));
  uint64_t word = 0;
  for (DocId doc = 0; doc < max_doc; ++doc) {
    if (live_docs.live(doc)) word |= uint64_t{1} << (doc & 63);
    if ((doc & 63) != 63 && doc != max_doc - 1) continue;
    out.fixed(word);
    word = 0;
  }
  return seal(out);
}

base::Result<LiveDocs> decode_live_docs(std::string_view bytes, DocId max_doc) {
  ByteReader in(unseal(bytes));
  LiveDocs live_docs(max_doc);
  if (in.fixed<uint32_t>() != kLiveDocsMagic || in.varint() != static_cast<uint64_t>(max_doc)) in.fail();
  for (DocId begin = 0; begin < max_doc && in.ok(); begin += 64) {
    const auto word = in.fixed<uint64_t>();
    for (DocId doc = begin; doc < max_doc && doc - begin < 64; ++doc) {
      if (((word >> (doc & 63)) & 1) == 0) live_docs.remove(doc);
    }
  }
  if (!in.ok() || !in.done()) return base::Error(base::ErrorCode::kCorruptIndex, "damaged live docs");
  return live_docs;
}

std::string live_docs_key(std::string_view uuid, std::string_view segment) {
  return std::string("live_docs/").append(uuid).append("/").append(segment);
}

}  // namespace selene::index
