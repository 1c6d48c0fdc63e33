#include "search/request/field_capabilities.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

#include "base/cancellation.h"
#include "base/clock.h"
#include "base/json/json_writer.h"
#include "base/wildcard.h"
#include "search/exec/query_phase.h"
#include "search/query/query.h"

namespace selene::search {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

struct Capability {
  bool metadata_field = false;
  bool searchable = false;
  bool aggregatable = false;
  std::vector<std::string> indices;
  std::vector<std::string> not_searchable;
  std::vector<std::string> not_aggregatable;
};
/// Type -> what it can, of one field name.
using ByType = std::map<std::string, Capability, std::less<>>;

struct MetadataField {
  std::string_view name;
  bool searchable;
  bool aggregatable;
};
constexpr MetadataField kMetadata[] = {{"_id", true, false},      {"_index", true, true},       {"_ignored", true, true},
                                       {"_routing", true, false}, {"_seq_no", true, true},      {"_source", false, false},
                                       {"_version", false, true}, {"_field_names", true, false}};

/// Doc values are searched where there are no terms; those of ranges are not.
bool is_searchable(const index::MappedField& field) { return field.index || (field.doc_values && !index::is_range(field.type)); }

class Collector {
 public:
  explicit Collector(const FieldCapabilitiesRequest& request) : request_(request) {}

  void add_index(const index::Index& index) {
    const std::shared_ptr<const index::Mapping> mapping = index.engine->mapping();
    std::set<std::string> parents;
    std::set<std::string, std::less<>> multi_fields;
    for (const auto& [name, field] : mapping->fields()) multi_fields.insert(field.multi_fields.begin(), field.multi_fields.end());
    for (const auto& [name, field] : mapping->fields()) {
      const bool is_multi = multi_fields.contains(name);
      if (!is_multi) add_parents(name, parents);
      if (!wanted(name) || (is_multi && !request_.include_multi_fields)) continue;
      add(name, std::string(field.type_name), index.name, {false, is_searchable(field), field.doc_values, {}, {}, {}});
    }
    for (const std::string& parent : parents) {
      if (request_.include_parents && wanted(parent) && mapping->is_object(parent)) add(parent, "object", index.name, {});
    }
    for (const MetadataField& field : kMetadata) {
      if (request_.include_metadata && wanted(field.name))
        add(std::string(field.name), std::string(field.name), index.name, {true, field.searchable, field.aggregatable, {}, {}, {}});
    }
    indices_.push_back(index.name);
  }

  std::string write() {
    base::JsonWriter out;
    out.begin_object().key("indices").begin_array();
    for (const std::string& index : indices_) out.value(index);
    out.end_array().key("fields").begin_object();
    for (auto& [name, types] : fields_) {
      if (request_.include_unmapped) add_unmapped(types);
      out.key(name).begin_object();
      for (const auto& [type, capability] : types) {
        out.key(type);
        write_capability(type, capability, types.size() > 1, out);
      }
      out.end_object();
    }
    return out.end_object().end_object().take();
  }

 private:
  bool wanted(std::string_view name) const {
    return std::any_of(request_.fields.begin(), request_.fields.end(),
                       [&](const std::string& pattern) { return base::matches_wildcard(pattern, name); });
  }
  static void add_parents(const std::string& name, std::set<std::string>& parents) {
    for (size_t dot = name.find('.'); dot != std::string::npos; dot = name.find('.', dot + 1)) parents.insert(name.substr(0, dot));
  }
  void add(const std::string& name, std::string type, const std::string& index, const Capability& found) {
    const auto& types = request_.types;
    if (!types.empty() && std::find(types.begin(), types.end(), type) == types.end()) return;
    const auto [at, is_new] = fields_[name].try_emplace(std::move(type), found);
    Capability& capability = at->second;
    capability.indices.push_back(index);
    if (!found.searchable) capability.not_searchable.push_back(index);
    if (!found.aggregatable) capability.not_aggregatable.push_back(index);
    capability.searchable = capability.searchable && found.searchable;
    capability.aggregatable = capability.aggregatable && found.aggregatable;
  }
  void add_unmapped(ByType& types) const {
    std::set<std::string> having;
    for (const auto& [type, capability] : types) having.insert(capability.indices.begin(), capability.indices.end());
    Capability unmapped;
    for (const std::string& index : indices_) {
      if (!having.contains(index)) unmapped.indices.push_back(index);
    }
    if (!unmapped.indices.empty()) types.emplace("unmapped", std::move(unmapped));
  }
  static void write_names(std::string_view key, const std::vector<std::string>& names, base::JsonWriter& out) {
    out.key(key).begin_array();
    for (const std::string& name : names) out.value(name);
    out.end_array();
  }
  static void write_capability(std::string_view type, const Capability& capability, bool several_types, base::JsonWriter& out) {
    out.begin_object().field("type", type).field("metadata_field", capability.metadata_field);
    out.field("searchable", capability.searchable).field("aggregatable", capability.aggregatable);
    if (several_types) write_names("indices", capability.indices, out);
    const auto partly = [&](const std::vector<std::string>& without) {
      return !without.empty() && without.size() < capability.indices.size();
    };
    if (partly(capability.not_searchable)) write_names("non_searchable_indices", capability.not_searchable, out);
    if (partly(capability.not_aggregatable)) write_names("non_aggregatable_indices", capability.not_aggregatable, out);
    out.end_object();
  }

  const FieldCapabilitiesRequest& request_;
  std::map<std::string, ByType> fields_;
  std::vector<std::string> indices_;
};

/// Whether some document of the index matches. A query that the index cannot run lets it stay.
bool may_match(const index::Index& index, const Query& filter) {
  const std::shared_ptr<const index::Snapshot> snapshot = index.engine->snapshot();
  const BindContext context{*snapshot, base::wall_clock_ms(), &index.settings.query_default_field};
  const Result<WeightPtr> weight = filter.weight(context, ScoreMode::kNone, 1);
  return !weight.has_value() || count_matches(*snapshot, **weight, 1, base::Cancellation()).value > 0;
}

}  // namespace

Result<std::string> field_capabilities(const std::vector<std::shared_ptr<index::Index>>& indices,
                                       const FieldCapabilitiesRequest& request, const base::JsonDocument* body) {
  if (request.fields.empty()) return Error(ErrorCode::kActionRequestValidation, "Validation Failed: 1: no fields specified;");
  QueryPtr filter;
  if (request.index_filter.exists()) {
    QueryParser parser{body, 0};
    ASSIGN_OR_RETURN(filter, parse_query(parser, request.index_filter));
  }
  Collector collector(request);
  for (const std::shared_ptr<index::Index>& index : indices) {
    if (filter == nullptr || may_match(*index, *filter)) collector.add_index(*index);
  }
  return collector.write();
}

}  // namespace selene::search
