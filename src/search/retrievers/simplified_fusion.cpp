#include "search/retrievers/simplified_fusion.h"

#include <algorithm>

#include "base/format.h"
#include "base/json/json_writer.h"
#include "search/query/field_patterns.h"
#include "search/retrievers/compound.h"

namespace selene::search {

using base::Error;
using base::ErrorCode;
using base::Result;

namespace {

void write_index_filter(base::JsonWriter& out, std::string_view index) {
  out.key("filter").begin_object().key("term").begin_object().field("_index", index).end_object().end_object();
}

/// The retriever that looks for `text` in `fields` of one index.
std::string lexical_retriever(std::string_view text, const std::vector<BoostedField>& fields, std::string_view index) {
  base::JsonWriter out;
  out.begin_object().key("standard").begin_object().key("query").begin_object().key("multi_match").begin_object();
  out.field("query", text).field("type", "most_fields").key("fields").begin_array();
  for (const BoostedField& field : fields) out.value(base::format("{}^{}", field.name, java_text(field.boost)));
  out.end_array();
  if (std::any_of(fields.begin(), fields.end(), [](const BoostedField& field) { return field.from_pattern; }))
    out.field("lenient", true);
  out.end_object().end_object();
  write_index_filter(out, index);
  return out.end_object().end_object().take();
}

/// The node that fuses a search by meaning in each of `fields`.
std::string semantic_retriever(FusionNode node, const FusionTree& tree, const std::vector<BoostedField>& fields,
                               std::string_view index) {
  base::JsonWriter out;
  out.begin_object().key(node.type).begin_object().field("rank_window_size", tree.rank_window_size);
  out.key("retrievers").begin_array();
  for (const BoostedField& field : fields) {
    out.begin_object().key("retriever").begin_object().key("standard").begin_object();
    out.key("query").begin_object().key("match").begin_object().field(field.name, *tree.query).end_object().end_object();
    write_index_filter(out, index);
    out.end_object().end_object().field("weight", field.boost).end_object();
  }
  std::string text = out.end_array().end_object().end_object().take();
  if (!node.settings.empty()) text.insert(text.size() - 2, base::format(",{}", node.settings));
  return text;
}

base::Status add_child(std::string json, FusionTree& tree) {
  ASSIGN_OR_RETURN(auto made, GeneratedJson::parse(std::move(json)));
  ASSIGN_OR_RETURN(auto child, parse_retriever(made->document(), made->root(), 1));
  tree.generated.push_back(std::move(made));
  tree.children.push_back({std::move(child), 1, std::nullopt});
  return {};
}

bool is_semantic(const index::Mapping& mapping, std::string_view name) {
  const index::MappedField* const field = mapping.find(name);
  return field != nullptr && field->type == index::FieldType::kSemanticText;
}

/// Those that wildcards name too: resolve_fields leaves out what has no postings of its own.
Result<std::vector<BoostedField>> semantic_fields(const BindContext& context, const std::vector<std::string>& patterns) {
  std::vector<BoostedField> found;
  for (const std::string& text : patterns) {
    ASSIGN_OR_RETURN(const BoostedField pattern, parse_boosted_field(text));
    for (const index::MappedField* const field : context.mapping().match(pattern.name)) {
      if (field->type != index::FieldType::kSemanticText) continue;
      const auto same = std::find_if(found.begin(), found.end(), [&](const auto& other) { return other.name == field->name; });
      if (same == found.end()) {
        found.push_back({field->name, pattern.boost});
      } else {
        same->boost *= pattern.boost;
      }
    }
  }
  return found;
}

}  // namespace

base::Status add_children_of(FusionNode node, const ResolveTarget& target, FusionTree& tree) {
  const BindContext context{.snapshot = *target.snapshot, .default_fields = target.default_fields};
  static const std::vector<std::string> kAll = {"*"};
  const std::vector<std::string>& defaults = target.default_fields == nullptr ? kAll : *target.default_fields;
  ASSIGN_OR_RETURN(std::vector<BoostedField> lexical, resolve_fields(context, tree.fields.value_or(std::vector<std::string>())));
  std::erase_if(lexical, [&](const BoostedField& field) { return is_semantic(context.mapping(), field.name); });
  ASSIGN_OR_RETURN(const std::vector<BoostedField> semantic, semantic_fields(context, tree.fields.value_or(defaults)));
  const auto is_negative = [](const BoostedField& field) { return field.boost < 0; };
  if (std::ranges::any_of(lexical, is_negative) || std::ranges::any_of(semantic, is_negative))
    return Error(ErrorCode::kIllegalArgument, "[{}] per-field weights must be non-negative", node.type);
  const std::string_view index = target.snapshot->index_name();
  if (!lexical.empty()) RETURN_IF_ERROR(add_child(lexical_retriever(*tree.query, lexical, index), tree));
  if (!semantic.empty()) RETURN_IF_ERROR(add_child(semantic_retriever(node, tree, semantic, index), tree));
  return {};
}

}  // namespace selene::search
