#include "index/analysis/filters/synonym_map.h"

#include <algorithm>

namespace selene::index {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using Words = SynonymMap::Words;

/// Parts between unescaped separators.
std::vector<std::string_view> split(std::string_view text, std::string_view separator) {
  std::vector<std::string_view> parts;
  size_t begin = 0;
  for (size_t i = 0; i < text.size();) {
    if (text[i] == '\\') {
      i += 2;
    } else if (text.substr(i).starts_with(separator)) {
      parts.push_back(text.substr(begin, i - begin));
      begin = i += separator.size();
    } else {
      ++i;
    }
  }
  parts.push_back(text.substr(std::min(begin, text.size())));
  return parts;
}

std::string unescaped(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    out += text[i];
  }
  return out;
}

Result<Words> analysed(std::string_view text, const Analyzer& analyzer) {
  const std::string plain = unescaped(text);
  TokenBuffer tokens;
  analyzer.analyze(plain, tokens);
  Words words;
  for (size_t i = 0; i < tokens.tokens().size(); ++i) {
    const TokenBuffer::Token& token = tokens.tokens()[i];
    const uint32_t increment = i == 0 ? token.position + 1 : token.position - tokens.tokens()[i - 1].position;
    if (increment != 1) {
      return Error(ErrorCode::kIllegalArgument, "term: {} analyzed to a token ({}) with position increment != 1 (got: {})", plain,
                   tokens.term(token), increment);
    }
    words.emplace_back(tokens.term(token));
  }
  if (words.empty()) return Error(ErrorCode::kIllegalArgument, "term: {} was completely eliminated by analyzer", plain);
  return words;
}

Result<std::vector<Words>> analysed_list(std::string_view text, const Analyzer& analyzer) {
  std::vector<Words> list;
  for (const std::string_view part : split(text, ",")) {
    ASSIGN_OR_RETURN(Words words, analysed(part, analyzer));
    list.push_back(std::move(words));
  }
  return list;
}

}  // namespace

void SynonymMap::add(const Words& input, const Words& output, bool keep_original) {
  std::string key;
  for (const std::string& word : input) key += word + '\0';
  Entry& entry = entries_[key];
  entry.keep_original = entry.keep_original || keep_original;
  if (std::find(entry.outputs.begin(), entry.outputs.end(), output) == entry.outputs.end()) entry.outputs.push_back(output);
  max_length_ = std::max(max_length_, input.size());
}

Result<SynonymMap> SynonymMap::parse(const std::vector<std::string>& rules, const Analyzer& analyzer, Expand expand,
                                     BadRules bad_rules) {
  SynonymMap map;
  size_t line = 0;
  const auto one = [&](std::string_view rule) -> base::Status {
    const auto sides = split(rule, "=>");
    if (sides.size() > 2) return Error(ErrorCode::kIllegalArgument, "more than one explicit mapping specified on the same line");
    ASSIGN_OR_RETURN(const std::vector<Words> inputs, analysed_list(sides[0], analyzer));
    if (sides.size() == 2) {
      ASSIGN_OR_RETURN(const std::vector<Words> outputs, analysed_list(sides[1], analyzer));
      for (const Words& input : inputs) {
        for (const Words& output : outputs) map.add(input, output, false);
      }
      return {};
    }
    for (size_t i = 0; i < inputs.size(); ++i) {
      if (expand == Expand::kToFirst) map.add(inputs[i], inputs[0], false);
      for (size_t j = 0; expand == Expand::kAll && j < inputs.size(); ++j) {
        if (i != j) map.add(inputs[i], inputs[j], true);
      }
    }
    return {};
  };
  for (const std::string& rule : rules) {
    ++line;
    if (rule.empty() || rule.front() == '#') continue;
    base::Status status = one(rule);
    if (status || bad_rules == BadRules::kSkip) continue;
    Error parse(ErrorCode::kParse, "Invalid synonym rule at line {}", line);
    return Error(ErrorCode::kIllegalArgument, "failed to build synonyms")
        .with_cause(std::move(parse).with_cause(std::move(status).error()));
  }
  return map;
}

const SynonymMap::Entry* SynonymMap::longest(const TokenBuffer& tokens, size_t at, size_t& length) const {
  const Entry* found = nullptr;
  std::string key;
  for (size_t n = 1; n <= max_length_ && at + n <= tokens.tokens().size(); ++n) {
    key += tokens.term(tokens.tokens()[at + n - 1]);
    key += '\0';
    if (const auto entry = entries_.find(key); entry != entries_.end()) {
      found = &entry->second;
      length = n;
    }
  }
  return found;
}

}  // namespace selene::index
