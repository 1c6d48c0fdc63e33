#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json/json_document.h"
#include "base/result.h"
#include "index/analysis/analyzer.h"

namespace selene::index {

/// index.max_ngram_diff and index.max_shingle_diff.
struct AnalysisLimits {
  int32_t max_ngram_diff = 1;
  int32_t max_shingle_diff = 3;
};

/// The settings of one tokenizer, filter or analyzer. Numbers and booleans may stand as strings, a list as one comma-separated
/// string, as index settings do. Views the JSON it was made from.
class ComponentSettings {
 public:
  /// A missing `object`: a component used by its name, without settings.
  ComponentSettings(std::string_view name, base::JsonValue object, AnalysisLimits limits = {})
      : name_(name), object_(object), limits_(limits) {}
  const AnalysisLimits& limits() const { return limits_; }
  /// The chain in front of a token filter, for those whose settings are analysed by it (synonyms). Null: none.
  const Analyzer* chain_before() const { return chain_before_; }
  void set_chain_before(const Analyzer* chain) { chain_before_ = chain; }
  std::string_view name() const { return name_; }
  base::JsonValue get(std::string_view key) const { return object_[key]; }
  bool has(std::string_view key) const { return get(key).exists() && !get(key).is_null(); }

  base::Result<int32_t> integer(std::string_view key, int32_t fallback) const;
  base::Result<bool> boolean(std::string_view key, bool fallback) const;
  base::Result<std::string> text(std::string_view key, std::string_view fallback) const;
  base::Result<std::vector<std::string>> list(std::string_view key) const;
  /// Words of a list; `_english_` and `_none_` stand for built-in ones.
  base::Result<std::vector<std::string>> words(std::string_view key, std::string_view fallback) const;

 private:
  std::string name_;
  base::JsonValue object_;
  AnalysisLimits limits_;
  const Analyzer* chain_before_ = nullptr;
};

struct GramSizes {
  int32_t min = 1;
  int32_t max = 2;
};
/// min_gram and max_gram. `limited` names the part in the message on max_ngram_diff; empty: no such limit.
base::Result<GramSizes> gram_sizes(const ComponentSettings& settings, int32_t default_max, std::string_view limited);

}  // namespace selene::index
