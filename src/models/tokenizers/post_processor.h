#pragma once

#include <span>
#include <vector>

#include "base/json/json_document.h"
#include "base/result.h"
#include "models/tokenizers/offset_trimmer.h"
#include "models/tokenizers/tokenizer.h"

namespace selene::models {

/// Where special tokens go: what tokenizer.json's `post_processor` says, for one text and for a pair. Immutable, thread-safe.
class PostProcessor {
 public:
  struct Part {
    enum class Kind : uint8_t { kFirst, kSecond, kSpecial };
    Kind kind;
    int32_t type_id;
    std::vector<int32_t> ids;  ///< of kSpecial
  };
  using Layout = std::vector<Part>;
  /// The tokens of one text, and their offsets if they are kept.
  struct Segment {
    std::span<const int32_t> ids;
    std::span<const std::pair<uint32_t, uint32_t>> offsets;
  };

  /// No special tokens; the second text has token type 1.
  PostProcessor();
  /// TemplateProcessing, BertProcessing, RobertaProcessing, ByteLevel (offsets only: see `trimmer`), Sequence of them, or null.
  /// Errors: kIllegalArgument naming what is unknown or wrong.
  static base::Result<PostProcessor> parse(base::JsonValue value);

  /// How offsets are trimmed, without the tokens; empty if they stay as they are.
  const OffsetTrimmer& trimmer() const { return trimmer_; }
  size_t num_special(size_t num_texts) const;
  /// The texts and the special tokens in their places. `offsets` of the result are filled iff `keep` says so.
  Encoding assemble(std::span<const Segment> segments, Offsets keep) const;

 private:
  const Layout& layout(size_t num_texts) const { return num_texts == 1 ? single_ : pair_; }
  base::Status apply(base::JsonValue value, int depth);
  void apply_trim_offsets(base::JsonValue value);
  base::Status apply_template(base::JsonValue value);
  base::Status apply_cls_sep(base::JsonValue value, std::string_view type);

  Layout single_;
  Layout pair_;
  OffsetTrimmer trimmer_;
};

}  // namespace selene::models
