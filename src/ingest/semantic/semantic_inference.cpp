#include "ingest/semantic/semantic_inference.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <map>
#include <utility>

#include "base/format.h"
#include "base/json/json_writer.h"
#include "index/mapping/semantic_text.h"
#include "inference/chunking/chunker.h"
#include "ingest/semantic/semantic_mappings.h"
#include "search/backends/source_values.h"
#include "search/query/parse_support.h"

namespace selene::ingest {

using base::Error;
using base::ErrorCode;
using base::JsonValue;
using base::Result;
using base::Status;
using index::MappedField;

namespace {

constexpr size_t kBatch = 96;  // texts a call
/// A write waits for its embeddings as long as the endpoint works on them.
constexpr std::chrono::milliseconds kNoTimeout{-1};

/// A chunk of a document's value, to be embedded.
struct PendingChunk {
  size_t op = 0;
  std::string source_field;  ///< path in `_source` that the value is from
  size_t value = 0;          ///< which of the values there
  int64_t start_offset = 0;
  int64_t end_offset = 0;
  std::string text;
  std::string embeddings;  ///< JSON, once known
};

/// Where a field's values come from: its own place, then the fields that are copied to it.
std::vector<std::string> source_paths(const index::Mapping& mapping, const MappedField& field) {
  std::vector<std::string> paths = {search::source_path_of(mapping, field)};
  for (const auto& [name, other] : mapping.fields()) {
    if (std::find(other.copy_to.begin(), other.copy_to.end(), field.name) != other.copy_to.end())
      paths.push_back(search::source_path_of(mapping, other));
  }
  return paths;
}

std::string tokens_json(const inference::SparseEmbedding& embedding) {
  base::JsonWriter out;
  out.begin_object();
  for (const inference::TokenWeight& token : embedding.tokens) {
    if (token.weight >= std::numeric_limits<float>::min()) out.field(token.token, token.weight);
  }
  return out.end_object().take();
}

std::string vector_json(const std::vector<float>& vector) {
  base::JsonWriter out;
  out.begin_array();
  for (const float component : vector) out.value(component);
  return out.end_array().take();
}

/// One semantic_text field of one batch.
class FieldRun {
 public:
  FieldRun(const MappedField& field, inference::InferenceService& service) : field_(field), service_(service) {}

  /// What the endpoint is and how it wants texts cut. Errors: kResourceNotFound, kInference.
  Status prepare() {
    auto traits = service_.embedding_traits(semantic().inference_id);
    if (!traits.has_value()) {
      if (traits.error().code() == ErrorCode::kResourceNotFound)
        return Error(ErrorCode::kResourceNotFound, "Inference id [{}] not found for field [{}]", semantic().inference_id,
                     field_.name);
      return failed(std::move(traits).error());
    }
    traits_ = std::move(traits).value();
    const auto& known = semantic().model_settings;
    if (known && known->task_type != inference::task_type_name(traits_.task_type)) {
      return Error(ErrorCode::kIllegalArgument,
                   "Incompatible model settings for field [{}]. Check that the inference_id is not using different model settings: "
                   "it has task type [{}], the field [{}]",
                   field_.name, inference::task_type_name(traits_.task_type), known->task_type);
    }
    const std::string& settings = semantic().chunking_settings.empty() ? traits_.chunking_settings : semantic().chunking_settings;
    ASSIGN_OR_RETURN(const base::JsonDocument document, base::JsonDocument::parse(settings));
    ASSIGN_OR_RETURN(inference::Chunker chunker,
                     inference::Chunker::create(inference::ChunkingSettings::from_json(document.root())));
    chunker_.emplace(std::move(chunker));
    return {};
  }

  void add(size_t op, const std::vector<std::string>& paths, JsonValue source) {
    for (const std::string& path : paths) {
      std::vector<JsonValue> values;
      search::collect_source_values(source, path, values);
      for (size_t v = 0; v < values.size(); ++v) {
        if (values[v].is_object()) continue;  // refused by the parser of documents
        const std::string text = search::scalar_text(values[v]);
        if (text.find_first_not_of(" \t\r\n") == std::string::npos) continue;
        for (const inference::Chunk& chunk : chunker_->chunk(text)) {
          chunks_.push_back({op,
                             path,
                             v,
                             chunk.start_offset,
                             chunk.end_offset,
                             text.substr(chunk.bytes.begin, chunk.bytes.end - chunk.bytes.begin),
                             {}});
        }
      }
    }
  }

  /// Embeds all chunks; ops of calls that fail get the error.
  void embed(std::vector<std::optional<Error>>& failures) {
    for (size_t begin = 0; begin < chunks_.size(); begin += kBatch) {
      const size_t end = std::min(begin + kBatch, chunks_.size());
      inference::EmbeddingRequest request;
      request.input_type = inference::InputType::kIngest;
      request.timeout = kNoTimeout;
      for (size_t i = begin; i < end; ++i) request.inputs.emplace_back(chunks_[i].text);
      const Result<std::vector<std::string>> embedded = call(request);
      for (size_t i = begin; i < end; ++i) {
        if (embedded.has_value()) {
          chunks_[i].embeddings = (*embedded)[i - begin];
        } else if (!failures[chunks_[i].op]) {
          failures[chunks_[i].op] = failed(embedded.error());
        }
      }
    }
  }

  bool empty() const { return chunks_.empty(); }
  bool is_new() const { return !semantic().model_settings; }
  /// The field's definition with the endpoint's model_settings, for Mapping::merge.
  std::string mapping_update(const index::Mapping& mapping) const {
    return model_settings_update(mapping, field_, model_settings_of(traits_));
  }
  /// By op: the field's member of `inference`.
  std::map<size_t, std::string> rendered() const {
    std::map<size_t, base::JsonWriter> writers;
    for (const PendingChunk& chunk : chunks_) {
      const auto [at, fresh] = writers.try_emplace(chunk.op);
      if (fresh) at->second.begin_object().field("inference_id", semantic().inference_id).key("chunks").begin_array();
      at->second.begin_object().field("field", chunk.source_field).field("value", chunk.value);
      at->second.field("start_offset", chunk.start_offset).field("end_offset", chunk.end_offset);
      at->second.key("embeddings").raw(chunk.embeddings.empty() ? "{}" : chunk.embeddings).end_object();
    }
    std::map<size_t, std::string> members;
    for (auto& [op, writer] : writers) members.emplace(op, writer.end_array().end_object().take());
    return members;
  }

 private:
  /// JSON, one for each input.
  Result<std::vector<std::string>> call(const inference::EmbeddingRequest& request) {
    std::vector<std::string> found;
    if (traits_.task_type == inference::TaskType::kSparseEmbedding) {
      ASSIGN_OR_RETURN(const auto embeddings, service_.sparse_embedding(semantic().inference_id, request, base::Cancellation()));
      for (const inference::SparseEmbedding& embedding : embeddings) found.push_back(tokens_json(embedding));
    } else {
      ASSIGN_OR_RETURN(const auto vectors, service_.text_embedding(semantic().inference_id, request, base::Cancellation()));
      for (const std::vector<float>& vector : vectors) found.push_back(vector_json(vector));
    }
    if (found.size() != request.inputs.size())
      return Error(ErrorCode::kIllegalState, "[{}] embeddings for [{}] texts", found.size(), request.inputs.size());
    return found;
  }
  const index::SemanticText& semantic() const { return *field_.semantic; }
  Error failed(Error cause) const {
    return Error(ErrorCode::kInference, "Exception when running inference id [{}] on field [{}]", semantic().inference_id,
                 field_.name)
        .with_cause(std::move(cause));
  }

  const MappedField& field_;
  inference::InferenceService& service_;
  inference::EmbeddingTraits traits_;
  std::optional<inference::Chunker> chunker_;
  std::vector<PendingChunk> chunks_;
};

/// Whether the source has anything for the field.
bool has_values(JsonValue source, const std::vector<std::string>& paths) {
  std::vector<JsonValue> values;
  for (const std::string& path : paths) search::collect_source_values(source, path, values);
  return !values.empty();
}

}  // namespace

std::vector<std::optional<Error>> SemanticInference::run(const index::Index& index, std::vector<index::WriteOp>& ops,
                                                         std::deque<std::string>& owned) const {
  std::vector<std::optional<Error>> failures(ops.size());
  const std::shared_ptr<const index::Mapping> mapping = index.engine->mapping();
  if (mapping->semantic_fields().empty()) return failures;
  std::vector<std::optional<base::JsonDocument>> sources(ops.size());
  for (size_t i = 0; i < ops.size(); ++i) {
    if (ops[i].type == index::OpType::kDelete) continue;
    if (auto source = base::JsonDocument::parse(ops[i].source); source.has_value()) sources[i] = std::move(source).value();
  }
  std::vector<std::map<std::string, std::string>> members(ops.size());  // by op: JSON by field
  for (const MappedField* const field : mapping->semantic_fields()) {
    const std::vector<std::string> paths = source_paths(*mapping, *field);
    std::vector<size_t> concerned;
    for (size_t i = 0; i < ops.size(); ++i) {
      if (sources[i] && !failures[i] && has_values(sources[i]->root(), paths)) concerned.push_back(i);
    }
    if (concerned.empty()) continue;
    std::optional<Error> fault;
    if (service_ == nullptr) fault = Error(ErrorCode::kIllegalState, std::string("there is no inference service"));
    std::optional<FieldRun> run;
    if (!fault) {
      run.emplace(*field, *service_);
      if (Status ready = run->prepare(); !ready) fault = std::move(ready).error();
    }
    if (fault) {
      for (const size_t i : concerned) failures[i] = *fault;
      continue;
    }
    for (const size_t i : concerned) run->add(i, paths, sources[i]->root());
    run->embed(failures);
    if (!run->empty() && run->is_new()) {
      const std::string update_text = run->mapping_update(*mapping);
      const auto update = base::JsonDocument::parse(update_text);
      const Status merged = update.has_value() ? index.engine->put_mapping(update->root()) : Status(update.error());
      if (!merged) {
        for (const size_t i : concerned) failures[i] = merged.error();
        continue;
      }
    }
    for (auto& [i, member] : run->rendered()) members[i].emplace(field->name, std::move(member));
  }
  for (size_t i = 0; i < ops.size(); ++i) {
    if (members[i].empty() || failures[i]) continue;
    base::JsonWriter out;
    out.begin_object();
    for (const auto& [name, json] : members[i]) out.key(name).raw(json);
    ops[i].inference = owned.emplace_back(out.end_object().take());
  }
  return failures;
}

std::vector<std::string> indices_using_inference(const index::Catalog& catalog, std::string_view inference_id) {
  std::vector<std::string> names;
  for (const auto& index : catalog.all()) {
    if (index->engine == nullptr) continue;
    const auto mapping = index->engine->mapping();
    const auto uses = [&](const MappedField* field) {
      return field->semantic->inference_id == inference_id || field->semantic->search_inference_id == inference_id;
    };
    if (std::any_of(mapping->semantic_fields().begin(), mapping->semantic_fields().end(), uses)) names.push_back(index->name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace selene::ingest
