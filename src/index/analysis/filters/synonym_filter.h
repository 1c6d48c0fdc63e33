#pragma once

#include "index/analysis/filters/synonym_map.h"
#include "index/analysis/token_filter.h"

namespace selene::index {

/// Puts synonyms over the terms they stand for; the further words of a synonym stand over whatever follows (Lucene's
/// SynonymFilter).
class SynonymFilter final : public TokenFilter {
 public:
  explicit SynonymFilter(SynonymMap map) : map_(std::move(map)) {}
  void apply(TokenBuffer& tokens) const override;

 private:
  SynonymMap map_;
};

/// Synonyms as side paths of a graph: positions are its nodes, position lengths say where a token ends (Lucene's
/// SynonymGraphFilter). For query analyzers.
class SynonymGraphFilter final : public TokenFilter {
 public:
  explicit SynonymGraphFilter(SynonymMap map) : map_(std::move(map)) {}
  void apply(TokenBuffer& tokens) const override;

 private:
  SynonymMap map_;
};

}  // namespace selene::index
