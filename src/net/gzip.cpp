#include "net/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <array>

namespace selene::net {
namespace {

constexpr int kGzipWindow = 15 + 16;  // zlib: 16 more means a gzip wrapper

// zlib's interface lacks const.
Bytef* input(std::string_view bytes) { return reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data())); }

std::string_view trim(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

std::string lower(std::string_view text) {
  std::string out(trim(text));
  std::transform(out.begin(), out.end(), out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

/// `q=0`, `q=0.`, `q=0.000`
bool is_zero_quality(std::string_view parameter) {
  const std::string text = lower(parameter);
  return text.starts_with("q=") && text.size() > 2 && text.find_first_not_of("0.", 2) == std::string::npos;
}

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

bool accepts_gzip(std::string_view accept_encoding) {
  bool any = false;
  for (std::string_view rest = accept_encoding; !rest.empty();) {
    const size_t comma = std::min(rest.find(','), rest.size());
    const std::string_view item = rest.substr(0, comma);
    rest.remove_prefix(std::min(comma + 1, rest.size()));
    const size_t semicolon = std::min(item.find(';'), item.size());
    const std::string name = lower(item.substr(0, semicolon));
    const bool allowed = semicolon == item.size() || !is_zero_quality(item.substr(semicolon + 1));
    if (name == "gzip" || name == "x-gzip") return allowed;
    if (name == "*") any = allowed;
  }
  return any;
}

}  // namespace selene::net
