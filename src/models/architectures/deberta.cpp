#include "models/architectures/deberta.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace selene::models {
namespace {

PostNormNames deberta_layer_names(int64_t layer) {
  const std::string name = base::format("encoder.layer.{}.", layer);
  return {.query = name + "attention.self.query_proj",
          .key = name + "attention.self.key_proj",
          .value = name + "attention.self.value_proj",
          .attention_output = name + "attention.output.dense",
          .attention_norm = name + "attention.output.LayerNorm",
          .up = name + "intermediate.dense",
          .down = name + "output.dense",
          .ffn_norm = name + "output.LayerNorm"};
}

/// "c2p|p2c" or ["c2p", "p2c"].
base::Status parse_pos_att_type(const ConfigReader& reader, DebertaConfig& config) {
  const auto take = [&](std::string_view name) -> base::Status {
    if (name == "c2p") {
      config.content_to_position = true;
    } else if (name == "p2c") {
      config.position_to_content = true;
    } else if (!name.empty()) {
      return reader.unsupported("pos_att_type", name.substr(0, 100), "c2p, p2c");
    }
    return {};
  };
  const base::JsonValue value = reader.value("pos_att_type");
  if (value.is_string()) {
    std::string_view rest = value.as_string();
    while (!rest.empty()) {
      const size_t bar = std::min(rest.find('|'), rest.size());
      RETURN_IF_ERROR(take(rest.substr(0, bar)));
      rest.remove_prefix(std::min(bar + 1, rest.size()));
    }
    return {};
  }
  if (value.is_array()) {
    for (const base::JsonValue item : value.as_array()) RETURN_IF_ERROR(take(item.is_string() ? item.as_string() : "not a string"));
    return {};
  }
  if (value.is_null()) return {};
  return reader.unsupported("pos_att_type", "not a string or an array", "c2p, p2c");
}

/// rel_embeddings, normalised if the config says so: [2 * span, hidden] with row_stride(hidden).
base::Result<Buffer<float>> load_positions(const DebertaConfig& config, const KernelTable& table, WeightLoader& loader) {
  const int64_t rows = 2 * config.span();
  const int64_t h = config.bert.hidden_size;
  ASSIGN_OR_RETURN(const EmbeddingTable stored, loader.embedding("encoder.rel_embeddings.weight", rows, h));
  Buffer<float> positions(rows * row_stride(h));
  for (int64_t r = 0; r < rows; ++r) stored.copy_row(table, r, positions.data() + r * row_stride(h));
  if (config.norm_rel_ebd) {
    ASSIGN_OR_RETURN(const LayerNorm norm, loader.layer_norm("encoder.LayerNorm", h, config.bert.layer_norm_eps));
    norm.forward(table, positions.data(), positions.data(), static_cast<int32_t>(rows), static_cast<int32_t>(h));
  }
  return positions;
}

/// positions times the layer's projection `name`, cut into heads and packed.
base::Result<std::vector<PackedMatrix>> project_positions(const DebertaConfig& config, const Buffer<float>& positions,
                                                          const std::string& name, PositionOrder order, NumberType type,
                                                          const KernelTable& table, WeightLoader& loader) {
  const int64_t rows = 2 * config.span();
  const int64_t h = config.bert.hidden_size;
  const int64_t heads = config.bert.num_attention_heads;
  const int64_t head_dim = h / heads;
  ASSIGN_OR_RETURN(const Linear projection, loader.linear_f32(name, h, h));
  Buffer<float> projected(rows * row_stride(h));
  projection.forward(table, {positions.data(), row_stride(h) * static_cast<int64_t>(sizeof(float)), nullptr},
                     static_cast<int32_t>(rows), {.y = projected.data()});
  return pack_positions(projected, rows, heads, head_dim, order, type, table);
}

base::Status load_layer_positions(const DebertaConfig& config, int64_t layer, const Buffer<float>& positions, NumberType type,
                                  const KernelTable& table, WeightLoader& loader, PositionProjections& projections) {
  const std::string self = base::format("encoder.layer.{}.attention.self.", layer);
  if (config.content_to_position) {
    const std::string name = self + (config.share_att_key ? "key_proj" : "pos_key_proj");
    ASSIGN_OR_RETURN(projections.keys, project_positions(config, positions, name, PositionOrder::kDescending, type, table, loader));
  }
  if (config.position_to_content) {
    const std::string name = self + (config.share_att_key ? "query_proj" : "pos_query_proj");
    ASSIGN_OR_RETURN(projections.queries,
                     project_positions(config, positions, name, PositionOrder::kAscending, type, table, loader));
  }
  return {};
}

base::Result<EmbeddingWeights> load_embeddings(const DebertaConfig& config, WeightLoader& loader) {
  const BertConfig& bert = config.bert;
  EmbeddingWeights e;
  ASSIGN_OR_RETURN(e.word, loader.embedding("embeddings.word_embeddings.weight", bert.vocab_size, bert.hidden_size));
  if (config.position_biased_input) {
    ASSIGN_OR_RETURN(e.position,
                     loader.embedding("embeddings.position_embeddings.weight", bert.max_position_embeddings, bert.hidden_size));
  }
  if (bert.type_vocab_size > 0) {
    ASSIGN_OR_RETURN(e.token_type,
                     loader.embedding("embeddings.token_type_embeddings.weight", bert.type_vocab_size, bert.hidden_size));
  }
  ASSIGN_OR_RETURN(e.norm, loader.layer_norm("embeddings.LayerNorm", bert.hidden_size, bert.layer_norm_eps));
  return e;
}

}  // namespace

int64_t log_bucket_position(int64_t distance, int64_t buckets, int64_t max_position) {
  const int64_t mid = buckets / 2;
  const int64_t magnitude = std::abs(distance);
  if (magnitude <= mid) return distance;
  // float32 as in transformers: the bucket's edges depend on the rounding.
  const float ratio = std::log(static_cast<float>(magnitude) / static_cast<float>(mid)) /
                      std::log(static_cast<float>(static_cast<double>(max_position - 1) / static_cast<double>(mid)));
  const auto bucket = static_cast<int64_t>(std::ceil(ratio * static_cast<float>(mid - 1))) + mid;
  return distance < 0 ? -bucket : bucket;
}

PositionColumns position_columns(const DebertaConfig& config, int64_t max_length) {
  const int64_t span = config.span();
  const int64_t center = max_length - 1;
  PositionColumns columns;
  columns.keys.reserve(2 * max_length - 1);
  columns.queries.reserve(2 * max_length - 1);
  columns.num_positions = static_cast<int32_t>(2 * span);
  // One bucket a distance: up to the middle, or to where clamping begins.
  columns.exact_distance = static_cast<int32_t>(config.position_buckets > 0 ? config.position_buckets / 2 : span - 1);
  for (int64_t distance = -center; distance <= center; ++distance) {
    const int64_t bucket = config.position_buckets > 0
                               ? log_bucket_position(distance, config.position_buckets, config.max_relative_positions)
                               : distance;
    const int64_t index = std::clamp<int64_t>(bucket + span, 0, 2 * span - 1);
    columns.queries[center + distance] = static_cast<int32_t>(index);
    columns.keys[center - distance] = static_cast<int32_t>(2 * span - 1 - index);
  }
  return columns;
}

base::Result<std::vector<PackedMatrix>> pack_positions(const Buffer<float>& projected, int64_t rows, int64_t heads,
                                                       int64_t head_dim, PositionOrder order, NumberType type,
                                                       const KernelTable& table) {
  const int64_t stride = row_stride(heads * head_dim);
  std::vector<PackedMatrix> packed;
  std::vector<float> slice(static_cast<size_t>(rows * head_dim));
  for (int64_t head = 0; head < heads; ++head) {
    for (int64_t r = 0; r < rows; ++r) {
      const int64_t from = order == PositionOrder::kAscending ? r : rows - 1 - r;
      std::copy_n(projected.data() + from * stride + head * head_dim, head_dim, slice.begin() + r * head_dim);
    }
    const TensorView view{"projected positions", DType::kF32, {rows, head_dim}, std::as_bytes(std::span(slice))};
    const MatrixPart part{&view, 0, rows};
    ASSIGN_OR_RETURN(PackedMatrix matrix, PackedMatrix::pack(table, type, {&part, 1}, head_dim));
    packed.push_back(std::move(matrix));
  }
  return packed;
}

base::Result<DebertaConfig> DebertaConfig::parse(const ConfigReader& reader) {
  DebertaConfig c;
  ASSIGN_OR_RETURN(c.bert, BertConfig::parse(reader));
  ASSIGN_OR_RETURN(c.bert.vocab_size, reader.integer("vocab_size", 128100, 1, 1 << 24));
  ASSIGN_OR_RETURN(c.bert.type_vocab_size, reader.integer("type_vocab_size", 0, 0, 65536));
  ASSIGN_OR_RETURN(c.bert.layer_norm_eps, reader.number("layer_norm_eps", 1e-7, 0.0, 1.0));
  RETURN_IF_ERROR(parse_pos_att_type(reader, c));
  ASSIGN_OR_RETURN(const bool relative, reader.flag("relative_attention", false));
  if (!relative) return reader.unsupported("relative_attention", "false", "true");
  ASSIGN_OR_RETURN(c.position_biased_input, reader.flag("position_biased_input", true));
  ASSIGN_OR_RETURN(c.share_att_key, reader.flag("share_att_key", false));
  ASSIGN_OR_RETURN(c.position_buckets, reader.integer("position_buckets", -1, -1, 1 << 16));
  ASSIGN_OR_RETURN(c.max_relative_positions, reader.integer("max_relative_positions", -1, -1, 1 << 16));
  if (c.max_relative_positions < 1) c.max_relative_positions = c.bert.max_position_embeddings;
  constexpr std::array<std::string_view, 2> kNorms = {"none", "layer_norm"};
  ASSIGN_OR_RETURN(const std::string norm, reader.choice("norm_rel_ebd", "none", kNorms));
  c.norm_rel_ebd = norm == "layer_norm";
  ASSIGN_OR_RETURN(c.pooler_hidden_act, reader.activation("pooler_hidden_act", "gelu"));
  RETURN_IF_ERROR(reader.integer("conv_kernel_size", 0, 0, 0));
  for (const std::string_view field : {"embedding_size", "pooler_hidden_size"}) {
    RETURN_IF_ERROR(reader.integer(field, c.bert.hidden_size, c.bert.hidden_size, c.bert.hidden_size));
  }
  const int64_t head_dim = c.bert.hidden_size / c.bert.num_attention_heads;
  RETURN_IF_ERROR(reader.integer("attention_head_size", head_dim, head_dim, head_dim));
  if (c.position_buckets == 1 || c.position_buckets == 2 ||
      (c.position_buckets > 0 && c.max_relative_positions <= c.position_buckets / 2 + 1)) {
    return reader.unsupported("position_buckets", std::to_string(c.position_buckets),
                              "numbers from 3 to twice [max_relative_positions]");
  }
  return c;
}

base::Result<EncoderWeights> load_deberta(const DebertaConfig& config, ModelKind kind, WeightLoader& loader) {
  const BertConfig& bert = config.bert;
  find_prefix("deberta.", "embeddings.word_embeddings.weight", loader);
  ASSIGN_OR_RETURN(EmbeddingWeights embeddings, load_embeddings(config, loader));
  ASSIGN_OR_RETURN(EncoderWeights weights, load_post_norm_layers(bert.sizes(), bert.hidden_act, &deberta_layer_names, loader));
  weights.max_length = static_cast<int32_t>(bert.max_position_embeddings);
  weights.embeddings = std::move(embeddings);
  weights.num_score_terms = 1 + (config.content_to_position ? 1 : 0) + (config.position_to_content ? 1 : 0);
  ASSIGN_OR_RETURN(const Buffer<float> positions, load_positions(config, loader.table(), loader));
  const NumberType type = attention_number_type(loader.table(), linear_type(loader.tier()), weights.head_dim());
  for (size_t i = 0; i < weights.layers.size(); ++i) {
    RETURN_IF_ERROR(load_layer_positions(config, static_cast<int64_t>(i), positions, type, loader.table(), loader,
                                         weights.layers[i].positions));
  }
  weights.position_columns = position_columns(config, weights.max_length);
  if (kind == ModelKind::kDenseEncoder) return weights;
  ASSIGN_OR_RETURN(weights.head, load_dense_head("pooler.dense", config.pooler_hidden_act, "classifier", bert.hidden_size,
                                                 bert.num_labels, loader));
  return weights;
}

}  // namespace selene::models
