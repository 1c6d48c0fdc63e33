// synonym, synonym_graph, word_delimiter, word_delimiter_graph
#include "index/analysis/component_factories.h"
#include "index/analysis/filters/stop_filter.h"
#include "index/analysis/filters/synonym_filter.h"
#include "index/analysis/filters/word_delimiter_filter.h"
#include "index/analysis/utf8.h"

namespace selene::index {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

/// The word of `s(100000001,1,'woods',n,1,0).` as Solr's rules have it; a quote inside of it stands twice.
std::string wordnet_word(std::string_view quoted) {
  std::string word;
  for (size_t i = 0; i < quoted.size(); ++i) {
    if (quoted[i] == '\'' && i + 1 < quoted.size() && quoted[i + 1] == '\'') ++i;
    if (std::string_view(",=>#\\").find(quoted[i]) != std::string_view::npos) word += '\\';
    word += quoted[i];
  }
  return word;
}

/// Neighbouring lines of WordNet's Prolog files that have the same synset, as one rule of Solr's.
Result<std::vector<std::string>> rules_of_wordnet(const std::vector<std::string>& lines) {
  constexpr size_t kSynset = 2, kSynsetSize = 9;  // s(100000001,
  std::vector<std::string> rules;
  std::string_view last;
  for (size_t i = 0; i < lines.size(); ++i) {
    const std::string_view line = lines[i];
    const size_t begin = line.find('\''), end = line.rfind('\'');
    if (!line.starts_with("s(") || begin == end || begin < kSynset + kSynsetSize) {
      return Error(ErrorCode::kIllegalArgument, "failed to build synonyms")
          .with_cause(Error(ErrorCode::kParse, "Invalid synonym rule at line {}", i + 1));
    }
    const std::string_view synset = line.substr(kSynset, kSynsetSize);
    if (synset != last) rules.emplace_back();
    last = synset;
    rules.back() += (rules.back().empty() ? "" : ",") + wordnet_word(line.substr(begin + 1, end - begin - 1));
  }
  return rules;
}

Result<SynonymMap> synonym_map(const ComponentSettings& settings) {
  if (settings.has("synonyms_set"))
    return Error(ErrorCode::kIllegalArgument, "[synonyms_set] is not supported: give the rules in [synonyms]");
  if (!settings.has("synonyms")) {
    return Error(ErrorCode::kIllegalArgument,
                 "synonym requires either `synonyms`, `synonyms_set` or `synonyms_path` to be configured");
  }
  ASSIGN_OR_RETURN(auto rules, settings.list("synonyms"));
  ASSIGN_OR_RETURN(const bool expand, settings.boolean("expand", true));
  ASSIGN_OR_RETURN(const bool lenient, settings.boolean("lenient", false));
  ASSIGN_OR_RETURN(const std::string format, settings.text("format", "solr"));
  if (to_lower(format) == "wordnet") {
    ASSIGN_OR_RETURN(rules, rules_of_wordnet(rules));
  } else if (format != "solr" && !format.empty()) {
    return Error(ErrorCode::kIllegalArgument, "synonym format [{}] is not supported: it is [solr] or [wordnet]", format);
  }
  if (settings.chain_before() == nullptr)
    return Error(ErrorCode::kIllegalArgument, "synonym filter [{}] needs a tokenizer in front of it", settings.name());
  return SynonymMap::parse(rules, *settings.chain_before(), expand ? SynonymMap::Expand::kAll : SynonymMap::Expand::kToFirst,
                           lenient ? SynonymMap::BadRules::kSkip : SynonymMap::BadRules::kRefuse);
}

/// `$ => DIGIT`
base::Status read_type_rule(const std::string& rule, WordDelimiterFilter::Options& options) {
  constexpr std::pair<std::string_view, uint8_t> kTypes[] = {
      {"LOWER", WordDelimiterFilter::kLower},       {"UPPER", WordDelimiterFilter::kUpper},
      {"ALPHA", WordDelimiterFilter::kAlpha},       {"DIGIT", WordDelimiterFilter::kDigit},
      {"ALPHANUM", WordDelimiterFilter::kAlphanum}, {"SUBWORD_DELIM", WordDelimiterFilter::kDelimiter},
  };
  const size_t arrow = rule.rfind("=>");
  const auto trimmed = [](std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
  };
  if (arrow != std::string::npos) {
    const std::string left = unescape_rule(trimmed(std::string_view(rule).substr(0, arrow)));
    size_t pos = 0;
    const char32_t c = left.empty() ? 0 : decode_utf8(left, pos);
    for (const auto& [name, type] : kTypes) {
      if (left.empty() || pos != left.size() || name != trimmed(std::string_view(rule).substr(arrow + 2))) continue;
      options.types[c] = type;
      return {};
    }
  }
  return Error(ErrorCode::kIllegalArgument, "Invalid Mapping Rule : [{}]", rule);
}

Result<TokenFilterPtr> word_delimiter(const ComponentSettings& settings, bool graph) {
  WordDelimiterFilter::Options options;
  options.graph = graph;
  const std::pair<std::string_view, bool*> flags[] = {
      {"generate_word_parts", &options.generate_word_parts},
      {"generate_number_parts", &options.generate_number_parts},
      {"catenate_words", &options.catenate_words},
      {"catenate_numbers", &options.catenate_numbers},
      {"catenate_all", &options.catenate_all},
      {"split_on_case_change", &options.split_on_case_change},
      {"preserve_original", &options.preserve_original},
      {"split_on_numerics", &options.split_on_numerics},
      {"stem_english_possessive", &options.stem_english_possessive},
      {"adjust_offsets", &options.adjust_offsets},
  };
  for (const auto& [key, flag] : flags) {
    ASSIGN_OR_RETURN(*flag, settings.boolean(key, *flag));
  }
  if (graph) {
    ASSIGN_OR_RETURN(options.ignore_keywords, settings.boolean("ignore_keywords", false));
  }
  ASSIGN_OR_RETURN(auto words, settings.list("protected_words"));
  options.protected_words = WordSet(std::move(words));
  ASSIGN_OR_RETURN(const auto rules, settings.list("type_table"));
  for (const std::string& rule : rules) RETURN_IF_ERROR(read_type_rule(rule, options));
  return TokenFilterPtr(std::make_shared<WordDelimiterFilter>(std::move(options)));
}

}  // namespace

Result<TokenFilterPtr> make_synonym_filter(const ComponentSettings& settings) {
  ASSIGN_OR_RETURN(SynonymMap map, synonym_map(settings));
  return TokenFilterPtr(std::make_shared<SynonymFilter>(std::move(map)));
}

Result<TokenFilterPtr> make_synonym_graph_filter(const ComponentSettings& settings) {
  ASSIGN_OR_RETURN(SynonymMap map, synonym_map(settings));
  return TokenFilterPtr(std::make_shared<SynonymGraphFilter>(std::move(map)));
}

Result<TokenFilterPtr> make_word_delimiter_filter(const ComponentSettings& settings) { return word_delimiter(settings, false); }
Result<TokenFilterPtr> make_word_delimiter_graph_filter(const ComponentSettings& settings) {
  return word_delimiter(settings, true);
}

}  // namespace selene::index
