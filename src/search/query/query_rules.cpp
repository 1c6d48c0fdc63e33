#include "search/query/query_rules.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <limits>

#include "base/levenshtein.h"
#include "search/query/parse_support.h"

namespace selene::search {

using base::Error;
using base::ErrorCode;
using base::JsonMember;
using base::JsonValue;
using base::Result;

namespace {

constexpr std::pair<std::string_view, RuleCriterion::Type> kCriteria[] = {
    {"always", RuleCriterion::Type::kAlways}, {"contains", RuleCriterion::Type::kContains},
    {"exact", RuleCriterion::Type::kExact},   {"fuzzy", RuleCriterion::Type::kFuzzy},
    {"global", RuleCriterion::Type::kGlobal}, {"gt", RuleCriterion::Type::kGt},
    {"gte", RuleCriterion::Type::kGte},       {"lt", RuleCriterion::Type::kLt},
    {"lte", RuleCriterion::Type::kLte},       {"prefix", RuleCriterion::Type::kPrefix},
    {"suffix", RuleCriterion::Type::kSuffix}};

bool needs_metadata(RuleCriterion::Type type) {
  return type != RuleCriterion::Type::kAlways && type != RuleCriterion::Type::kGlobal;
}

std::optional<double> number_of(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

bool is_similar(std::string_view a, std::string_view b) {
  constexpr size_t kMaxBytes = 128;
  if (a.size() > kMaxBytes || b.size() > kMaxBytes) return a == b;
  const size_t longer = std::max(a.size(), b.size());
  return longer == 0 || 1.0 - static_cast<double>(base::levenshtein_distance(a, b)) / static_cast<double>(longer) > 0.5;
}

bool compares(RuleCriterion::Type type, double given, double wanted) {
  switch (type) {
    case RuleCriterion::Type::kGt: return given > wanted;
    case RuleCriterion::Type::kGte: return given >= wanted;
    case RuleCriterion::Type::kLt: return given < wanted;
    case RuleCriterion::Type::kLte: return given <= wanted;
    default: return given == wanted;
  }
}

bool fits_value(RuleCriterion::Type type, std::string_view given, std::string_view wanted) {
  switch (type) {
    case RuleCriterion::Type::kContains: return given.find(wanted) != std::string_view::npos;
    case RuleCriterion::Type::kPrefix: return given.starts_with(wanted);
    case RuleCriterion::Type::kSuffix: return given.ends_with(wanted);
    case RuleCriterion::Type::kFuzzy: return is_similar(given, wanted);
    default: break;
  }
  const std::optional<double> number = number_of(given);
  const std::optional<double> bound = number_of(wanted);
  if (number && bound) return compares(type, *number, *bound);
  return type == RuleCriterion::Type::kExact && given == wanted;
}

Error bad_rule(std::string_view rule, std::string_view why) {
  return Error(ErrorCode::kIllegalArgument, "query rule [{}]: {}", rule, why);
}

Error unknown_key(std::string_view where, std::string_view key) {
  return Error(ErrorCode::kXContentParse, "[{}] unknown field [{}]", where, key);
}

Result<RuleCriterion> parse_criterion(std::string_view rule, JsonValue body) {
  if (!body.is_object()) return bad_rule(rule, "[criteria] must hold objects");
  RuleCriterion criterion;
  bool typed = false;
  for (const JsonMember member : body.as_object()) {
    if (member.key == "type") {
      const std::string name = scalar_text(member.value);
      const auto* const known =
          std::find_if(std::begin(kCriteria), std::end(kCriteria), [&](const auto& k) { return k.first == name; });
      if (known == std::end(kCriteria)) return bad_rule(rule, "criteria type [" + name + "] is not supported");
      criterion.type = known->second;
      typed = true;
    } else if (member.key == "metadata") {
      criterion.metadata = scalar_text(member.value);
    } else if (member.key == "values") {
      if (!member.value.is_array()) return bad_rule(rule, "[values] must be an array");
      for (const JsonValue value : member.value.as_array()) {
        if (value.is_object() || value.is_array() || value.is_null())
          return bad_rule(rule, "[values] must hold strings or numbers");
        base::JsonWriter json;
        criterion.values.push_back({scalar_text(value), json.value(value).take()});
      }
    } else {
      return unknown_key("query_rule_criteria", member.key);
    }
  }
  if (!typed) return bad_rule(rule, "a criterion needs a [type]");
  if (!needs_metadata(criterion.type)) return criterion;
  if (criterion.metadata.empty()) return bad_rule(rule, "criteria metadata cannot be blank");
  if (criterion.values.empty()) return bad_rule(rule, "criteria values cannot be null or empty");
  return criterion;
}

base::Status read_criteria(QueryRule& rule, JsonValue value) {
  if (value.is_object()) {
    ASSIGN_OR_RETURN(RuleCriterion criterion, parse_criterion(rule.id, value));
    rule.criteria.push_back(std::move(criterion));
    return {};
  }
  if (!value.is_array()) return bad_rule(rule.id, "[criteria] must be an object or an array");
  for (const JsonValue entry : value.as_array()) {
    ASSIGN_OR_RETURN(RuleCriterion criterion, parse_criterion(rule.id, entry));
    rule.criteria.push_back(std::move(criterion));
  }
  return {};
}

Result<PinnedDoc> parse_doc(std::string_view rule, JsonValue entry) {
  PinnedDoc doc;
  if (!entry.is_object()) return bad_rule(rule, "[docs] must hold objects");
  for (const JsonMember part : entry.as_object()) {
    if (part.key != "_id" && part.key != "_index") return unknown_key("query_rule_actions", part.key);
    (part.key == "_id" ? doc.id : doc.index) = scalar_text(part.value);
  }
  if (doc.id.empty()) return bad_rule(rule, "each of [docs] needs an [_id]");
  return doc;
}

base::Status read_actions(QueryRule& rule, JsonValue value) {
  if (!value.is_object()) return bad_rule(rule.id, "[actions] must be an object");
  bool docs = false;
  for (const JsonMember member : value.as_object()) {
    if ((member.key != "ids" && member.key != "docs") || !member.value.is_array())
      return unknown_key("query_rule_actions", member.key);
    (member.key == "ids" ? rule.given_as_ids : docs) = true;
    for (const JsonValue entry : member.value.as_array()) {
      if (member.key == "ids") {
        rule.docs.push_back({"", scalar_text(entry)});
        continue;
      }
      ASSIGN_OR_RETURN(PinnedDoc doc, parse_doc(rule.id, entry));
      rule.docs.push_back(std::move(doc));
    }
  }
  if (rule.given_as_ids == docs) return bad_rule(rule.id, "[actions] must hold either [ids] or [docs]");
  if (rule.docs.empty()) return bad_rule(rule.id, "[actions] must name at least one document");
  if (rule.docs.size() > 100) return bad_rule(rule.id, "[actions] must name at most 100 documents");
  return {};
}

void add_new(const PinnedDoc& doc, std::vector<PinnedDoc>& to) {
  const bool known = std::any_of(to.begin(), to.end(), [&](const PinnedDoc& d) { return d.index == doc.index && d.id == doc.id; });
  if (!known) to.push_back(doc);
}

}  // namespace

std::string_view criterion_type_name(RuleCriterion::Type type) { return kCriteria[static_cast<size_t>(type)].first; }
std::string_view rule_type_name(QueryRule::Type type) { return type == QueryRule::Type::kPinned ? "pinned" : "exclude"; }

bool RuleCriterion::fits(JsonValue given) const {
  if (!needs_metadata(type)) return true;
  if (!given.exists() || given.is_object() || given.is_array() || given.is_null()) return false;
  const std::string text = scalar_text(given);
  return std::any_of(values.begin(), values.end(), [&](const Value& value) { return fits_value(type, text, value.text); });
}

Result<QueryRule> QueryRule::parse(std::string_view id, JsonValue body) {
  QueryRule rule;
  rule.id = std::string(id);
  if (!body.is_object()) return Error(ErrorCode::kIllegalArgument, "a query rule must be an object");
  if (body["rule_id"].exists()) rule.id = scalar_text(body["rule_id"]);
  if (rule.id.empty()) return Error(ErrorCode::kIllegalArgument, "Required [rule_id]");
  if (!id.empty() && rule.id != id) return bad_rule(rule.id, "is not the [rule_id] of the path");
  bool typed = false;
  for (const JsonMember member : body.as_object()) {
    if (member.key == "rule_id") continue;
    if (member.key == "type") {
      const std::string name = scalar_text(member.value);
      if (name != "pinned" && name != "exclude") return bad_rule(rule.id, "type [" + name + "] must be one of [pinned, exclude]");
      rule.type = name == "pinned" ? Type::kPinned : Type::kExclude;
      typed = true;
    } else if (member.key == "criteria") {
      RETURN_IF_ERROR(read_criteria(rule, member.value));
    } else if (member.key == "actions") {
      RETURN_IF_ERROR(read_actions(rule, member.value));
    } else if (member.key == "priority") {
      ASSIGN_OR_RETURN(rule.priority, read_int(member.value, member.key));
    } else {
      return unknown_key("query_rule", member.key);
    }
  }
  if (!typed || rule.criteria.empty() || rule.docs.empty()) return bad_rule(rule.id, "Required [type, criteria, actions]");
  return rule;
}

bool QueryRule::matches(JsonValue match_criteria) const {
  return std::all_of(criteria.begin(), criteria.end(),
                     [&](const RuleCriterion& criterion) { return criterion.fits(match_criteria[criterion.metadata]); });
}

void QueryRule::write(base::JsonWriter& out) const {
  out.begin_object().field("rule_id", id).field("type", rule_type_name(type)).key("criteria").begin_array();
  for (const RuleCriterion& criterion : criteria) {
    out.begin_object().field("type", criterion_type_name(criterion.type));
    if (!criterion.metadata.empty()) out.field("metadata", criterion.metadata);
    if (!criterion.values.empty()) {
      out.key("values").begin_array();
      for (const RuleCriterion::Value& value : criterion.values) out.raw(value.json);
      out.end_array();
    }
    out.end_object();
  }
  out.end_array().key("actions").begin_object().key(given_as_ids ? "ids" : "docs").begin_array();
  for (const PinnedDoc& doc : docs) {
    if (given_as_ids) {
      out.value(doc.id);
      continue;
    }
    out.begin_object();
    if (!doc.index.empty()) out.field("_index", doc.index);
    out.field("_id", doc.id).end_object();
  }
  out.end_array().end_object();
  if (priority) out.field("priority", *priority);
  out.end_object();
}

Result<bool> QueryRuleset::put(QueryRule rule) {
  const auto same = std::find_if(rules.begin(), rules.end(), [&](const QueryRule& r) { return r.id == rule.id; });
  const bool is_new = same == rules.end();
  if (is_new && rules.size() >= kMaxRules) {
    return Error(ErrorCode::kIllegalArgument, "The number of rules in a ruleset cannot exceed [{}], provided ruleset [{}] has [{}]",
                 kMaxRules, id, rules.size() + 1);
  }
  if (is_new) {
    rules.push_back(std::move(rule));
  } else {
    *same = std::move(rule);
  }
  static constexpr int32_t kLast = std::numeric_limits<int32_t>::max();
  std::stable_sort(rules.begin(), rules.end(),
                   [](const QueryRule& a, const QueryRule& b) { return a.priority.value_or(kLast) < b.priority.value_or(kLast); });
  return is_new;
}

Result<QueryRuleset> QueryRuleset::parse(std::string_view id, JsonValue body) {
  QueryRuleset ruleset;
  ruleset.id = std::string(id);
  if (!body.is_object()) return Error(ErrorCode::kIllegalArgument, "a query ruleset must be an object");
  for (const JsonMember member : body.as_object()) {
    if (member.key == "ruleset_id") continue;
    if (member.key != "rules") return unknown_key("query_ruleset", member.key);
    const auto read = [&](JsonValue value) -> base::Status {
      ASSIGN_OR_RETURN(QueryRule rule, QueryRule::parse("", value));
      const std::string rule_id = rule.id;
      ASSIGN_OR_RETURN(const bool is_new, ruleset.put(std::move(rule)));
      if (!is_new) return Error(ErrorCode::kIllegalArgument, "rule_id [{}] is given twice", rule_id);
      return {};
    };
    if (!member.value.is_array()) {
      RETURN_IF_ERROR(read(member.value));
      continue;
    }
    for (const JsonValue value : member.value.as_array()) RETURN_IF_ERROR(read(value));
  }
  if (ruleset.rules.empty()) return Error(ErrorCode::kIllegalArgument, "rules cannot be null or empty");
  return ruleset;
}

void QueryRuleset::write(base::JsonWriter& out) const {
  out.begin_object().field("ruleset_id", id).key("rules").begin_array();
  for (const QueryRule& rule : rules) rule.write(out);
  out.end_array().end_object();
}

Result<AppliedRules> apply_query_rules(const DocumentLookup& lookup, const std::vector<std::string>& ids,
                                       JsonValue match_criteria) {
  AppliedRules applied;
  for (const std::string& id : ids) {
    ASSIGN_OR_RETURN(const std::optional<std::string> text, lookup(kQueryRulesIndex, id));
    if (!text) return Error(ErrorCode::kResourceNotFound, "No query ruleset found with id [{}]", id);
    ASSIGN_OR_RETURN(const base::JsonDocument document, base::JsonDocument::parse(*text));
    ASSIGN_OR_RETURN(const QueryRuleset ruleset, QueryRuleset::parse(id, document.root()));
    for (const QueryRule& rule : ruleset.rules) {
      if (!rule.matches(match_criteria)) continue;
      for (const PinnedDoc& doc : rule.docs)
        add_new(doc, rule.type == QueryRule::Type::kPinned ? applied.pinned : applied.excluded);
    }
  }
  std::erase_if(applied.pinned, [&](const PinnedDoc& pin) {
    return std::any_of(applied.excluded.begin(), applied.excluded.end(), [&](const PinnedDoc& out) {
      return out.id == pin.id && (out.index.empty() || pin.index.empty() || out.index == pin.index);
    });
  });
  constexpr size_t kMaxPins = 100;
  if (applied.pinned.size() > kMaxPins) applied.pinned.resize(kMaxPins);
  return applied;
}

}  // namespace selene::search
