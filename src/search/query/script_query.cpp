#include "search/query/script_query.h"

#include <cmath>

#include "base/format.h"
#include "base/json/json_writer.h"
#include "search/exec/min_score_weight.h"
#include "search/query/parse_support.h"

namespace selene::search {
namespace {

using base::Error;
using base::ErrorCode;

/// What running scripts need of the snapshot.
struct ScriptSetting {
  std::shared_ptr<const Script> script;
  std::shared_ptr<const index::Mapping> mapping;
  std::string index_name;
  RuntimeError* runtime_error;

  ScriptRunner runner(const SegmentContext& segment) const { return {*script, *mapping, segment.reader(), index_name}; }
  void note(Error error) const {
    if (runtime_error != nullptr) runtime_error->note(std::move(error));
  }
};

ScriptSetting setting_of(const BindContext& context, std::shared_ptr<const Script> script) {
  return {std::move(script), context.snapshot.shared_mapping(), context.snapshot.index_name(), context.runtime_error};
}

/// Documents of another scorer for which the script says true.
class ScriptFilterScorer final : public Scorer {
 public:
  ScriptFilterScorer(const ScriptSetting& setting, const SegmentContext& segment, float score)
      : setting_(setting),
        runner_(setting.runner(segment)),
        max_doc_(segment.reader().max_doc()),
        view_(segment.view),
        score_(score) {
    doc_ = find(0);
  }
  DocId advance(DocId target) override { return target <= doc_ ? doc_ : doc_ = find(target); }
  float score() override { return score_; }
  int64_t cost() const override { return max_doc_; }

 private:
  DocId find(DocId doc) {
    for (; !failed_ && doc < max_doc_; ++doc) {
      if (!view_.live(doc)) continue;
      const auto matched = runner_.run_boolean(doc, 0);
      if (matched && *matched) return doc;
      if (matched) continue;
      setting_.note(matched.error());
      failed_ = true;
    }
    return kNoMoreDocs;
  }

  const ScriptSetting& setting_;
  ScriptRunner runner_;
  DocId max_doc_;
  const index::SegmentView& view_;
  float score_;
  bool failed_ = false;
};

class ScriptFilterWeight final : public Weight {
 public:
  ScriptFilterWeight(ScriptSetting setting, float score) : setting_(std::move(setting)), score_(score) {}
  ScorerPtr scorer(const SegmentContext& segment) const override {
    return std::make_unique<ScriptFilterScorer>(setting_, segment, score_);
  }
  std::string description() const override { return "ScriptQuery"; }

 private:
  ScriptSetting setting_;
  float score_;
};

class ScriptScorer final : public Scorer {
 public:
  ScriptScorer(ScorerPtr query, const ScriptSetting& setting, const SegmentContext& segment, float boost)
      : query_(std::move(query)), setting_(setting), runner_(setting.runner(segment)), boost_(boost) {
    reads_score_ = uses_score(*setting.script);
    doc_ = query_->doc();
  }
  DocId next() override { return doc_ = query_->next(); }
  DocId advance(DocId target) override { return doc_ = query_->advance(target); }
  int64_t cost() const override { return query_->cost(); }
  float score() override {
    const auto number = runner_.run_number(doc_, reads_score_ ? query_->score() : 0.0F);
    if (!number) {
      setting_.note(number.error());
      return 0;
    }
    const auto score = static_cast<float>(*number);
    if (!std::isnan(score) && score >= 0) return score * boost_;
    setting_.note(Error(ErrorCode::kIllegalArgument,
                        "script_score script returned an invalid score [{}] for doc [{}]. Must be a "
                        "non-negative score!",
                        base::format_number(score), doc_));
    return 0;
  }

 private:
  ScorerPtr query_;
  const ScriptSetting& setting_;
  ScriptRunner runner_;
  float boost_;
  bool reads_score_ = false;
};

class ScriptScoreWeight final : public Weight {
 public:
  ScriptScoreWeight(WeightPtr query, ScriptSetting setting, float boost)
      : query_(std::move(query)), setting_(std::move(setting)), boost_(boost) {}
  ScorerPtr scorer(const SegmentContext& segment) const override {
    ScorerPtr query = query_->scorer(segment);
    if (query == nullptr) return nullptr;
    return std::make_unique<ScriptScorer>(std::move(query), setting_, segment, boost_);
  }
  std::string description() const override { return "script score (" + query_->description() + ")"; }

 private:
  WeightPtr query_;
  ScriptSetting setting_;
  float boost_;
};

class ScriptSegmentFunction final : public SegmentFunction {
 public:
  ScriptSegmentFunction(const ScriptSetting& setting, const SegmentContext& segment)
      : setting_(setting), runner_(setting.runner(segment)) {}
  double value(DocId doc, float query_score) override {
    const auto number = runner_.run_number(doc, query_score);
    if (!number) {
      setting_.note(number.error());
      return 0;
    }
    if (*number >= 0) return *number;
    setting_.note(Error(ErrorCode::kIllegalArgument, "script score function must not produce negative scores, but got: [{}]",
                        base::format_number(*number)));
    return 0;
  }

 private:
  const ScriptSetting& setting_;
  ScriptRunner runner_;
};

class ScriptFunction final : public ScoreFunction {
 public:
  explicit ScriptFunction(ScriptSetting setting) : setting_(std::move(setting)) {}
  std::unique_ptr<SegmentFunction> open(const SegmentContext& segment) const override {
    return std::make_unique<ScriptSegmentFunction>(setting_, segment);
  }

 private:
  ScriptSetting setting_;
};

}  // namespace

base::Result<QueryPtr> ScriptQuery::parse(QueryParser& parser, base::JsonValue body) {
  auto query = std::make_unique<ScriptQuery>();
  for (const base::JsonMember member : body.as_object()) {
    ASSIGN_OR_RETURN(const bool known, read_common(*query, member));
    if (known) continue;
    if (member.key != "script") return unsupported_key(parser, "script", member);
    ASSIGN_OR_RETURN(query->script_, Script::parse(member.value));
  }
  if (query->script_ == nullptr) return parsing_error(parser, body, "script must be provided with a [script] query");
  return query;
}

base::Result<WeightPtr> ScriptQuery::weight(const BindContext& context, ScoreMode, float parent_boost) const {
  return std::make_unique<ScriptFilterWeight>(setting_of(context, script_), parent_boost * boost);
}

base::Result<QueryPtr> ScriptScoreQuery::parse(QueryParser& parser, base::JsonValue body) {
  auto query = std::make_unique<ScriptScoreQuery>();
  for (const base::JsonMember member : body.as_object()) {
    ASSIGN_OR_RETURN(const bool known, read_common(*query, member));
    if (known) continue;
    if (member.key == "query") {
      ASSIGN_OR_RETURN(query->query_, parse_query(parser, member.value));
    } else if (member.key == "script") {
      ASSIGN_OR_RETURN(query->script_, Script::parse(member.value));
    } else if (member.key == "min_score") {
      ASSIGN_OR_RETURN(query->min_score_, read_float(member.value, "min_score"));
    } else {
      return x_content_error(parser.document, member.value,
                             base::format("[script_score] unknown field [{}]{}", member.key,
                                          did_you_mean(member.key, {"query", "script", "min_score"})));
    }
  }
  if (query->query_ == nullptr) return Error(ErrorCode::kIllegalArgument, "Required [query]");
  if (query->script_ == nullptr) return Error(ErrorCode::kIllegalArgument, "Required [script]");
  return query;
}

base::Result<WeightPtr> ScriptScoreQuery::weight(const BindContext& context, ScoreMode mode, float parent_boost) const {
  const bool scored = uses_score(*script_);
  ASSIGN_OR_RETURN(WeightPtr query, query_->weight(context, scored ? ScoreMode::kComplete : ScoreMode::kNone, 1));
  if (mode == ScoreMode::kNone && !min_score_) return query;
  WeightPtr weight = std::make_unique<ScriptScoreWeight>(std::move(query), setting_of(context, script_), parent_boost * boost);
  if (!min_score_) return weight;
  return std::make_unique<MinScoreWeight>(std::move(weight), *min_score_);
}

std::unique_ptr<ScoreFunction> script_function(const BindContext& context, std::shared_ptr<const Script> script) {
  return std::make_unique<ScriptFunction>(setting_of(context, std::move(script)));
}

}  // namespace selene::search
