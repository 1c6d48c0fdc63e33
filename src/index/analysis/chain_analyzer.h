#pragma once

#include <string>
#include <vector>

#include "index/analysis/analyzer.h"
#include "index/analysis/component_registry.h"

namespace selene::index {

/// Char filters in order, one tokenizer, token filters in order.
class ChainAnalyzer final : public Analyzer {
 public:
  struct Parts {
    std::vector<CharFilterPtr> char_filters;
    TokenizerPtr tokenizer;
    std::vector<TokenFilterPtr> token_filters;
  };
  ChainAnalyzer(std::string name, Parts parts) : name_(std::move(name)), parts_(std::move(parts)) {}
  std::string_view name() const override { return name_; }
  void analyze(std::string_view text, TokenBuffer& tokens) const override;
  void normalize(std::string_view text, TokenBuffer& tokens) const override;

 private:
  void analyze_filtered(std::string_view text, TokenBuffer& tokens) const;

  std::string name_;
  Parts parts_;
};

}  // namespace selene::index
