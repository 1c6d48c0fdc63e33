#include "search/highlight/query_terms.h"

#include <algorithm>
#include <utility>

#include "base/unicode.h"
#include "search/query/field_weights.h"
#include "search/query/parse_support.h"

namespace selene::search {
namespace {

using base::JsonMember;
using base::JsonValue;

/// The field and the value or options of {"<field>": ...}; `boost` and `_name` beside it are passed over.
JsonMember field_of(JsonValue body) {
  for (const JsonMember member : body.as_object()) {
    if (member.key != "boost" && member.key != "_name") return member;
  }
  return {};
}

/// The text of a leaf: its value, or `query` or `value` of its options.
JsonValue text_of(JsonValue value) {
  if (!value.is_object()) return value;
  for (const std::string_view key : {"query", "value", "wildcard", "term", "prefix"}) {
    if (value[key].exists()) return value[key];
  }
  return {};
}

std::string_view string_or(JsonValue value, std::string_view fallback) { return value.is_string() ? value.as_string() : fallback; }
int32_t int_or(JsonValue value, int32_t fallback) {
  const auto number = value.exists() ? read_int(value, "") : base::Result<int32_t>(fallback);
  return number.has_value() ? *number : fallback;
}

/// Edits that a `fuzziness` allows for a term.
int32_t edits_of(JsonValue fuzziness, size_t length) {
  const std::string text = fuzziness.exists() ? scalar_text(fuzziness) : "AUTO";
  if (!text.empty() && text.front() >= '0' && text.front() <= '2' && text.size() == 1) return text.front() - '0';
  return length < 3 ? 0 : length < 6 ? 1 : 2;
}

class Walker {
 public:
  Walker(const BindContext& context, QueryTerms& terms) : context_(context), terms_(terms) {}

  void walk(JsonValue query) {
    if (query.is_array()) {
      for (const JsonValue one : query.as_array()) walk(one);
      return;
    }
    if (!query.is_object() || query.as_object().empty()) return;
    const auto [name, body] = *query.as_object().begin();
    if (!body.is_object()) return;
    if (compound(name, body)) return;
    if (name == "multi_match") {
      multi_match(body);
    } else if (name == "query_string" || name == "simple_query_string") {
      query_string(body);
    } else if (!body.as_object().empty()) {
      leaf(name, body);
    }
  }

 private:
  bool compound(std::string_view name, JsonValue body) {
    constexpr std::pair<std::string_view, std::string_view> kInner[] = {{"bool", "must"},
                                                                        {"bool", "should"},
                                                                        {"bool", "filter"},
                                                                        {"dis_max", "queries"},
                                                                        {"constant_score", "filter"},
                                                                        {"boosting", "positive"},
                                                                        {"function_score", "query"},
                                                                        {"script_score", "query"},
                                                                        {"nested", "query"},
                                                                        {"pinned", "organic"},
                                                                        {"rule", "organic"},
                                                                        {"has_child", "query"}};
    bool any = false;
    for (const auto& [query, key] : kInner) {
      if (query != name) continue;
      any = true;
      walk(body[key]);
    }
    return any;
  }

  /// The field if it holds terms; null otherwise.
  const index::MappedField* text_field(std::string_view name) const {
    const index::MappedField* const field = context_.mapping().find(name);
    return field != nullptr && holds_terms(*field) ? field : nullptr;
  }

  void leaf(std::string_view name, JsonValue body) {
    const JsonMember member = field_of(body);
    const index::MappedField* const field = text_field(member.key);
    if (field == nullptr) return;
    const JsonValue text = text_of(member.value);
    if (name == "terms") {
      if (!member.value.is_array()) return;
      for (const JsonValue value : member.value.as_array())
        terms_[field->name].terms.push_back(normalized_term(*field, scalar_text(value)));
      return;
    }
    if (text.is_null() || text.is_object() || text.is_array()) return;
    const JsonValue options = member.value.is_object() ? member.value : JsonValue();
    if (name == "term") {
      terms_[field->name].terms.push_back(normalized_term(*field, scalar_text(text)));
    } else if (name == "prefix") {
      add_pattern(*field, TermPattern::prefix(normalized_term(*field, scalar_text(text)), CaseMatching::kSensitive));
    } else if (name == "wildcard") {
      add_pattern(*field, TermPattern::wildcard(scalar_text(text), CaseMatching::kSensitive));
    } else if (name == "fuzzy") {
      add_fuzzy(*field, scalar_text(text), options["fuzziness"], int_or(options["prefix_length"], 0));
    } else {
      match(*field, name, scalar_text(text), options);
    }
  }

  void add_pattern(const index::MappedField& field, TermPattern pattern) {
    terms_[field.name].patterns.push_back(std::move(pattern));
  }

  void add_fuzzy(const index::MappedField& field, const std::string& text, JsonValue fuzziness, int32_t prefix_length) {
    std::vector<int32_t> points = code_points(text);
    const int32_t edits = edits_of(fuzziness, points.size());
    terms_[field.name].fuzzies.push_back({std::move(points), edits, static_cast<size_t>(std::max(prefix_length, 0))});
  }

  /// match, match_phrase, match_phrase_prefix, match_bool_prefix.
  void match(const index::MappedField& field, std::string_view name, const std::string& text, JsonValue options) {
    const bool phrase = name == "match_phrase" || name == "match_phrase_prefix";
    const bool prefix = name == "match_phrase_prefix" || name == "match_bool_prefix";
    if (!phrase && name != "match" && name != "match_bool_prefix") return;
    const MatchKind kind = phrase ? MatchKind::kPhrase : MatchKind::kBoolean;
    auto analysed = analyse_query(context_, field, text, string_or(options["analyzer"], ""), kind);
    if (!analysed.has_value() || analysed->empty()) return;
    if (phrase && (analysed->size() > 1 || prefix)) {
      terms_[field.name].phrases.push_back({std::move(analysed).value(), int_or(options["slop"], 0), prefix});
      return;
    }
    for (size_t i = 0; i < analysed->size(); ++i) {
      const std::string& term = (*analysed)[i].text;
      if (prefix && i + 1 == analysed->size()) {
        add_pattern(field, TermPattern::prefix(term, CaseMatching::kSensitive));
      } else if (options["fuzziness"].exists()) {
        add_fuzzy(field, term, options["fuzziness"], int_or(options["prefix_length"], 0));
      } else {
        terms_[field.name].terms.push_back(term);
      }
    }
  }

  /// The fields of a list of names with `^boost` and patterns; of `*` if there is no list.
  std::vector<const index::MappedField*> fields_of(JsonValue list) const {
    std::vector<std::string> names;
    if (list.is_string()) names.emplace_back(list.as_string());
    if (list.is_array()) {
      for (const JsonValue name : list.as_array()) names.push_back(scalar_text(name));
    }
    if (names.empty()) names = context_.default_fields != nullptr ? *context_.default_fields : std::vector<std::string>{"*"};
    std::vector<const index::MappedField*> fields;
    for (const std::string& name : names) {
      for (const index::MappedField* field : context_.mapping().match(name.substr(0, name.find('^')))) {
        if (holds_terms(*field)) fields.push_back(field);
      }
    }
    return fields;
  }

  void multi_match(JsonValue body) {
    const std::string_view type = string_or(body["type"], "best_fields");
    const std::string_view name = type == "phrase"          ? "match_phrase"
                                  : type == "phrase_prefix" ? "match_phrase_prefix"
                                  : type == "bool_prefix"   ? "match_bool_prefix"
                                                            : "match";
    if (!body["query"].exists()) return;
    for (const index::MappedField* field : fields_of(body["fields"])) match(*field, name, scalar_text(body["query"]), body);
  }

  /// Words and quoted phrases; operators and what follows a minus are left out.
  void query_string(JsonValue body) {
    const std::string text(string_or(body["query"], ""));
    const JsonValue list = body["fields"].exists() ? body["fields"] : body["default_field"];
    for (size_t at = 0; at < text.size();) {
      const bool quoted = text[at] == '"';
      const size_t end = quoted ? text.find('"', at + 1) : text.find_first_of(" ()\"", at);
      const std::string piece =
          text.substr(quoted ? at + 1 : at, (end == std::string::npos ? text.size() : end) - at - (quoted ? 1 : 0));
      at = end == std::string::npos ? text.size() : end + (quoted || text[end] != '"' ? 1 : 0);
      add_piece(piece, quoted, list);
    }
  }

  void add_piece(std::string piece, bool quoted, JsonValue list) {
    if (piece.empty() || (!quoted && (piece == "AND" || piece == "OR" || piece == "NOT" || piece.front() == '-'))) return;
    std::vector<const index::MappedField*> fields = fields_of(list);
    const size_t colon = quoted ? std::string::npos : piece.find(':');
    if (colon != std::string::npos) {
      const index::MappedField* const field = text_field(piece.substr(0, colon));
      piece.erase(0, colon + 1);
      fields = field == nullptr ? std::vector<const index::MappedField*>() : std::vector{field};
    }
    const bool wild = !quoted && piece.find_first_of("*?") != std::string::npos;
    for (const index::MappedField* field : fields) {
      if (wild) {
        add_pattern(*field, TermPattern::wildcard(normalized_term(*field, piece), CaseMatching::kInsensitive));
      } else {
        match(*field, quoted ? "match_phrase" : "match", piece, {});
      }
    }
  }

  const BindContext& context_;
  QueryTerms& terms_;
};

}  // namespace

void collect_query_terms(JsonValue value, const BindContext& context, QueryTerms& terms) { Walker(context, terms).walk(value); }

}  // namespace selene::search
