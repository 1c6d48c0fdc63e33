#include "search/sort/nested_sort.h"

#include "base/format.h"
#include "search/query/filter_context.h"
#include "search/query/parse_support.h"

namespace selene::search {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;
using base::Result;

constexpr int32_t kMaxDepth = 20;  // as deep as a mapping may be

Result<std::shared_ptr<const NestedSort>> parse_level(const base::JsonDocument* document, JsonValue value, int32_t depth) {
  if (!value.is_object() || depth > kMaxDepth)
    return Error(ErrorCode::kIllegalArgument, "malformed nested sort format, must start with an object");
  auto sort = std::make_shared<NestedSort>();
  for (const auto [key, member] : value.as_object()) {
    if (key == "path" && member.is_string()) {
      sort->path = member.as_string();
    } else if (key == "filter") {
      QueryParser parser{document, 0};
      ASSIGN_OR_RETURN(sort->filter, parse_query(parser, member));
    } else if (key == "max_children") {
      ASSIGN_OR_RETURN(sort->max_children, read_int(member, key));
    } else if (key == "nested") {
      ASSIGN_OR_RETURN(sort->inner, parse_level(document, member, depth + 1));
    } else {
      return Error(ErrorCode::kIllegalArgument, "malformed nested sort format, unknown field name [{}]", key);
    }
  }
  if (sort->path.empty()) return Error(ErrorCode::kIllegalArgument, "malformed nested sort format, [path] is missing");
  return std::shared_ptr<const NestedSort>(std::move(sort));
}

base::Status check_path(const index::Mapping& mapping, const std::string& path) {
  if (mapping.is_nested(path)) return {};
  return Error(ErrorCode::kQueryShard, "[nested] failed to find nested object under path [{}]", path);
}

std::vector<DocId> all_of(const Weight& weight, const SegmentContext& segment) {
  std::vector<DocId> docs;
  const ScorerPtr scorer = weight.scorer(segment);
  if (scorer == nullptr) return docs;
  for (DocId doc = scorer->doc(); doc != kNoMoreDocs; doc = scorer->next()) docs.push_back(doc);
  return docs;
}

}  // namespace

Result<std::shared_ptr<const NestedSort>> NestedSort::parse(const base::JsonDocument* document, JsonValue value) {
  return parse_level(document, value, 1);
}

Result<NestedSortObjects> NestedSortObjects::create(const NestedSort& sort, const index::Snapshot& snapshot, int64_t now_ms) {
  NestedSortObjects objects;
  for (const NestedSort* level = &sort; level != nullptr; level = level->inner.get()) {
    RETURN_IF_ERROR(check_path(snapshot.mapping(), level->path));
    Level bound{level->path, nullptr};
    if (level->filter != nullptr) {
      const BindContext context{.snapshot = snapshot, .now_ms = now_ms, .nested_scope = level->path};
      ASSIGN_OR_RETURN(WeightPtr filter, bind_filter(*level->filter, context));
      bound.filter = std::make_unique<NestedDocsWeight>(std::move(filter), level->path);
    }
    objects.levels_.push_back(std::move(bound));
    objects.max_children_ = level->max_children;
  }
  return objects;
}

void NestedSortObjects::set_segment(const SegmentContext& segment) {
  roots_.reset();
  objects_.clear();
  if (segment.reader().nested() == nullptr) return;
  roots_.emplace(segment, std::string_view());
  const Level* outer = nullptr;
  for (const Level& level : levels_) {
    std::vector<DocId> docs = level.filter == nullptr ? nested_docs(segment, level.path) : all_of(*level.filter, segment);
    if (outer != nullptr) {
      const NestedParents parents(segment, outer->path);
      std::erase_if(docs,
                    [&](DocId doc) { return !std::binary_search(objects_.begin(), objects_.end(), parents.at_or_after(doc)); });
    }
    objects_ = std::move(docs);
    outer = &level;
  }
}

}  // namespace selene::search
