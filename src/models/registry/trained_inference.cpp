#include "models/registry/trained_inference.h"

#include <algorithm>
#include <cmath>

#include "models/registry/trained_json.h"
#include "models/runtime/expansion_names.h"

namespace selene::models {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;
using base::JsonWriter;

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
      : config_(config), update_(update), deployment_(deployment), tokenizer_(*deployment.model().tokenizer), names_(tokenizer_) {
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
  const ExpansionNames names_;
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
  ASSIGN_OR_RETURN(const PairWindows plan, plan_pair(query_.size(), ids.size(), room, update_.tokenization.reading));
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
  const bool whole = update_.tokenization.reading.truncate == TokenTruncation::kNone;
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

void InferenceRun::write_expansion(const std::vector<TokenWeight>& weights, JsonWriter& out) const {
  std::vector<TokenWeight> sorted = weights;
  std::stable_sort(sorted.begin(), sorted.end(), [](const TokenWeight& a, const TokenWeight& b) { return a.weight > b.weight; });
  out.begin_object();
  for (const TokenWeight& weight : sorted) {
    if (const auto name = names_.name(tokenizer_.token(weight.token_id))) out.field(*name, weight.weight);
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
  out.value(combine_spans(std::span(outputs.values).subspan(rows.first_row, rows.num_rows), update_.span_scores));
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

}  // namespace

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
