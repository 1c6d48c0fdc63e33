#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "index/formats/byte_io.h"
#include "index/segments/segment_reader.h"

namespace selene::index {

/// Terms in byte order with their TermMeta: blocks of 32 prefix-compressed terms and an index of the blocks' first terms.
/// Layout: docs/formats/terms.md. One thread.
class TermsWriter {
 public:
  /// REQUIRES: `term` > the last one; postings_offset and positions_offset ascend too.
  void add(std::string_view term, const TermMeta& meta);
  int64_t num_terms() const { return num_terms_; }
  /// The section's bytes; the writer is then empty.
  std::string finish();

 private:
  void flush_block();

  ByteWriter out_;
  ByteWriter block_terms_;
  ByteWriter block_metas_;
  std::string last_term_;
  TermMeta last_meta_;
  int32_t block_length_ = 0;
  int64_t num_terms_ = 0;
  std::vector<uint64_t> keys_;
  std::vector<uint64_t> offsets_;
};

/// Reads a terms section in place. Immutable, thread-safe; valid as long as the bytes. Damaged bytes give wrong or no terms, never
/// a read out of bounds.
class TermsReader {
 public:
  /// Errors: kCorruptIndex.
  static base::Result<TermsReader> open(std::string_view section);
  std::optional<TermMeta> find(std::string_view term) const;
  std::unique_ptr<TermsCursor> cursor() const;
  int64_t num_terms() const { return num_terms_; }

 private:
  class Cursor;
  /// The last block whose first term <= `term`; -1 if there is none.
  int64_t block_of(std::string_view term) const;
  std::string_view first_term(int64_t block) const;
  uint64_t key(int64_t block) const { return load<uint64_t>(keys_ + block * 8); }
  /// The bytes from the block's start to the end of all blocks.
  std::string_view block_bytes(int64_t block) const;

  std::string_view blocks_;
  const uint8_t* keys_ = nullptr;     ///< [num_blocks] first 8 bytes of the first term, big-endian order
  const uint8_t* offsets_ = nullptr;  ///< [num_blocks] into blocks_
  int64_t num_blocks_ = 0;
  int64_t num_terms_ = 0;
};

}  // namespace selene::index
