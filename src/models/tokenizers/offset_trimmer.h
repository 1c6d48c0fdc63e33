#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "models/tokenizers/token_sink.h"

namespace selene::models {

/// What `trim_offsets` of tokenizer.json's post-processors ByteLevel and RobertaProcessing does: offsets leave out the blanks that
/// tokens begin and end with. Immutable after `add_token`, thread-safe.
class OffsetTrimmer {
 public:
  /// `add_prefix_space`: whether the space before the first word may be one that was added to the text; it then counts as none.
  enum class PrefixSpace : uint8_t { kNone, kAdded };

  void add_pass(PrefixSpace prefix_space) { passes_.push_back(prefix_space); }
  bool empty() const { return passes_.empty(); }
  /// Learns the blanks of a token as the file writes it.
  void add_token(int32_t id, std::string_view token);
  /// An added token is what it took of the text: with `lstrip` and `rstrip` blanks too.
  void add_added_token(int32_t id);

  /// Trims the offsets of one text's tokens, special ones of the post-processor not among them.
  void trim(std::string_view text, std::span<const int32_t> ids, std::span<ByteRange> offsets) const;

 private:
  struct Blanks {
    uint32_t leading = 0;  // characters
    uint32_t trailing = 0;
    bool is_added = false;
  };
  static Blanks count(std::string_view token);

  std::vector<PrefixSpace> passes_;
  std::vector<Blanks> blanks_;         // by id
  std::vector<uint8_t> needs_a_look_;  // by id: whether it has blanks or is an added token
};

}  // namespace selene::models
