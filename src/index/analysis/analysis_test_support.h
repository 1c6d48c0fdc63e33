#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "index/analysis/analyzer_registry.h"

namespace selene::index {

/// "term@position[start-end]" of each token.
inline std::vector<std::string> describe(const TokenBuffer& tokens) {
  std::vector<std::string> result;
  for (const TokenBuffer::Token& token : tokens.tokens()) {
    result.push_back(base::format("{}@{}[{}-{}]", tokens.term(token), token.position, token.start_offset, token.end_offset));
  }
  return result;
}

inline std::vector<std::string> terms_of(const TokenBuffer& tokens) {
  std::vector<std::string> result;
  for (const TokenBuffer::Token& token : tokens.tokens()) result.emplace_back(tokens.term(token));
  return result;
}

/// The analyzer `name` of an index with these `analysis` settings (JSON; empty: none).
inline base::Result<std::shared_ptr<const Analyzer>> analyzer_of(std::string_view analysis, std::string_view name) {
  if (analysis.empty()) {
    auto registry = AnalyzerRegistry::create({});
    if (!registry) return std::move(registry).error();
    return (*registry)->find(name);
  }
  auto json = base::JsonDocument::parse(analysis);
  if (!json) return std::move(json).error();
  auto registry = AnalyzerRegistry::create(json->root());
  if (!registry) return std::move(registry).error();
  return (*registry)->find(name);
}

inline TokenBuffer analyze(std::string_view analysis, std::string_view name, std::string_view text) {
  TokenBuffer tokens;
  analyzer_of(analysis, name).value()->analyze(text, tokens);
  return tokens;
}

/// A custom analyzer `a` of one tokenizer and the filters (JSON list), with the definitions of `more` ("\"filter\":{...}").
inline TokenBuffer run_chain(std::string_view tokenizer, std::string_view filters, std::string_view text,
                             std::string_view more = "") {
  const std::string analysis = base::format(R"({{"analyzer":{{"a":{{"tokenizer":"{}","filter":{}}}}}{}{}}})", tokenizer, filters,
                                            more.empty() ? "" : ",", more);
  return analyze(analysis, "a", text);
}

}  // namespace selene::index
