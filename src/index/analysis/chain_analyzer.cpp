#include "index/analysis/chain_analyzer.h"

#include "index/analysis/utf8.h"

namespace selene::index {

void ChainAnalyzer::analyze(std::string_view text, TokenBuffer& tokens) const {
  if (!is_valid_utf8(text)) {
    const std::string valid = to_valid_utf8(text);
    return analyze(valid, tokens);
  }
  if (parts_.char_filters.empty()) {
    parts_.tokenizer->tokenize(text, tokens);
  } else {
    analyze_filtered(text, tokens);
  }
  for (const TokenFilterPtr& filter : parts_.token_filters) {
    if (filter->reads_text_end()) tokens.set_text_end(utf16_length(text));
    filter->apply(tokens);
  }
}

void ChainAnalyzer::normalize(std::string_view text, TokenBuffer& tokens) const {
  Analyzer::normalize(text, tokens);
  for (const TokenFilterPtr& filter : parts_.token_filters) {
    if (filter->normalizes()) filter->apply(tokens);
  }
}

void ChainAnalyzer::analyze_filtered(std::string_view text, TokenBuffer& tokens) const {
  std::vector<FilteredText> steps;
  for (const CharFilterPtr& filter : parts_.char_filters) {
    steps.push_back(filter->apply(steps.empty() ? text : std::string_view(steps.back().text)));
  }
  parts_.tokenizer->tokenize(steps.back().text, tokens);
  for (TokenBuffer::Token& token : tokens.mutable_tokens()) {
    for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
      token.start_offset = step->original_offset(token.start_offset);
      token.end_offset = step->original_offset(token.end_offset);
    }
  }
}

}  // namespace selene::index
