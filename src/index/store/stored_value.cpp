#include "index/store/stored_value.h"

#include "index/formats/byte_io.h"

namespace selene::index {
namespace {

/// ON DISK: do not renumber.
enum class Kind : uint8_t { kDocument = 1, kTombstone = 2, kDocumentWithInference = 3 };

std::string join(std::string_view a, std::string_view b) {
  std::string key;
  key.reserve(a.size() + b.size());
  key.append(a);
  key.append(b);
  return key;
}

}  // namespace

std::string encode_stored_value(const StoredValue& value) {
  ByteWriter out;
  out.bytes().reserve(value.source.size() + value.inference.size() + value.routing.size() + 24);
  const Kind live = value.inference.empty() ? Kind::kDocument : Kind::kDocumentWithInference;
  out.fixed(value.deleted ? Kind::kTombstone : live);
  out.varint(static_cast<uint64_t>(value.version));
  out.varint(static_cast<uint64_t>(value.seq_no));
  out.string(value.routing);
  if (!value.deleted && live == Kind::kDocumentWithInference) out.string(value.inference);
  out.raw(value.source);
  return std::move(out.bytes());
}

base::Result<StoredValue> decode_stored_value(std::string_view bytes) {
  ByteReader in(bytes);
  StoredValue value;
  const auto kind = in.fixed<Kind>();
  value.deleted = kind == Kind::kTombstone;
  value.version = static_cast<int64_t>(in.varint());
  value.seq_no = static_cast<int64_t>(in.varint());
  value.routing = in.string();
  if (kind == Kind::kDocumentWithInference) value.inference = in.string();
  if (!in.ok() || kind < Kind::kDocument || kind > Kind::kDocumentWithInference) {
    return base::Error(base::ErrorCode::kCorruptIndex, "damaged document in the store");
  }
  value.source = in.raw(in.remaining());
  return value;
}

std::string document_key(std::string_view uuid, std::string_view id) { return join(uuid, id); }

std::string log_key(std::string_view uuid, int64_t seq_no) {
  const uint64_t big_endian = __builtin_bswap64(static_cast<uint64_t>(seq_no));
  return join(uuid, {reinterpret_cast<const char*>(&big_endian), sizeof big_endian});
}

std::string mapping_key(std::string_view uuid) { return join("mapping/", uuid); }
std::string manifest_key(std::string_view uuid) { return join("manifest/", uuid); }

}  // namespace selene::index
