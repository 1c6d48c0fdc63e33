#include "models/tokenizers/pipeline_tokenizer.h"

#include <algorithm>

#include "models/tokenizers/truncation.h"

namespace selene::models {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;

size_t non_negative(int32_t n) { return static_cast<size_t>(std::max(n, 0)); }

}  // namespace

base::Result<std::unique_ptr<Tokenizer>> PipelineTokenizer::parse(JsonValue tokenizer_json) {
  if (!tokenizer_json.is_object() || !tokenizer_json["model"].is_object()) {
    return Error(ErrorCode::kIllegalArgument, "a tokenizer.json must be an object with a [model]");
  }
  std::unique_ptr<PipelineTokenizer> tokenizer(new PipelineTokenizer());
  ASSIGN_OR_RETURN(tokenizer->vocabulary_, parse_vocabulary(tokenizer_json["model"]));
  ASSIGN_OR_RETURN(std::vector<AddedToken> added, parse_added_tokens(tokenizer_json["added_tokens"]));
  tokenizer->index_added_tokens(added);
  ASSIGN_OR_RETURN(tokenizer->post_processor_, PostProcessor::parse(tokenizer_json["post_processor"]));
  tokenizer->learn_trimming(added);
  const auto normalized =
      std::stable_partition(added.begin(), added.end(), [](const AddedToken& token) { return !token.normalized; });
  std::vector<AddedToken> normalized_tokens(std::make_move_iterator(normalized), std::make_move_iterator(added.end()));
  added.erase(normalized, added.end());
  tokenizer->added_tokens_ = AddedTokenMatcher(std::move(added));
  ASSIGN_OR_RETURN(tokenizer->sections_,
                   make_section_encoder(tokenizer_json, tokenizer->vocabulary_, std::move(normalized_tokens)));
  tokenizer->pad_id_ = tokenizer->find_pad_id(tokenizer_json);
  return std::unique_ptr<Tokenizer>(std::move(tokenizer));
}

void PipelineTokenizer::index_added_tokens(const std::vector<AddedToken>& tokens) {
  vocab_size_ = vocabulary_.size();
  for (const AddedToken& token : tokens) {
    added_ids_.emplace(token.content, token.id);
    added_texts_.insert_or_assign(token.id, token.content);
    if (token.id < INT32_MAX) vocab_size_ = std::max(vocab_size_, token.id + 1);
  }
}

void PipelineTokenizer::learn_trimming(const std::vector<AddedToken>& tokens) {
  trimmer_ = post_processor_.trimmer();
  if (trimmer_.empty()) return;
  for (int32_t id = 0; id < vocabulary_.size(); ++id) trimmer_.add_token(id, vocabulary_.token(id));
  for (const AddedToken& token : tokens) {
    if (token.id < vocab_size_) trimmer_.add_added_token(token.id);
  }
}

int32_t PipelineTokenizer::find_pad_id(JsonValue tokenizer_json) const {
  const JsonValue id = tokenizer_json["padding"]["pad_id"];
  if (id.type() == base::JsonType::kInt64 && id.as_int64() >= 0 && id.as_int64() < vocab_size_)
    return static_cast<int32_t>(id.as_int64());
  for (const std::string_view name : {"[PAD]", "<pad>", "<|endoftext|>"}) {
    if (const int32_t pad = token_id(name); pad >= 0) return pad;
  }
  return 0;
}

int32_t PipelineTokenizer::token_id(std::string_view token) const {
  if (const auto added = added_ids_.find(std::string(token)); added != added_ids_.end()) return added->second;
  return vocabulary_.id(token);
}

std::string_view PipelineTokenizer::token(int32_t id) const {
  if (const auto added = added_texts_.find(id); added != added_texts_.end()) return added->second;
  return vocabulary_.token(id);
}

void PipelineTokenizer::encode(std::string_view text, size_t max_tokens, std::vector<int32_t>& ids,
                               std::vector<ByteRange>* offsets) const {
  TokenSink sink(ids, offsets, max_tokens);
  const TextPiece whole{text};
  size_t begin = 0;
  for (const AddedTokenMatcher::Match& match : added_tokens_.find(text)) {
    if (match.begin > begin) sections_->encode(whole.slice(begin, match.begin), sink);
    if (sink.full()) return;
    sink.add(match.id, whole.range(match.begin, match.end));
    begin = match.end;
  }
  if (begin < text.size() && !sink.full()) sections_->encode(whole.slice(begin, text.size()), sink);
}

Encoding PipelineTokenizer::encode_single(std::string_view text, int32_t max_length, Offsets keep) const {
  const size_t limit = non_negative(max_length);
  const size_t num_special = post_processor_.num_special(1);
  const size_t room = limit - std::min(limit, num_special);
  std::vector<int32_t> ids;
  std::vector<ByteRange> offsets;
  ids.reserve(std::min(room + 1, text.size() / 2));  // enough for most texts
  if (keep == Offsets::kKeep) offsets.reserve(ids.capacity());
  encode(text, room + 1, ids, keep == Offsets::kKeep ? &offsets : nullptr);
  trimmer_.trim(text, ids, offsets);
  const size_t kept = std::min(ids.size(), room);
  const PostProcessor::Segment segment{std::span(ids).first(kept), std::span(offsets).first(std::min(offsets.size(), kept))};
  Encoding encoding = post_processor_.assemble(std::span(&segment, 1), keep);
  encoding.truncated = kept < ids.size();
  return encoding;
}

base::Result<size_t> PipelineTokenizer::room_for_texts(const PairOptions& options) const {
  const size_t num_special = post_processor_.num_special(2);
  const size_t limit = non_negative(options.max_length);
  if (options.truncation == Truncation::kNone) return limit - std::min(limit, num_special);
  if (limit < num_special) {
    return Error(ErrorCode::kIllegalArgument, "a pair of at most [{}] tokens cannot hold the [{}] special tokens",
                 options.max_length, num_special);
  }
  return limit - num_special;
}

base::Result<Encoding> PipelineTokenizer::encode_pair(std::string_view first, std::string_view second,
                                                      const PairOptions& options) const {
  ASSIGN_OR_RETURN(const size_t room, room_for_texts(options));
  // One token more than fits shows that a text is cut; only kLongestFirst must know which text is longer.
  const bool cuts_one = options.truncation == Truncation::kOnlyFirst || options.truncation == Truncation::kOnlySecond;
  const size_t enough = cuts_one ? room + 1 : SIZE_MAX;
  std::vector<int32_t> ids[2];
  std::vector<ByteRange> offsets[2];
  const bool keep = options.offsets == Offsets::kKeep;
  encode(first, enough, ids[0], keep ? &offsets[0] : nullptr);
  encode(second, enough, ids[1], keep ? &offsets[1] : nullptr);
  trimmer_.trim(first, ids[0], offsets[0]);
  trimmer_.trim(second, ids[1], offsets[1]);
  return join({ids[0], offsets[0]}, {ids[1], offsets[1]}, options);
}

base::Result<Encoding> PipelineTokenizer::build_pair(std::span<const int32_t> first, std::span<const int32_t> second,
                                                     const PairOptions& options) const {
  return join({first, {}}, {second, {}}, options);
}

base::Result<Encoding> PipelineTokenizer::join(PostProcessor::Segment first, PostProcessor::Segment second,
                                               const PairOptions& options) const {
  ASSIGN_OR_RETURN(const size_t room, room_for_texts(options));
  ASSIGN_OR_RETURN(const PairLengths kept, truncate_pair({first.ids.size(), second.ids.size()}, room, options.truncation));
  const auto cut = [](const PostProcessor::Segment& segment, size_t size) {
    return PostProcessor::Segment{segment.ids.first(size), segment.offsets.first(std::min(segment.offsets.size(), size))};
  };
  const PostProcessor::Segment segments[] = {cut(first, std::min(kept.first, first.ids.size())),
                                             cut(second, std::min(kept.second, second.ids.size()))};
  Encoding encoding = post_processor_.assemble(segments, options.offsets);
  encoding.truncated = segments[0].ids.size() < first.ids.size() || segments[1].ids.size() < second.ids.size();
  return encoding;
}

}  // namespace selene::models
