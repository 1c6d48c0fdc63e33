#include "search/retrievers/chunk_rescorer.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <string>

#include "base/format.h"
#include "index/analysis/built_in_analyzers.h"
#include "index/formats/norms.h"
#include "inference/services/chunking_settings.h"
#include "search/exec/bm25.h"
#include "search/query/parse_support.h"

namespace selene::search {

using base::Error;
using base::ErrorCode;
using base::JsonValue;
using base::Result;

namespace {

/// Checked settings. `max_chunk_size` alone means sentences without overlap.
Result<std::string> checked_settings(JsonValue given) {
  std::string filled;
  base::JsonDocument document;
  const JsonValue size = given["max_chunk_size"];
  if (given.is_object() && given["strategy"].is_null() && given.as_object().size() == 1 && size.type() == base::JsonType::kInt64) {
    filled = base::format(R"({{"strategy":"sentence","max_chunk_size":{},"sentence_overlap":0}})", size.as_int64());
    RETURN_IF_ERROR(document.reparse(filled));
    given = document.root();
  }
  inference::Validation validation;
  std::string settings = inference::read_chunking_settings(given, validation);
  RETURN_IF_ERROR(validation.status(ErrorCode::kValidation));
  return settings;
}

/// How often each of the query's words stands in one chunk, and how many tokens it has.
struct ChunkWords {
  std::vector<int32_t> freqs;
  uint32_t length = 0;
};

}  // namespace

Result<std::unique_ptr<const ChunkRescorer>> ChunkRescorer::parse(JsonValue body) {
  std::unique_ptr<ChunkRescorer> rescorer(new ChunkRescorer);
  for (const base::JsonMember member : body.as_object()) {
    if (member.key == "size") {
      ASSIGN_OR_RETURN(rescorer->size_, read_int(member.value, member.key));
      if (rescorer->size_ < 1) return Error(ErrorCode::kIllegalArgument, "size must be greater than 0, was: {}", rescorer->size_);
    } else if (member.key == "chunking_settings") {
      const bool is_set = !member.value.is_null() && !(member.value.is_object() && member.value.as_object().empty());
      if (!is_set) continue;
      ASSIGN_OR_RETURN(const std::string text, checked_settings(member.value));
      ASSIGN_OR_RETURN(const base::JsonDocument settings, base::JsonDocument::parse(text));
      rescorer->settings_ = inference::ChunkingSettings::from_json(settings.root());
    } else {
      return Error(ErrorCode::kXContentParse, "[chunk_rescorer] unknown field [{}]", member.key);
    }
  }
  ASSIGN_OR_RETURN(rescorer->analyzer_, index::make_built_in_analyzer("standard", index::ComponentSettings("standard", {})));
  return std::unique_ptr<const ChunkRescorer>(std::move(rescorer));
}

Result<inference::Chunker> ChunkRescorer::chunker(int32_t window_words) const {
  if (settings_) return inference::Chunker::create(*settings_);
  return inference::Chunker::create({inference::ChunkingStrategy::kSentence, window_words, 0, {}});
}

std::vector<size_t> ChunkRescorer::best_chunks(std::string_view query, std::span<const std::string_view> chunks) const {
  index::TokenBuffer tokens;
  analyzer_->analyze(query, tokens);
  std::map<std::string, size_t, std::less<>> words;  // to its number
  std::vector<float> boosts;                         // how often the query has it
  for (const auto& token : tokens.tokens()) {
    const auto [word, is_new] = words.emplace(tokens.term(token), boosts.size());
    if (is_new) boosts.push_back(0);
    boosts[word->second] += 1;
  }
  std::vector<ChunkWords> found(chunks.size());
  std::vector<int64_t> doc_freqs(boosts.size(), 0);
  uint64_t total_length = 0;
  for (size_t i = 0; i < chunks.size(); ++i) {
    analyzer_->analyze(chunks[i], tokens);
    found[i].freqs.resize(boosts.size(), 0);
    found[i].length = static_cast<uint32_t>(tokens.tokens().size());
    total_length += found[i].length;
    for (const auto& token : tokens.tokens()) {
      const auto word = words.find(tokens.term(token));
      if (word != words.end() && found[i].freqs[word->second]++ == 0) ++doc_freqs[word->second];
    }
  }
  const float mean_length = static_cast<float>(static_cast<double>(total_length) / static_cast<double>(chunks.size()));
  std::vector<float> scores(chunks.size(), 0);
  for (size_t w = 0; w < boosts.size(); ++w) {
    if (doc_freqs[w] == 0) continue;
    const Bm25Scorer scorer({}, boosts[w], bm25_idf(doc_freqs[w], static_cast<int64_t>(chunks.size())), mean_length);
    for (size_t i = 0; i < chunks.size(); ++i) {
      if (found[i].freqs[w] > 0)
        scores[i] += scorer.score(static_cast<float>(found[i].freqs[w]), index::encode_norm(found[i].length));
    }
  }
  std::vector<size_t> order(chunks.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return scores[a] > scores[b]; });
  const auto none = std::find_if(order.begin(), order.end(), [&](size_t i) { return !(scores[i] > 0); });
  order.resize(std::clamp<size_t>(static_cast<size_t>(none - order.begin()), 1, static_cast<size_t>(size_)));
  return order;
}

}  // namespace selene::search
