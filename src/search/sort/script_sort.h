#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/json/json_document.h"
#include "base/result.h"
#include "index/segments/snapshot.h"
#include "search/exec/runtime_error.h"
#include "search/exec/weight.h"
#include "search/script/script_runner.h"
#include "search/sort/nested_sort.h"
#include "search/sort/sort_request.h"

namespace selene::search {

struct SortKey;

/// `{"_script": {"type", "script", "order", "mode", "nested"}}`. Errors: kIllegalArgument, kXContentParse, kScript, as
/// Elasticsearch words them.
base::Result<SortField> parse_script_sort(const base::JsonDocument* document, base::JsonValue options);

/// The keys of a sort by script in one index. Runs that fail are noted and give the least key. One thread.
class ScriptSortReader {
 public:
  /// `errors` may be null (nobody asks). All must outlive this.
  ScriptSortReader(const SortField& sort, const index::Snapshot& snapshot, RuntimeError* errors)
      : sort_(sort), snapshot_(snapshot), errors_(errors) {}
  void set_segment(const SegmentContext& segment);
  /// `nested`: whose objects the script runs on; null: on the document.
  void read(DocId doc, float score, const NestedSortObjects* nested, SortKey& key);

 private:
  void read_number(DocId doc, float score, const NestedSortObjects* nested, SortKey& key);
  void read_text(DocId doc, float score, const NestedSortObjects* nested, SortKey& key);
  double number_of(DocId doc, float score);
  std::string text_of(DocId doc, float score);

  const SortField& sort_;
  const index::Snapshot& snapshot_;
  RuntimeError* errors_;
  std::unique_ptr<ScriptRunner> runner_;
};

}  // namespace selene::search
