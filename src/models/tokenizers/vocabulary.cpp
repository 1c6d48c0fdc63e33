#include "models/tokenizers/vocabulary.h"

#include <algorithm>

namespace selene::models {
namespace {

using base::Error;
using base::ErrorCode;

// Ids may leave gaps, but what is reserved for them stays in proportion to the file.
int64_t max_id(size_t num_tokens) { return static_cast<int64_t>(num_tokens) * 4 + 65536; }

}  // namespace

base::Result<Vocabulary> Vocabulary::build(std::vector<ByteTrie::Entry> tokens) {
  Vocabulary vocabulary;
  int32_t greatest = -1;
  for (const ByteTrie::Entry& token : tokens) greatest = std::max(greatest, token.value);
  std::vector<std::string_view> by_id(static_cast<size_t>(greatest + 1));
  size_t size_bytes = 0;
  for (const ByteTrie::Entry& token : tokens) {
    by_id[static_cast<size_t>(token.value)] = token.key;
    size_bytes += token.key.size();
  }
  vocabulary.text_.reserve(size_bytes);
  vocabulary.begins_.reserve(by_id.size() + 1);
  for (const std::string_view token : by_id) {
    vocabulary.begins_.push_back(static_cast<uint32_t>(vocabulary.text_.size()));
    vocabulary.text_ += token;
  }
  vocabulary.begins_.push_back(static_cast<uint32_t>(vocabulary.text_.size()));
  if (!vocabulary.trie_.build(std::move(tokens))) {
    return Error(ErrorCode::kIllegalArgument, "the vocabulary is too large: its tokens need more than [{}] trie nodes",
                 ByteTrie::kMaxUnits);
  }
  return vocabulary;
}

base::Result<Vocabulary> Vocabulary::parse(base::JsonValue object) {
  if (!object.is_object()) return Error(ErrorCode::kIllegalArgument, "[model.vocab] must be an object of token to id");
  std::vector<ByteTrie::Entry> tokens;
  for (const auto [token, id] : object.as_object()) {
    if (id.type() != base::JsonType::kInt64) return Error(ErrorCode::kIllegalArgument, "the id of token [{}] is no integer", token);
    if (id.as_int64() < 0 || id.as_int64() > INT32_MAX) {
      return Error(ErrorCode::kIllegalArgument, "the id [{}] of token [{}] is out of range", id.as_int64(), token);
    }
    tokens.push_back({token, static_cast<int32_t>(id.as_int64())});
  }
  for (const ByteTrie::Entry& token : tokens) {
    if (token.value > max_id(tokens.size())) {
      return Error(ErrorCode::kIllegalArgument, "the id [{}] of token [{}] is far beyond the [{}] tokens of the vocabulary",
                   token.value, token.key, tokens.size());
    }
  }
  return build(std::move(tokens));
}

std::string_view Vocabulary::token(int32_t id) const {
  if (id < 0 || id >= size()) return {};
  const auto i = static_cast<size_t>(id);
  return std::string_view(text_).substr(begins_[i], begins_[i + 1] - begins_[i]);
}

}  // namespace selene::models
