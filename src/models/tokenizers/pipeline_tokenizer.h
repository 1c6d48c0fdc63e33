#pragma once

#include <memory>
#include <unordered_map>

#include "models/tokenizers/added_tokens.h"
#include "models/tokenizers/post_processor.h"
#include "models/tokenizers/section_encoder.h"
#include "models/tokenizers/tokenizer.h"
#include "models/tokenizers/vocabulary.h"

namespace selene::models {

/// The parts of a tokenizer.json put together: added tokens cut the text, what is between them goes through the section encoder,
/// the post-processor adds special tokens. `truncation` and `padding` of the file are not followed: the caller decides.
class PipelineTokenizer final : public Tokenizer {
 public:
  static base::Result<std::unique_ptr<Tokenizer>> parse(base::JsonValue tokenizer_json);

  void encode(std::string_view text, size_t max_tokens, std::vector<int32_t>& ids, std::vector<ByteRange>* offsets) const override;
  Encoding encode_single(std::string_view text, int32_t max_length, Offsets offsets) const override;
  base::Result<Encoding> encode_pair(std::string_view first, std::string_view second, const PairOptions& options) const override;
  base::Result<Encoding> build_pair(std::span<const int32_t> first, std::span<const int32_t> second,
                                    const PairOptions& options) const override;
  int32_t vocab_size() const override { return vocab_size_; }
  int32_t pad_id() const override { return pad_id_; }
  int32_t token_id(std::string_view token) const override;
  std::string_view token(int32_t id) const override;

 private:
  PipelineTokenizer() = default;
  void index_added_tokens(const std::vector<AddedToken>& tokens);
  int32_t find_pad_id(base::JsonValue tokenizer_json) const;
  base::Result<size_t> room_for_texts(const PairOptions& options) const;
  void learn_trimming(const std::vector<AddedToken>& tokens);
  base::Result<Encoding> join(PostProcessor::Segment first, PostProcessor::Segment second, const PairOptions& options) const;

  Vocabulary vocabulary_;
  AddedTokenMatcher added_tokens_;  // those matched in the text as it came
  std::unique_ptr<SectionEncoder> sections_;
  PostProcessor post_processor_;
  OffsetTrimmer trimmer_;
  std::unordered_map<std::string, int32_t> added_ids_;
  std::unordered_map<int32_t, std::string> added_texts_;
  int32_t vocab_size_ = 0;
  int32_t pad_id_ = 0;
};

}  // namespace selene::models
