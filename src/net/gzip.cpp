#include "net/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <array>

namespace selene::net {
namespace {

constexpr int kGzipWindow = 15 + 16;  // zlib: 16 more means a gzip wrapper

// zlib's interface lacks const.
Bytef* input(std::string_view bytes) { return reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data())); }

struct Inflater {
  z_stream stream{};
  bool ready = inflateInit2(&stream, kGzipWindow) == Z_OK;
  ~Inflater() {
    if (ready) inflateEnd(&stream);
  }
};

}  // namespace

std::string gzip_compress(std::string_view bytes) {
  z_stream stream{};
  CHECK(deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&stream, static_cast<uLong>(bytes.size())) + 32, '\0');
  stream.next_in = input(bytes);
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  CHECK(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

base::Result<std::string> gzip_decompress(std::string_view bytes, size_t max_bytes) {
  const auto damaged = [] {
    return base::Error(base::ErrorCode::kIllegalArgument, std::string("the request's body is not valid gzip data"));
  };
  Inflater inflater;
  if (!inflater.ready)
    return base::Error(base::ErrorCode::kCircuitBreaking, std::string("no memory to inflate the request's body"));
  z_stream& stream = inflater.stream;
  stream.next_in = input(bytes);
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string out;
  std::array<char, 65536> block;
  while (true) {
    stream.next_out = reinterpret_cast<Bytef*>(block.data());
    stream.avail_out = static_cast<uInt>(block.size());
    const int code = inflate(&stream, Z_NO_FLUSH);
    if (code != Z_OK && code != Z_STREAM_END) return damaged();
    const size_t produced = block.size() - stream.avail_out;
    if (produced > max_bytes - out.size()) {
      return base::Error(base::ErrorCode::kContentTooLong, "entity content is too long: more than [{}] bytes after decompression",
                         max_bytes);
    }
    out.append(block.data(), produced);
    if (code == Z_STREAM_END) {
      if (stream.avail_in == 0) return out;
      if (inflateReset(&stream) != Z_OK) return damaged();
    } else if (produced == 0 && stream.avail_in == 0) {
      return damaged();  // cut short
    }
  }
}

}  // namespace selene::net
