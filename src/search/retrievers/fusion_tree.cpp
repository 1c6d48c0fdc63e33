#include "search/retrievers/fusion_tree.h"

#include <cmath>

#include "base/format.h"
#include "search/query/parse_support.h"
#include "search/retrievers/compound.h"
#include "search/retrievers/simplified_fusion.h"

namespace selene::search {

using base::Error;
using base::ErrorCode;
using base::JsonMember;
using base::JsonValue;
using base::Result;

namespace {

Result<float> read_weight(const RetrieverParser& parser, JsonMember member, FusionEntries entries) {
  ASSIGN_OR_RETURN(const float weight, parser.read_number(member));
  if (std::isinf(weight) && weight > 0)
    return parser.failed_field(member, Error(ErrorCode::kIllegalArgument, "[weight] must be finite, found [Infinity]"));
  if (weight >= 0) return weight;
  if (entries == FusionEntries::kNormalized)
    return parser.failed_field(member, Error(ErrorCode::kIllegalArgument, "[weight] must be non-negative"));
  return parser.failed_field(member,
                             Error(ErrorCode::kIllegalArgument, "[weight] must be non-negative, found [{}]", java_text(weight)));
}

/// {"retriever": {...}, "weight": 2, "normalizer": "minmax"}
Result<FusionChild> read_parts(const RetrieverParser& parser, JsonValue entry, FusionEntries entries) {
  FusionChild child;
  for (const JsonMember part : entry.as_object()) {
    if (part.key == "retriever") {
      ASSIGN_OR_RETURN(child.retriever, parser.read_retriever(part));
    } else if (part.key == "weight") {
      ASSIGN_OR_RETURN(child.weight, read_weight(parser, part, entries));
    } else if (part.key == "normalizer" && entries == FusionEntries::kNormalized) {
      ASSIGN_OR_RETURN(child.normalizer, parser.read_normalizer(part));
    } else {
      return parser.unknown_field(part);
    }
  }
  RETURN_IF_ERROR(RetrieverParser::check_required({{"retriever", child.retriever != nullptr}}));
  return child;
}

Result<FusionChild> read_entry(const RetrieverParser& parser, JsonMember retrievers, JsonValue entry, FusionEntries entries) {
  const bool in_parts = entry.is_object() && (entry["retriever"].exists() || entry["weight"].exists());
  if (in_parts || entries == FusionEntries::kNormalized) {
    if (!entry.is_object()) return parser.wrong_type({retrievers.key, entry});
    return read_parts(parser, entry, entries);
  }
  FusionChild child;
  ASSIGN_OR_RETURN(child.retriever, parser.read_retriever({retrievers.key, entry}));
  return child;
}

base::Status read_fields(const RetrieverParser& parser, JsonMember member, FusionTree& into) {
  if (!member.value.is_array()) return parser.wrong_type(member);
  into.fields.emplace();
  for (const JsonValue field : member.value.as_array()) {
    if (!field.is_string()) return parser.wrong_type({member.key, field});
    into.fields->emplace_back(field.as_string());
  }
  return {};
}

}  // namespace

std::vector<const Retriever*> FusionTree::retrievers() const {
  std::vector<const Retriever*> all;
  for (const FusionChild& child : children) all.push_back(child.retriever.get());
  return all;
}

Result<bool> read_fusion_key(const RetrieverParser& parser, JsonMember member, FusionEntries entries, FusionTree& into) {
  ASSIGN_OR_RETURN(const bool known, parser.read_base(member, into.base));
  if (known) return true;
  if (member.key == "retrievers") {
    if (!member.value.is_array()) return parser.wrong_type(member);
    for (const JsonValue entry : member.value.as_array()) {
      ASSIGN_OR_RETURN(FusionChild child, read_entry(parser, member, entry, entries));
      into.children.push_back(std::move(child));
    }
  } else if (member.key == "rank_window_size") {
    ASSIGN_OR_RETURN(into.rank_window_size, parser.read_count(member));
  } else if (member.key == "query") {
    ASSIGN_OR_RETURN(into.query, parser.read_text(member));
  } else if (member.key == "fields") {
    RETURN_IF_ERROR(read_fields(parser, member, into));
  } else {
    return false;
  }
  return true;
}

void validate_fusion(const Retriever& node, const FusionTree& tree, RetrieverValidation& validation) {
  auto& problems = validation.problems;
  const std::string_view type = node.type();
  if (tree.query && tree.query->empty()) problems.push_back(base::format("[{}] [query] cannot be empty", type));
  if (tree.fields && tree.fields->empty()) problems.push_back(base::format("[{}] [fields] cannot be empty", type));
  if (tree.query && !tree.children.empty()) problems.push_back(base::format("[{}] cannot combine [retrievers] and [query]", type));
  if (!tree.query && tree.fields) {
    problems.push_back(base::format("[{}] [query] must be provided when [fields] is specified", type));
  } else if (!tree.query && tree.children.empty()) {
    problems.push_back(base::format("[{}] must provide [retrievers] or [query]", type));
  }
  if (tree.query && validation.has_remote_indices)
    validation.remote_problem = base::format("[{}] cannot specify [query] when querying remote indices", type);
  validate_compound(node, "rank_window_size", tree.retrievers(), validation);
}

base::Status resolve_fusion(std::string_view type, std::string_view settings, const ResolveContext& context, FusionTree& tree) {
  if (tree.query) {
    for (const ResolveTarget& target : context.targets) RETURN_IF_ERROR(add_children_of({type, settings}, target, tree));
  }
  for (const FusionChild& child : tree.children) RETURN_IF_ERROR(child.retriever->resolve(context));
  return {};
}

base::Status prepare_fusion(const FusionTree& tree, RetrieveContext& context) {
  for (const FusionChild& child : tree.children) RETURN_IF_ERROR(child.retriever->prepare(context));
  return {};
}

void collect_fusion_leaves(const FusionTree& tree, const std::vector<JsonValue>& pushed_filters,
                           std::vector<SearchBackend::LeafQuery>& leaves) {
  const std::vector<JsonValue> filters = joined_filters(pushed_filters, tree.base.filters);
  for (const FusionChild& child : tree.children) child.retriever->collect_leaves(filters, leaves);
}

Result<Explanation> explain_fusion_child(const FusionTree& tree, size_t i, const ExplainContext& context, DocAddress doc) {
  return tree.children[i].retriever->explain(
      {context.backend, context.trace, joined_filters(context.pushed_filters, tree.base.filters)}, doc);
}

std::string child_label(const FusionTree& tree, size_t i) {
  const std::string_view name = tree.children[i].retriever->name();
  return name.empty() ? base::format("at index [{}]", i) : base::format("at index [{}] [{}]", i, name);
}

}  // namespace selene::search
