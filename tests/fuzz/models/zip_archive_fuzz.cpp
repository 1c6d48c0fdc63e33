// Any bytes as a zip file: refused with a reason, or entries that lie inside it and read back within their limit.
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/check.h"
#include "models/archives/zip_archive.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace selene::models;
  const auto archive = ZipArchive::parse(std::as_bytes(std::span(data, size)));
  if (!archive.has_value()) {
    CHECK(!archive.error().reason().empty());
    return 0;
  }
  for (const ZipArchive::Entry& entry : archive->entries()) {
    CHECK(entry.data_begin + entry.compressed_bytes <= size);
    const auto read = archive->read(entry, 1 << 16);
    if (read.has_value()) CHECK(read->size() == entry.size_bytes);
  }
  return 0;
}
