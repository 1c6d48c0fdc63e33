#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "index/segments/snapshot.h"
#include "search/script/script.h"

namespace selene::search {

/// Runs a script on documents of one segment. One thread; valid as long as script, snapshot and segment.
class ScriptRunner {
 public:
  /// `salt`: makes randomScore differ between indices.
  ScriptRunner(const Script& script, const index::Mapping& mapping, const index::SegmentReader& segment, std::string_view salt);
  ~ScriptRunner();

  /// One more entry of `params`, such as num_terms of terms_set.
  void set_param(std::string name, ScriptValue value);

  /// The value of the last expression or of `return`. Errors: kScript `runtime error`, caused by kIllegalArgument, kIllegalState,
  /// ...
  base::Result<ScriptValue> run(index::DocId doc, float score);
  /// The same where a number is wanted. Errors: kScript too if it is none.
  base::Result<double> run_number(index::DocId doc, float score);
  base::Result<bool> run_boolean(index::DocId doc, float score);

 private:
  class Evaluator;
  const Script& script_;
  std::unique_ptr<Evaluator> evaluator_;
};

/// Whether the script reads _score.
bool uses_score(const Script& script);

}  // namespace selene::search
