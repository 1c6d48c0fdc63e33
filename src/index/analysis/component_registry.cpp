#include "index/analysis/component_registry.h"

#include "index/analysis/filters/english_possessive_filter.h"
#include "index/analysis/filters/lowercase_filter.h"
#include "index/analysis/filters/porter_stemmer.h"
#include "index/analysis/filters/stop_filter.h"
#include "index/analysis/tokenizers/simple_tokenizers.h"
#include "index/analysis/tokenizers/standard_tokenizer.h"

namespace selene::index {
namespace {

using base::Result;

template <class Part>
struct Entry {
  std::string_view type;
  Result<std::shared_ptr<const Part>> (*make)(const ComponentSettings&);
  bool normalizing = false;
};

template <class Part, class Made>
Result<std::shared_ptr<const Part>> make_plain(const ComponentSettings&) {
  return std::shared_ptr<const Part>(std::make_shared<Made>());
}

Result<TokenizerPtr> make_standard(const ComponentSettings& settings) {
  ASSIGN_OR_RETURN(const int32_t length, settings.integer("max_token_length", StandardTokenizer::kMaxTokenLength));
  if (length < 1 || length > 1024 * 1024) {
    return base::Error(base::ErrorCode::kIllegalArgument, "maxTokenLength must be greater than zero and at most 1048576; got [{}]",
                       length);
  }
  return TokenizerPtr(std::make_shared<StandardTokenizer>(static_cast<uint32_t>(length)));
}

Result<TokenizerPtr> make_whitespace(const ComponentSettings& settings) {
  ASSIGN_OR_RETURN(const int32_t length, settings.integer("max_token_length", 255));
  if (length < 1) {
    return base::Error(base::ErrorCode::kIllegalArgument, "maxTokenLen must be greater than 0 and less than 1048576 passed: {}",
                       length);
  }
  return TokenizerPtr(std::make_shared<WhitespaceTokenizer>(static_cast<uint32_t>(length)));
}

Result<TokenFilterPtr> make_stop(const ComponentSettings& settings) {
  ASSIGN_OR_RETURN(std::vector<std::string> words, settings.words("stopwords", "_english_"));
  ASSIGN_OR_RETURN(const bool ignore_case, settings.boolean("ignore_case", false));
  ASSIGN_OR_RETURN(const bool remove_trailing, settings.boolean("remove_trailing", true));
  return TokenFilterPtr(std::make_shared<StopFilter>(WordSet(std::move(words), ignore_case), remove_trailing));
}

// Sorted by type.
constexpr Entry<Tokenizer> kTokenizers[] = {
    {"keyword", &make_plain<Tokenizer, KeywordTokenizer>},
    {"letter", &make_plain<Tokenizer, LetterTokenizer>},
    {"standard", &make_standard},
    {"whitespace", &make_whitespace},
};

constexpr Entry<TokenFilter> kTokenFilters[] = {
    {"lowercase", &make_plain<TokenFilter, LowercaseFilter>, true},
    {"porter_stem", &make_plain<TokenFilter, PorterStemFilter>},
    {"stop", &make_stop},
    {"uppercase", &make_plain<TokenFilter, UppercaseFilter>, true},
};

template <class Part, size_t kSize>
const Entry<Part>* find(const Entry<Part> (&table)[kSize], std::string_view type) {
  for (const Entry<Part>& entry : table) {
    if (entry.type == type) return &entry;
  }
  return nullptr;
}

}  // namespace

Result<TokenizerPtr> make_tokenizer(std::string_view type, const ComponentSettings& settings) {
  const auto* entry = find(kTokenizers, type);
  return entry == nullptr ? TokenizerPtr() : entry->make(settings);
}

Result<TokenFilterPtr> make_token_filter(std::string_view type, const ComponentSettings& settings) {
  const auto* entry = find(kTokenFilters, type);
  return entry == nullptr ? TokenFilterPtr() : entry->make(settings);
}

Result<CharFilterPtr> make_char_filter(std::string_view, const ComponentSettings&) { return CharFilterPtr(); }

bool is_normalizing_filter(std::string_view type) {
  const auto* entry = find(kTokenFilters, type);
  return entry != nullptr && entry->normalizing;
}

bool is_normalizing_char_filter(std::string_view) { return false; }

}  // namespace selene::index
