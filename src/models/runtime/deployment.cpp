#include "models/runtime/deployment.h"

#include <algorithm>

#include "models/runtime/bounded_cache.h"
#include "models/runtime/row_queue.h"

namespace selene::models {
namespace {

using base::Cancellation;
using base::Error;
using base::ErrorCode;

/// What a pair's logits depend on, as the key of the score cache.
std::string pair_key(const RowBatch& rows, size_t row) {
  const auto begin = static_cast<size_t>(rows.row_starts[row]);
  const size_t length = static_cast<size_t>(rows.row_starts[row + 1]) - begin;
  std::string key;
  for (const auto* ids : {&rows.input_ids, &rows.token_type_ids}) {
    key.append(reinterpret_cast<const char*>(ids->data() + begin), length * sizeof(int32_t));
  }
  return key;
}

/// Texts to rows of tokens, rows to results; what was computed is kept. The queue does the waiting and the computing.
class DeploymentWithWorkers final : public Deployment {
 public:
  DeploymentWithWorkers(std::shared_ptr<const LoadedModel> model, DeploymentOptions options)
      : model_(std::move(model)),
        options_(options),
        tokens_(options.token_cache_bytes),
        scores_(options.score_cache_bytes),
        queue_(model_, options) {}

  base::Result<std::vector<float>> score(std::string_view query, std::span<const std::string_view> texts,
                                         const Cancellation& cancellation) override;
  base::Result<std::vector<std::vector<float>>> embed(std::span<const std::string_view> texts,
                                                      const Cancellation& cancellation) override;
  base::Result<std::vector<SparseVector>> expand(std::span<const std::string_view> texts,
                                                 const Cancellation& cancellation) override;
  base::Result<RowOutputs> run(std::span<const Encoding> rows, const Cancellation& cancellation) override;
  const LoadedModel& model() const override { return *model_; }
  DeploymentOptions options() const override { return options_; }
  DeploymentStats stats() const override;
  void stop() override { queue_.stop(); }

 private:
  base::Status expect_kind(ModelKind kind, std::string_view task) const;
  base::Status encode_pairs(std::string_view query, std::span<const std::string_view> texts, const Cancellation& cancellation,
                            RowBatch& rows) const;
  base::Status encode_prompts(std::string_view query, std::span<const std::string_view> texts, const Cancellation& cancellation,
                              RowBatch& rows) const;
  std::vector<int32_t> token_ids(std::string_view text) const;
  base::Status encode_texts(std::span<const std::string_view> texts, const Cancellation& cancellation, RowBatch& rows) const;
  base::Result<std::vector<float>> score_rows(const RowBatch& rows, const Cancellation& cancellation);

  const std::shared_ptr<const LoadedModel> model_;
  const DeploymentOptions options_;
  mutable BoundedCache<std::vector<int32_t>> tokens_;
  BoundedCache<std::vector<float>> scores_;
  RowQueue queue_;
};

base::Status DeploymentWithWorkers::expect_kind(ModelKind kind, std::string_view task) const {
  if (model_->kind() == kind) return {};
  return Error(ErrorCode::kIllegalArgument, "model [{}] is a {}; {} needs a {}", model_->name, model_kind_name(model_->kind()),
               task, model_kind_name(kind));
}

base::Status DeploymentWithWorkers::encode_pairs(std::string_view query, std::span<const std::string_view> texts,
                                                 const Cancellation& cancellation, RowBatch& rows) const {
  if (model_->pair_template.has_value()) return encode_prompts(query, texts, cancellation, rows);
  const std::vector<int32_t> first = token_ids(query);
  const PairOptions options{.max_length = model_->any_encoder().max_length()};
  for (const std::string_view text : texts) {
    if (cancellation.should_stop()) return stop_reason(cancellation);
    ASSIGN_OR_RETURN(const Encoding pair, model_->tokenizer->build_pair(first, token_ids(text), options));
    rows.append(pair.ids, pair.type_ids);
  }
  return {};
}

base::Status DeploymentWithWorkers::encode_prompts(std::string_view query, std::span<const std::string_view> texts,
                                                   const Cancellation& cancellation, RowBatch& rows) const {
  for (const std::string_view text : texts) {
    if (cancellation.should_stop()) return stop_reason(cancellation);
    ASSIGN_OR_RETURN(const Encoding row,
                     model_->pair_template->encode(*model_->tokenizer, query, text, model_->any_encoder().max_length()));
    rows.append(row.ids, row.type_ids);
  }
  return {};
}

/// Without special tokens, as many as the model takes.
std::vector<int32_t> DeploymentWithWorkers::token_ids(std::string_view text) const {
  if (auto known = tokens_.find(text)) return *std::move(known);
  std::vector<int32_t> ids;
  model_->tokenizer->encode(text, static_cast<size_t>(model_->any_encoder().max_length()), ids);
  ids.shrink_to_fit();
  tokens_.put(text, ids, static_cast<int64_t>(ids.size() * sizeof(int32_t)));
  return ids;
}

base::Status DeploymentWithWorkers::encode_texts(std::span<const std::string_view> texts, const Cancellation& cancellation,
                                                 RowBatch& rows) const {
  for (const std::string_view text : texts) {
    if (cancellation.should_stop()) return stop_reason(cancellation);
    Encoding encoding = model_->tokenizer->encode_single(text, model_->any_encoder().max_length());
    if (encoding.ids.empty()) {  // no text and no special tokens: an encoder reads at least one token
      encoding.ids.push_back(model_->tokenizer->pad_id());
      encoding.type_ids.push_back(0);
    }
    rows.append(encoding.ids, encoding.type_ids);
  }
  return {};
}

base::Result<std::vector<float>> DeploymentWithWorkers::score(std::string_view query, std::span<const std::string_view> texts,
                                                              const Cancellation& cancellation) {
  RETURN_IF_ERROR(expect_kind(ModelKind::kCrossEncoder, "re-ranking"));
  if (texts.empty()) return std::vector<float>();
  RETURN_IF_ERROR(queue_.expect_room());
  RowBatch rows;
  RETURN_IF_ERROR(encode_pairs(query, texts, cancellation, rows));
  RETURN_IF_ERROR(queue_.count_request());
  return score_rows(rows, cancellation);
}

/// Computes what the score cache does not have.
base::Result<std::vector<float>> DeploymentWithWorkers::score_rows(const RowBatch& rows, const Cancellation& cancellation) {
  const size_t width = queue_.output_width();
  std::vector<float> logits(rows.num_rows() * width);
  const auto place = [&](size_t row) { return logits.begin() + static_cast<std::ptrdiff_t>(row * width); };
  RowBatch unknown;
  std::vector<std::pair<size_t, std::string>> missing;
  for (size_t row = 0; row < rows.num_rows(); ++row) {
    std::string key = pair_key(rows, row);
    if (const auto known = scores_.find(key)) {
      std::copy(known->begin(), known->end(), place(row));
    } else {
      missing.emplace_back(row, std::move(key));
      unknown.append(rows, row);
    }
  }
  if (missing.empty()) return logits;
  ASSIGN_OR_RETURN(const BatchOutput output, queue_.compute(std::move(unknown), cancellation));
  auto from = output.values.begin();
  for (const auto& [row, key] : missing) {
    const auto end = from + static_cast<std::ptrdiff_t>(width);
    std::copy(from, end, place(row));
    scores_.put(key, std::vector<float>(from, end), static_cast<int64_t>(width * sizeof(float)));
    from = end;
  }
  return logits;
}

base::Result<std::vector<std::vector<float>>> DeploymentWithWorkers::embed(std::span<const std::string_view> texts,
                                                                           const Cancellation& cancellation) {
  RETURN_IF_ERROR(expect_kind(ModelKind::kDenseEncoder, "text embedding"));
  std::vector<std::vector<float>> embeddings;
  if (texts.empty()) return embeddings;
  RETURN_IF_ERROR(queue_.expect_room());
  RowBatch rows;
  RETURN_IF_ERROR(encode_texts(texts, cancellation, rows));
  RETURN_IF_ERROR(queue_.count_request());
  ASSIGN_OR_RETURN(const BatchOutput output, queue_.compute(std::move(rows), cancellation));
  for (auto row = output.values.begin(); row != output.values.end(); row += static_cast<std::ptrdiff_t>(output.width)) {
    embeddings.emplace_back(row, row + static_cast<std::ptrdiff_t>(output.width));
  }
  return embeddings;
}

base::Result<std::vector<SparseVector>> DeploymentWithWorkers::expand(std::span<const std::string_view> texts,
                                                                      const Cancellation& cancellation) {
  RETURN_IF_ERROR(expect_kind(ModelKind::kSparseEncoder, "sparse embedding"));
  std::vector<SparseVector> expansions;
  if (texts.empty()) return expansions;
  RETURN_IF_ERROR(queue_.expect_room());
  RowBatch rows;
  RETURN_IF_ERROR(encode_texts(texts, cancellation, rows));
  RETURN_IF_ERROR(queue_.count_request());
  ASSIGN_OR_RETURN(const BatchOutput output, queue_.compute(std::move(rows), cancellation));
  for (const std::vector<TokenWeight>& weights : output.weights) {
    SparseVector& vector = expansions.emplace_back();
    for (const TokenWeight& weight : weights) {
      const std::string_view token = model_->tokenizer->token(weight.token_id);
      if (!token.empty()) vector.push_back({std::string(token), weight.weight});  // rows beyond the vocabulary name no token
    }
  }
  return expansions;
}

base::Result<RowOutputs> DeploymentWithWorkers::run(std::span<const Encoding> rows, const Cancellation& cancellation) {
  const size_t width = queue_.output_width();
  if (rows.empty()) return RowOutputs{width, {}, {}};
  RowBatch batch;
  for (const Encoding& row : rows) batch.append(row.ids, row.type_ids);
  RETURN_IF_ERROR(queue_.count_request());
  if (width > 0) {
    ASSIGN_OR_RETURN(std::vector<float> values, score_rows(batch, cancellation));
    return RowOutputs{width, std::move(values), {}};
  }
  ASSIGN_OR_RETURN(BatchOutput output, queue_.compute(std::move(batch), cancellation));
  return RowOutputs{0, {}, std::move(output.weights)};
}

DeploymentStats DeploymentWithWorkers::stats() const {
  const auto tokens = tokens_.counters();
  const auto scores = scores_.counters();
  DeploymentStats stats = queue_.stats();
  stats.num_token_cache_hits = tokens.num_hits;
  stats.num_token_cache_misses = tokens.num_misses;
  stats.num_score_cache_hits = scores.num_hits;
  stats.num_score_cache_misses = scores.num_misses;
  stats.cache_bytes = tokens.size_bytes + scores.size_bytes;
  return stats;
}

}  // namespace

std::unique_ptr<Deployment> Deployment::start(std::shared_ptr<const LoadedModel> model, DeploymentOptions options) {
  return std::make_unique<DeploymentWithWorkers>(std::move(model), options);
}

}  // namespace selene::models
