#include "index/formats/terms_dictionary.h"

#include <algorithm>

#include "base/check.h"

namespace selene::index {
namespace {

constexpr int32_t kTermsPerBlock = 32;

/// The first 8 bytes as a number that sorts like the bytes; short terms are padded with zeros.
uint64_t key_of(std::string_view term) {
  uint64_t key = 0;
  std::memcpy(&key, term.data(), std::min<size_t>(term.size(), 8));
  return __builtin_bswap64(key);
}

size_t common_prefix(std::string_view a, std::string_view b) {
  const size_t length = std::min(a.size(), b.size());
  size_t i = 0;
  while (i < length && a[i] == b[i]) ++i;
  return i;
}

/// Steps through the terms and the metas of one block side by side.
class BlockReader {
 public:
  BlockReader() : terms_(std::string_view()), metas_(std::string_view()) {}
  explicit BlockReader(std::string_view bytes) : terms_(bytes), metas_(std::string_view()) {
    left_ = static_cast<int32_t>(std::min<uint64_t>(terms_.varint(), kTermsPerBlock));
    const uint64_t terms_bytes = terms_.varint();
    const std::string_view terms = terms_.raw(terms_bytes);
    if (!terms_.ok()) left_ = 0;
    metas_ = ByteReader(bytes.substr(static_cast<size_t>(terms_.position() - reinterpret_cast<const uint8_t*>(bytes.data()))));
    terms_ = ByteReader(terms);
  }
  int32_t left() const { return left_; }
  /// Length shared with the term before; the rest of the next term in `suffix`. REQUIRES: left() > 0. The meta is skipped over
  /// by `next_meta`, to be called once a term.
  size_t next_term(std::string_view& suffix) {
    --left_;
    const uint64_t shared = terms_.varint();
    suffix = terms_.string();
    if (!terms_.ok()) left_ = 0;
    return static_cast<size_t>(shared);
  }
  const TermMeta& next_meta() {
    meta_.doc_freq = static_cast<int32_t>(std::min<uint64_t>(metas_.varint(), INT32_MAX));
    meta_.total_term_freq = static_cast<int64_t>(metas_.varint()) + meta_.doc_freq;
    meta_.postings_offset += metas_.varint();
    meta_.positions_offset = meta_.postings_offset + metas_.varint();
    return meta_;
  }
  bool ok() const { return terms_.ok() && metas_.ok(); }

 private:
  ByteReader terms_;
  ByteReader metas_;
  TermMeta meta_;
  int32_t left_ = 0;
};

}  // namespace

void TermsWriter::add(std::string_view term, const TermMeta& meta) {
  DCHECK(num_terms_ == 0 || term > last_term_);
  if (block_length_ == 0) {
    keys_.push_back(key_of(term));
    offsets_.push_back(out_.size());
    last_meta_ = TermMeta{};
    last_term_.clear();
  }
  const size_t shared = common_prefix(last_term_, term);
  block_terms_.varint(shared);
  block_terms_.string(term.substr(shared));
  block_metas_.varint(static_cast<uint64_t>(meta.doc_freq));
  block_metas_.varint(static_cast<uint64_t>(meta.total_term_freq - meta.doc_freq));
  block_metas_.varint(meta.postings_offset - last_meta_.postings_offset);
  block_metas_.varint(meta.positions_offset - meta.postings_offset);
  last_term_.assign(term);
  last_meta_ = meta;
  ++num_terms_;
  if (++block_length_ == kTermsPerBlock) flush_block();
}

void TermsWriter::flush_block() {
  out_.varint(static_cast<uint64_t>(block_length_));
  out_.string(block_terms_.bytes());
  out_.raw(block_metas_.bytes());
  block_terms_.clear();
  block_metas_.clear();
  block_length_ = 0;
}

std::string TermsWriter::finish() {
  if (block_length_ > 0) flush_block();
  const uint64_t blocks_bytes = out_.size();
  for (const uint64_t key : keys_) out_.fixed(key);
  for (const uint64_t offset : offsets_) out_.fixed(offset);
  out_.fixed(blocks_bytes);
  out_.fixed(static_cast<uint64_t>(keys_.size()));
  out_.fixed(static_cast<uint64_t>(num_terms_));
  std::string bytes = std::move(out_.bytes());
  *this = TermsWriter();
  return bytes;
}

base::Result<TermsReader> TermsReader::open(std::string_view section) {
  constexpr size_t kFooterBytes = 24;
  const base::Error corrupt(base::ErrorCode::kCorruptIndex, "damaged terms dictionary");
  if (section.size() < kFooterBytes) return corrupt;
  ByteReader footer(section.substr(section.size() - kFooterBytes));
  const auto blocks_bytes = footer.fixed<uint64_t>();
  const auto num_blocks = footer.fixed<uint64_t>();
  const auto num_terms = footer.fixed<uint64_t>();
  const uint64_t body = section.size() - kFooterBytes;
  if (blocks_bytes > body || num_blocks > body / 16 || body - blocks_bytes != num_blocks * 16) return corrupt;
  if (num_terms > num_blocks * kTermsPerBlock) return corrupt;
  TermsReader reader;
  reader.blocks_ = section.substr(0, blocks_bytes);
  reader.keys_ = reinterpret_cast<const uint8_t*>(section.data()) + blocks_bytes;
  reader.offsets_ = reader.keys_ + num_blocks * 8;
  reader.num_blocks_ = static_cast<int64_t>(num_blocks);
  reader.num_terms_ = static_cast<int64_t>(num_terms);
  return reader;
}

std::string_view TermsReader::block_bytes(int64_t block) const {
  const auto offset = load<uint64_t>(offsets_ + block * 8);
  return offset <= blocks_.size() ? blocks_.substr(offset) : std::string_view();
}

std::string_view TermsReader::first_term(int64_t block) const {
  BlockReader in(block_bytes(block));
  std::string_view term;
  if (in.left() > 0) in.next_term(term);
  return term;
}

int64_t TermsReader::block_of(std::string_view term) const {
  const uint64_t wanted = key_of(term);
  int64_t low = 0;
  int64_t high = num_blocks_;  // the first block whose first term > term is in [low, high]
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    const uint64_t found = key(middle);
    const bool greater = found != wanted ? found > wanted : first_term(middle) > term;
    if (greater) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low - 1;
}

std::optional<TermMeta> TermsReader::find(std::string_view term) const {
  const int64_t block = block_of(term);
  if (block < 0) return std::nullopt;
  BlockReader in(block_bytes(block));
  size_t matched = 0;  // bytes of `term` that the term before shares; terms before are smaller
  while (in.left() > 0) {
    std::string_view suffix;
    const size_t shared = in.next_term(suffix);
    const TermMeta& meta = in.next_meta();
    if (!in.ok()) return std::nullopt;
    if (shared > matched) continue;  // still differs where the one before did
    if (shared < matched) return std::nullopt;
    const std::string_view rest = term.substr(matched);
    const size_t common = common_prefix(suffix, rest);
    matched += common;
    if (common == rest.size() && common == suffix.size()) return meta;
    if (common == rest.size()) return std::nullopt;  // a longer term: past it
    if (common < suffix.size() && static_cast<uint8_t>(suffix[common]) > static_cast<uint8_t>(rest[common])) return std::nullopt;
  }
  return std::nullopt;
}

class TermsReader::Cursor final : public TermsCursor {
 public:
  explicit Cursor(const TermsReader& terms) : terms_(terms) { load_block(0); }
  bool valid() const override { return valid_; }
  std::string_view term() const override { return term_; }
  TermMeta meta() const override { return meta_; }
  void next() override {
    if (!valid_) return;
    if (in_.left() == 0) return load_block(block_ + 1);
    step();
  }
  void seek(std::string_view target) override {
    load_block(std::max<int64_t>(terms_.block_of(target), 0));
    while (valid_ && term_ < target) next();
  }

 private:
  void load_block(int64_t block) {
    valid_ = false;
    if (block >= terms_.num_blocks_) return;
    block_ = block;
    in_ = BlockReader(terms_.block_bytes(block));
    term_.clear();
    if (in_.left() > 0) step();
  }
  void step() {
    std::string_view suffix;
    const size_t shared = in_.next_term(suffix);
    meta_ = in_.next_meta();
    valid_ = in_.ok() && shared <= term_.size();
    if (!valid_) return;
    term_.resize(shared);
    term_.append(suffix);
  }

  const TermsReader& terms_;
  BlockReader in_;
  std::string term_;
  TermMeta meta_;
  int64_t block_ = 0;
  bool valid_ = false;
};

std::unique_ptr<TermsCursor> TermsReader::cursor() const { return std::make_unique<Cursor>(*this); }

}  // namespace selene::index
