#include "search/retrievers/compound.h"

#include <algorithm>
#include <cmath>
#include <exception>
#include <new>
#include <optional>

#include "base/json/json_writer.h"
#include "search/exec/parallel_runs.h"
#include "search/retrievers/retriever_parser.h"
#include "search/retrievers/retriever_trace.h"

namespace selene::search {

using base::Error;
using base::ErrorCode;
using base::Result;

namespace {

/// A foreign exception must not take the answers of the others with it.
Result<RankDocs> retrieve_child(const Retriever& child, RetrieveContext context) {
  try {
    return child.retrieve(context);
  } catch (const std::bad_alloc&) {
    return Error(ErrorCode::kCircuitBreaking, "not enough memory for [{}]", child.type());
  } catch (const std::exception& exception) {
    return Error(ErrorCode::kInternal, "[{}] failed: {}", child.type(), exception.what());
  }
}

}  // namespace

Result<std::vector<RankDocs>> retrieve_children(const Retriever& node, const std::vector<const Retriever*>& children,
                                                const RetrieveContext& context) {
  std::vector<std::optional<Result<RankDocs>>> results(children.size());
  run_in_parallel({.pool = context.threads, .num_helpers = children.size()}, children.size(),
                  [&](size_t i) { results[i] = retrieve_child(*children[i], context); });
  std::vector<RankDocs> lists;
  std::vector<std::string_view> failed;
  std::vector<Error> errors;
  for (size_t i = 0; i < children.size(); ++i) {
    if (results[i]->has_value()) {
      lists.push_back(std::move(**results[i]));
    } else {
      failed.push_back(children[i]->type());
      errors.push_back(std::move(*results[i]).error());
    }
  }
  if (!errors.empty()) return compound_failure(node.type(), failed, std::move(errors));
  if (context.trace != nullptr) context.trace->note(node, lists);
  return lists;
}

void cut_rank_docs(RankDocs& docs, int32_t rank_window_size) {
  const auto limit = static_cast<size_t>(std::max(rank_window_size, 0));
  if (docs.docs.size() > limit) docs.docs.resize(limit);
}

void apply_min_score(RankDocs& docs, std::optional<float> min_score) {
  if (!min_score) return;
  std::erase_if(docs.docs, [&](const RankDoc& doc) { return !(doc.score >= *min_score); });
  int32_t rank = 0;
  for (RankDoc& doc : docs.docs) doc.rank = ++rank;
}

std::vector<base::JsonValue> joined_filters(const std::vector<base::JsonValue>& pushed, const std::vector<base::JsonValue>& own) {
  std::vector<base::JsonValue> filters = pushed;
  filters.insert(filters.end(), own.begin(), own.end());
  return filters;
}

const RankDoc* find_doc(const RankDocs& docs, DocAddress address) {
  const auto found = std::find_if(docs.docs.begin(), docs.docs.end(), [&](const RankDoc& doc) { return doc.address == address; });
  return found == docs.docs.end() ? nullptr : &*found;
}

std::string java_text(float value) {
  if (std::isnan(value)) return "NaN";
  base::JsonWriter out;
  out.value(value);
  return out.take();
}

std::string java_list(const std::vector<float>& values) {
  std::string text = "[";
  for (const float value : values) {
    if (text.size() > 1) text += ", ";
    text += java_text(value);
  }
  return text + "]";
}

}  // namespace selene::search
