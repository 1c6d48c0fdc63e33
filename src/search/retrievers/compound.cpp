#include "search/retrievers/compound.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>

#include "base/json/json_writer.h"
#include "base/thread_pool.h"
#include "search/retrievers/retriever_parser.h"
#include "search/retrievers/retriever_trace.h"

namespace selene::search {

using base::Error;
using base::ErrorCode;
using base::Result;

namespace {

/// The children of one node while they run. Whoever has time takes the next one; a thread that comes late finds none left and
/// touches nothing but this.
class ChildRuns {
 public:
  ChildRuns(const std::vector<const Retriever*>& children, const RetrieveContext& context)
      : children_(children), context_(context), results_(children.size()) {}

  void work() {
    for (size_t i = next_.fetch_add(1); i < results_.size(); i = next_.fetch_add(1)) {
      Result<RankDocs> result = run(i);
      const std::lock_guard lock(mutex_);
      results_[i] = std::move(result);
      if (++num_done_ == results_.size()) done_.notify_all();
    }
  }

  std::vector<std::optional<Result<RankDocs>>>& wait() {
    std::unique_lock lock(mutex_);
    done_.wait(lock, [this] { return num_done_ == results_.size(); });
    return results_;
  }

 private:
  /// A foreign exception must not leave the others waiting.
  Result<RankDocs> run(size_t i) const {
    try {
      RetrieveContext context = context_;
      return children_[i]->retrieve(context);
    } catch (const std::bad_alloc&) {
      return Error(ErrorCode::kCircuitBreaking, "not enough memory for [{}]", children_[i]->type());
    } catch (const std::exception& exception) {
      return Error(ErrorCode::kInternal, "[{}] failed: {}", children_[i]->type(), exception.what());
    }
  }

  const std::vector<const Retriever*>& children_;  ///< of the caller, who waits until all are done
  const RetrieveContext& context_;
  std::atomic<size_t> next_ = 0;
  std::mutex mutex_;
  std::condition_variable done_;
  size_t num_done_ = 0;                                   // GUARDED_BY(mutex_)
  std::vector<std::optional<Result<RankDocs>>> results_;  // an element belongs to who took it, then GUARDED_BY(mutex_)
};

}  // namespace

Result<std::vector<RankDocs>> retrieve_children(const Retriever& node, const std::vector<const Retriever*>& children,
                                                const RetrieveContext& context) {
  const auto runs = std::make_shared<ChildRuns>(children, context);
  for (size_t i = 1; i < children.size() && context.threads != nullptr; ++i) {
    if (!context.threads->submit([runs] { runs->work(); }).has_value()) break;  // all are busy: the caller does the rest
  }
  runs->work();
  std::vector<RankDocs> lists;
  std::vector<std::string_view> failed;
  std::vector<Error> errors;
  std::vector<std::optional<Result<RankDocs>>>& results = runs->wait();
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
