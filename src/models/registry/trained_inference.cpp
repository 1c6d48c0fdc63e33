#include "models/registry/trained_inference.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "models/registry/trained_json.h"

namespace selene::models {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;
using base::JsonWriter;

constexpr size_t kMaxWindows = 4096;

/// The text of a document under a name that may be a path (`a.b`); a missing value if there is none.
JsonValue find_field(JsonValue document, std::string_view name) {
  if (const JsonValue direct = document[name]; direct.exists()) return direct;
  const size_t dot = name.find('.');
  return dot == std::string_view::npos ? JsonValue() : find_field(document[name.substr(0, dot)], name.substr(dot + 1));
}

/// What becomes of one document.
struct DocumentRows {
  bool missing = false;
  bool truncated = false;
  size_t first_row = 0;
  size_t num_rows = 0;
};

class InferenceRun {
 public:
  InferenceRun(const TrainedConfig& config, const InferenceUpdate& update, PrefixType prefix, Deployment& deployment)
      : config_(config), update_(update), deployment_(deployment), tokenizer_(*deployment.model().tokenizer) {
    if (prefix == PrefixType::kIngest) prefix_ = config.ingest_prefix.value_or("");
    if (prefix == PrefixType::kSearch) {  // of a pair, the query is what is searched with
      (config.task == TrainedTask::kTextSimilarity ? query_prefix_ : prefix_) = config.search_prefix.value_or("");
    }
    limit_ = static_cast<size_t>(std::min(update.tokenization.max_sequence_length, deployment.model().any_encoder().max_length()));
    num_special_pair_ = num_special(2);
    num_special_single_ = num_special(1);
  }

  base::Result<std::vector<std::string>> run(JsonValue docs, const base::Cancellation& cancellation);

 private:
  size_t num_special(int num_texts) const;
  base::Status encode(JsonValue document, DocumentRows& rows);
  base::Status encode_pair(std::string_view text, DocumentRows& rows);
  base::Status encode_single(std::string_view text, DocumentRows& rows);
  base::Result<std::string> render(const DocumentRows& rows, const RowOutputs& outputs) const;
  base::Status write_value(const DocumentRows& rows, const RowOutputs& outputs, JsonWriter& out) const;
  void write_expansion(const std::vector<TokenWeight>& weights, JsonWriter& out) const;

  const TrainedConfig& config_;
  const InferenceUpdate& update_;
  Deployment& deployment_;
  const Tokenizer& tokenizer_;
  std::string prefix_;
  std::string query_prefix_;
  size_t limit_ = 0;
  size_t num_special_pair_ = 0;
  size_t num_special_single_ = 0;
  std::vector<int32_t> query_;
  std::vector<Encoding> rows_;
  std::set<int32_t> special_ids_;
};

size_t InferenceRun::num_special(int num_texts) const {
  if (num_texts == 1) return tokenizer_.encode_single("", 64).ids.size();
  const auto pair = tokenizer_.build_pair({}, {}, {.max_length = 64, .truncation = Truncation::kNone});
  return pair ? pair->ids.size() : 0;
}

base::Status InferenceRun::encode_pair(std::string_view text, DocumentRows& rows) {
  std::vector<int32_t> ids;
  tokenizer_.encode(text, SIZE_MAX, ids);
  const size_t room = limit_ - std::min(limit_, num_special_pair_);
  ASSIGN_OR_RETURN(const PairWindows plan, plan_pair(query_.size(), ids.size(), room, update_.tokenization));
  rows.truncated = plan.truncated;
  for (const PairWindows::Window& window : plan.windows) {
    ASSIGN_OR_RETURN(Encoding pair, tokenizer_.build_pair(std::span(query_).first(plan.first),
                                                          std::span(ids).subspan(window.begin, window.end - window.begin),
                                                          {.max_length = INT32_MAX, .truncation = Truncation::kNone}));
    rows_.push_back(std::move(pair));
  }
  return {};
}

base::Status InferenceRun::encode_single(std::string_view text, DocumentRows& rows) {
  const bool whole = update_.tokenization.truncate == TokenTruncation::kNone;
  Encoding encoding = tokenizer_.encode_single(text, whole ? INT32_MAX : static_cast<int32_t>(limit_));
  if (encoding.ids.size() > limit_) {
    return Error(ErrorCode::kIllegalArgument,
                 "Input too large. The tokenized input length [{}] exceeds the maximum sequence length [{}]", encoding.ids.size(),
                 limit_);
  }
  rows.truncated = encoding.truncated;
  rows_.push_back(std::move(encoding));
  return {};
}

base::Status InferenceRun::encode(JsonValue document, DocumentRows& rows) {
  if (!document.is_object()) return Error(ErrorCode::kXContentParse, "[docs] must be an array of objects");
  const JsonValue field = find_field(document, config_.input_fields.front());
  if (!field.exists() || field.is_null()) {
    rows.missing = true;
    return {};
  }
  if (!field.is_string()) {
    return Error(ErrorCode::kIllegalArgument, "Input field [{}] must be a string", config_.input_fields.front());
  }
  rows.first_row = rows_.size();
  const std::string text = prefix_ + std::string(field.as_string());
  if (config_.task == TrainedTask::kTextSimilarity) {
    RETURN_IF_ERROR(encode_pair(text, rows));
  } else {
    RETURN_IF_ERROR(encode_single(text, rows));
  }
  rows.num_rows = rows_.size() - rows.first_row;
  return {};
}

/// Tokens by their text, without special ones; `.` would make a path of the name.
void InferenceRun::write_expansion(const std::vector<TokenWeight>& weights, JsonWriter& out) const {
  std::vector<TokenWeight> sorted = weights;
  std::stable_sort(sorted.begin(), sorted.end(), [](const TokenWeight& a, const TokenWeight& b) { return a.weight > b.weight; });
  out.begin_object();
  for (const TokenWeight& weight : sorted) {
    std::string name(tokenizer_.token(weight.token_id));
    if (name.empty() || special_ids_.contains(weight.token_id)) continue;
    for (size_t at = name.find('.'); at != std::string::npos; at = name.find('.', at)) name.replace(at, 1, "__");
    out.field(name, weight.weight);
  }
  out.end_object();
}

base::Status InferenceRun::write_value(const DocumentRows& rows, const RowOutputs& outputs, JsonWriter& out) const {
  if (config_.task == TrainedTask::kTextExpansion) {
    write_expansion(outputs.weights[rows.first_row], out);
    return {};
  }
  if (config_.task == TrainedTask::kTextEmbedding) {
    out.begin_array();
    for (size_t i = 0; i < outputs.width; ++i) out.value(static_cast<double>(outputs.values[rows.first_row * outputs.width + i]));
    out.end_array();
    return {};
  }
  if (outputs.width != 1) {
    return Error(ErrorCode::kIllegalArgument, "Expected exactly [1] value in text_similarity result; got [{}]", outputs.width);
  }
  const auto begin = outputs.values.begin() + static_cast<std::ptrdiff_t>(rows.first_row);
  const auto end = begin + static_cast<std::ptrdiff_t>(rows.num_rows);
  double score = *std::max_element(begin, end);
  if (update_.span_scores == SpanScores::kMean) {
    score = 0.0;
    for (auto it = begin; it != end; ++it) score += *it;
    score /= static_cast<double>(rows.num_rows);
  }
  out.value(score);
  return {};
}

base::Result<std::string> InferenceRun::render(const DocumentRows& rows, const RowOutputs& outputs) const {
  JsonWriter out;
  out.begin_object();
  if (rows.missing) {
    out.field("warning", base::format("Input field [{}] does not exist in the source document", config_.input_fields.front()));
    return out.end_object().take();
  }
  out.key(update_.results_field);
  RETURN_IF_ERROR(write_value(rows, outputs, out));
  if (rows.truncated) out.field("is_truncated", true);
  return out.end_object().take();
}

base::Result<std::vector<std::string>> InferenceRun::run(JsonValue docs, const base::Cancellation& cancellation) {
  for (const int32_t id : tokenizer_.encode_single("", 64).ids) special_ids_.insert(id);
  for (const std::string_view token : {"[PAD]", "[UNK]", "[MASK]", "<pad>", "<unk>", "<mask>"})
    special_ids_.insert(tokenizer_.token_id(token));
  if (config_.task == TrainedTask::kTextSimilarity) tokenizer_.encode(query_prefix_ + update_.text, SIZE_MAX, query_);
  std::vector<DocumentRows> plans;
  for (const JsonValue document : docs.as_array()) RETURN_IF_ERROR(encode(document, plans.emplace_back()));
  ASSIGN_OR_RETURN(const RowOutputs outputs, deployment_.run(rows_, cancellation));
  std::vector<std::string> results;
  for (const DocumentRows& plan : plans) {
    ASSIGN_OR_RETURN(std::string result, render(plan, outputs));
    results.push_back(std::move(result));
  }
  return results;
}

PairWindows one_window(size_t first, size_t second, bool truncated) { return {first, {{0, second}}, truncated}; }

}  // namespace

base::Result<PairWindows> plan_pair(size_t first, size_t second, size_t room, const TokenizationConfig& config) {
  if (first + second <= room) return one_window(first, second, false);
  const auto too_long = [&](std::string_view which, std::string_view other, size_t length) {
    return Error(ErrorCode::kIllegalArgument,
                 "Attempting truncation [{}] but input is too large for the {} sequence. The tokenized input length [{}] exceeds "
                 "the maximum sequence "
                 "length [{}], when taking special tokens into account",
                 which, other, length, room);
  };
  switch (config.truncate) {
    case TokenTruncation::kFirst:
      if (second >= room) return too_long("first", "second", second);
      return one_window(room - second, second, true);
    case TokenTruncation::kSecond:
      if (first >= room) return too_long("second", "first", first);
      return one_window(first, room - first, true);
    case TokenTruncation::kBalanced: {
      const size_t half = room / 2;
      const size_t kept_first = second > half ? std::min(first, half) : std::min(first, room - second);
      return one_window(kept_first, std::min(second, room - kept_first), true);
    }
    case TokenTruncation::kNone: break;
  }
  if (config.span < 0) {
    return Error(ErrorCode::kIllegalArgument,
                 "Input too large. The tokenized input length [{}] exceeds the maximum sequence length [{}]", first + second, room);
  }
  const auto span = static_cast<size_t>(config.span);
  if (first + span >= room) {
    return Error(ErrorCode::kIllegalArgument,
                 "Unable to do sequence pair tokenization: the combined first sequence and span length [{} + {}] is too long for a "
                 "maximum of [{}] tokens",
                 first, span, room);
  }
  PairWindows plan{first, {}, false};
  const size_t window = room - first;
  for (size_t begin = 0;; begin += window - span) {
    if (plan.windows.size() == kMaxWindows) {
      return Error(ErrorCode::kIllegalArgument, "a text of [{}] tokens has more than [{}] windows that share [{}] tokens", second,
                   kMaxWindows, span);
    }
    plan.windows.push_back({begin, std::min(begin + window, second)});
    if (begin + window >= second) return plan;
  }
}

base::Result<InferenceUpdate> InferenceUpdate::parse(const TrainedConfig& config, JsonValue inference_config) {
  InferenceUpdate update;
  update.tokenization = config.tokenization;
  update.span_scores = config.span_scores;
  if (config.results_field) update.results_field = *config.results_field;
  const std::string_view task = trained_task_name(config.task);
  std::optional<std::string> text;
  if (inference_config.exists() && !inference_config.is_null()) {
    if (!inference_config.is_object() || inference_config.as_object().size() != 1) {
      return Error(ErrorCode::kXContentParse, "[inference_config] must be an object with exactly one key");
    }
    const auto [name, options] = *inference_config.as_object().begin();
    if (name != task) {
      return Error(ErrorCode::kStatusBadRequest, "Trained model [{}] is configured for task [{}] but called with task [{}]",
                   config.model_id, task, name);
    }
    FieldReader fields(options, name);
    if (auto field = fields.text("results_field")) update.results_field = *field;
    const JsonValue tokenization = fields.value("tokenization");
    if (tokenization.exists() && !tokenization.is_null()) RETURN_IF_ERROR(update_tokenization(tokenization, update.tokenization));
    if (config.task == TrainedTask::kTextSimilarity) {
      text = fields.text("text");
      if (const auto function = fields.text("span_score_combination_function")) {
        RETURN_IF_ERROR(parse_span_scores(*function, update.span_scores));
      }
    }
    RETURN_IF_ERROR(fields.finish());
  }
  if (config.task != TrainedTask::kTextSimilarity) return update;
  if (!text) {
    return Error(ErrorCode::kStatusBadRequest,
                 "please provide configuration update for text_similarity task including the desired [text]");
  }
  update.text = *text;
  return update;
}

base::Result<std::vector<std::string>> run_trained_inference(const TrainedConfig& config, const InferenceUpdate& update,
                                                             PrefixType prefix, JsonValue docs, Deployment& deployment,
                                                             const base::Cancellation& cancellation) {
  return InferenceRun(config, update, prefix, deployment).run(docs, cancellation);
}

}  // namespace selene::models
