#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace selene::models {

struct Encoding {
  std::vector<int32_t> ids;
  std::vector<int32_t> type_ids;  ///< same length as ids
  std::vector<std::pair<uint32_t, uint32_t>>
      offsets;  ///< UTF-8 byte ranges of the input, (0,0) for special tokens; empty unless asked
  bool truncated = false;
};

/// Hugging Face `tokenizers` truncation strategies, and Elasticsearch's `balanced`: a second text longer than half the room is cut
/// so that the first keeps up to half, else the first gives way to it.
enum class Truncation : uint8_t { kNone, kLongestFirst, kOnlyFirst, kOnlySecond, kBalanced };
enum class Offsets : uint8_t { kSkip, kKeep };

struct PairOptions {
  int32_t max_length = 512;  ///< ids of the whole pair, special tokens included
  Truncation truncation = Truncation::kOnlySecond;
  Offsets offsets = Offsets::kSkip;
};

/// Text to the ids a model was trained on, read from `tokenizer.json`: normalizer, pre-tokenizer, model, post-processor.
/// Ids and offsets equal those of Hugging Face `tokenizers` for every text. Immutable, thread-safe.
class Tokenizer {
 public:
  virtual ~Tokenizer() = default;
  /// Errors: kIllegalArgument naming what is unknown or damaged.
  static base::Result<std::unique_ptr<Tokenizer>> load(const std::filesystem::path& tokenizer_json);
  static base::Result<std::unique_ptr<Tokenizer>> parse(std::string_view tokenizer_json);

  /// Ids without special tokens, appended to `ids`; at most `max_tokens` (the rest of the text is not looked at).
  /// Offsets are those before the post-processor, which may trim blanks.
  virtual void encode(std::string_view text, size_t max_tokens, std::vector<int32_t>& ids,
                      std::vector<std::pair<uint32_t, uint32_t>>* offsets = nullptr) const = 0;
  /// [CLS] text [SEP] as the post-processor says, cut to max_length.
  virtual Encoding encode_single(std::string_view text, int32_t max_length, Offsets offsets = Offsets::kSkip) const = 0;
  /// [CLS] first [SEP] second [SEP]. Errors: kIllegalArgument if max_length cannot hold the special tokens and the part that may
  /// not be cut.
  virtual base::Result<Encoding> encode_pair(std::string_view first, std::string_view second, const PairOptions& options) const = 0;
  /// The same from ids without special tokens (cached tokenisations).
  virtual base::Result<Encoding> build_pair(std::span<const int32_t> first, std::span<const int32_t> second,
                                            const PairOptions& options) const = 0;

  virtual int32_t vocab_size() const = 0;
  virtual int32_t pad_id() const = 0;
  /// The id of a token; -1 if there is none.
  virtual int32_t token_id(std::string_view token) const = 0;
  virtual std::string_view token(int32_t id) const = 0;
};

}  // namespace selene::models
