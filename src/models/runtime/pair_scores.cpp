#include "models/runtime/pair_scores.h"

#include <algorithm>

namespace selene::models {
namespace {

using base::Result;

// Of one call: tokens that windows share are held as often as they are shared.
constexpr size_t kMaxRows = 65536;

/// One text as the rows that are computed of it.
struct TextRows {
  size_t first_row = 0;
  std::vector<std::pair<size_t, size_t>> windows;  ///< in bytes of the text, one for each row
};

class WindowReader {
 public:
  WindowReader(const LoadedModel& model, std::string_view query)
      : tokenizer_(*model.tokenizer), reading_(model.long_pairs->reading) {
    tokenizer_.encode(query, SIZE_MAX, query_);
    const auto empty = tokenizer_.build_pair({}, {}, {.max_length = 64, .truncation = Truncation::kNone});
    const auto limit = static_cast<size_t>(model.any_encoder().max_length());
    room_ = limit - std::min(limit, empty ? empty->ids.size() : 0);
  }

  base::Status add(std::string_view text) {
    std::vector<int32_t> ids;
    std::vector<std::pair<uint32_t, uint32_t>> offsets;
    tokenizer_.encode(text, SIZE_MAX, ids, &offsets);
    ASSIGN_OR_RETURN(const PairWindows plan, plan_pair(query_.size(), ids.size(), room_, reading_));
    if (rows_.size() + plan.windows.size() > kMaxRows) {
      return base::Error(base::ErrorCode::kIllegalArgument,
                         "the texts of the request have more than [{}] windows, of which neighbours share [{}] tokens", kMaxRows,
                         reading_.span);
    }
    TextRows& of_text = texts_.emplace_back();
    of_text.first_row = rows_.size();
    for (const auto& [begin, end] : plan.windows) {
      ASSIGN_OR_RETURN(Encoding row,
                       tokenizer_.build_pair(std::span(query_).first(plan.first), std::span(ids).subspan(begin, end - begin),
                                             {.max_length = INT32_MAX, .truncation = Truncation::kNone}));
      rows_.push_back(std::move(row));
      of_text.windows.emplace_back(begin < end ? offsets[begin].first : 0, begin < end ? offsets[end - 1].second : 0);
    }
    return {};
  }

  std::span<const Encoding> rows() const { return rows_; }

  std::vector<PairScore> scores(std::span<const float> logits, SpanScores function) const {
    std::vector<PairScore> scores;
    for (const TextRows& text : texts_) {
      const std::span<const float> of_text = logits.subspan(text.first_row, text.windows.size());
      PairScore& score = scores.emplace_back();
      score.logit = static_cast<float>(combine_spans(of_text, function));
      const auto best = std::max_element(of_text.begin(), of_text.end()) - of_text.begin();
      if (of_text.size() > 1) score.window = text.windows[static_cast<size_t>(best)];
    }
    return scores;
  }

 private:
  const Tokenizer& tokenizer_;
  const PairReading reading_;
  std::vector<int32_t> query_;
  size_t room_ = 0;
  std::vector<Encoding> rows_;
  std::vector<TextRows> texts_;
};

}  // namespace

Result<std::vector<PairScore>> score_pairs(Deployment& deployment, std::string_view query, std::span<const std::string_view> texts,
                                           const base::Cancellation& cancellation) {
  const LoadedModel& model = deployment.model();
  if (!model.long_pairs) {
    ASSIGN_OR_RETURN(const std::vector<float> logits, deployment.score(query, texts, cancellation));
    std::vector<PairScore> scores;
    for (const float logit : logits) scores.push_back({logit, std::nullopt});
    return scores;
  }
  WindowReader reader(model, query);
  for (const std::string_view text : texts) RETURN_IF_ERROR(reader.add(text));
  ASSIGN_OR_RETURN(const RowOutputs outputs, deployment.run(reader.rows(), cancellation));
  return reader.scores(outputs.values, model.long_pairs->span_scores);
}

}  // namespace selene::models
