#include <algorithm>
#include <charconv>

#include "ingest/pipelines/processors/processors.h"
#include "ingest/scripts/script_values.h"

namespace selene::ingest {

namespace {

using base::Error;
using base::ErrorCode;
using base::JsonTree;
using base::Result;

constexpr size_t kBatch = 96;  // texts a call

struct Mapping {
  std::string input;
  std::string output;
};

/// One text to be sent, and the document and mapping it belongs to.
struct Text {
  size_t document;
  size_t mapping;
  std::string text;
};

/// The shortest number that reads back as the same float.
JsonTree float_tree(float value) {
  const std::string text = base::format_number(value);
  double shortest = value;
  std::from_chars(text.data(), text.data() + text.size(), shortest);
  return JsonTree(shortest);
}

/// Whether a refusal may be of one text alone, so that its neighbours deserve another try.
bool is_of_one_input(const Error& error) {
  const Error* at = &error;
  while (at->code() == ErrorCode::kInference && at->cause() != nullptr) at = at->cause();
  return at->code() == ErrorCode::kStatusBadRequest || at->code() == ErrorCode::kIllegalArgument ||
         at->code() == ErrorCode::kActionRequestValidation;
}

/// Calls an inference endpoint with texts of all documents of a batch together. Source: Elasticsearch, InferenceProcessor.
class InferenceProcessor final : public Processor {
 public:
  static Result<ProcessorPtr> create(ProcessorConfig& config) {
    auto made = std::make_unique<InferenceProcessor>();
    ASSIGN_OR_RETURN(made->model_id_, config.text("model_id"));
    ASSIGN_OR_RETURN(made->ignore_missing_, config.boolean("ignore_missing", false));
    RETURN_IF_ERROR(made->read_inference_config(config));
    std::optional<JsonTree> fields = config.take("input_output");
    std::optional<JsonTree> field_map = config.take("field_map");
    ASSIGN_OR_RETURN(const auto target, config.optional_text("target_field"));
    if (fields) {
      if (target) return config.fault("target_field", "option is [input_output] or [target_field], not both");
      if (field_map) return config.fault("field_map", "option is [input_output] or [field_map], not both");
      RETURN_IF_ERROR(made->read_fields(config, *fields));
    } else {
      made->target_ = target.value_or("ml.inference");
      if (!config.tag().empty()) made->target_ += "." + config.tag();
      RETURN_IF_ERROR(made->read_field_map(config, field_map));
    }
    return ProcessorPtr(std::move(made));
  }

  void run(std::span<IngestDocument* const> documents, PipelineRun& run, std::span<std::optional<Error>> failures) const override {
    if (run.inference == nullptr) {
      for (auto& failure : failures) failure = Error(ErrorCode::kIllegalState, "there is no inference service");
      return;
    }
    std::vector<Text> texts = gather(documents, failures);
    for (size_t begin = 0; begin < texts.size(); begin += kBatch) {
      const std::span<const Text> batch(texts.data() + begin, std::min(kBatch, texts.size() - begin));
      send(batch, documents, run, failures);
    }
  }

  void collect_inference_ids(std::vector<std::string>& ids) const override { ids.push_back(model_id_); }

 private:
  base::Status read_inference_config(ProcessorConfig& config) {
    const std::optional<JsonTree> options = config.take("inference_config");
    if (!options) return {};
    if (!options->is_object() || options->as_object().size() > 1)
      return config.fault("inference_config", "must be an object with one inference type as its key");
    for (const JsonTree::Member& kind : options->as_object()) {
      constexpr std::string_view kKinds[] = {"text_embedding", "text_expansion", "sparse_embedding", "text_similarity"};
      if (std::find(std::begin(kKinds), std::end(kKinds), kind.key) == std::end(kKinds))
        return config.fault(
            "inference_config",
            base::format(
                "unrecognized inference configuration type {}. Supported types [text_embedding, text_expansion, text_similarity]",
                kind.key));
      if (!kind.value.is_object()) return config.fault("inference_config", base::format("[{}] must be an object", kind.key));
      const JsonTree* const results_field = kind.value.find("results_field");
      if (results_field != nullptr && results_field->is_string()) results_field_ = results_field->as_string();
      if (kind.key != "text_similarity") continue;
      const JsonTree* const text = kind.value.find("text");
      if (text == nullptr || !text->is_string()) return config.fault("inference_config", "[text_similarity] needs a [text]");
      similarity_text_ = text->as_string();
    }
    return {};
  }

  base::Status read_fields(const ProcessorConfig& config, const JsonTree& fields) {
    const auto add = [&](const JsonTree& entry) -> base::Status {
      const JsonTree* const input = entry.find("input_field");
      const JsonTree* const output = entry.find("output_field");
      if (input == nullptr || !input->is_string()) return config.fault("input_field", "required property is missing");
      const bool named = output != nullptr && output->is_string();
      mappings_.push_back({input->as_string(), named ? output->as_string() : "ml.inference." + results_field_});
      return {};
    };
    if (fields.is_object()) return add(fields);
    if (!fields.is_array()) return config.fault("input_output", "property must be an object or a list of objects");
    for (const JsonTree& entry : fields.as_array()) {
      if (!entry.is_object()) return config.fault("input_output", "property must be an object or a list of objects");
      RETURN_IF_ERROR(add(entry));
    }
    if (mappings_.empty()) return config.fault("input_output", "property cannot be empty at least one is required");
    return {};
  }

  /// Models read one text, under whatever name the map gives it.
  base::Status read_field_map(const ProcessorConfig& config, const std::optional<JsonTree>& field_map) {
    if (field_map && !field_map->is_object())
      return config.fault("field_map", base::format("property isn't a map, but of type [{}]", java_type(*field_map)));
    std::string input = "text_field";
    if (field_map) {
      if (field_map->as_object().size() > 1)
        return config.fault("field_map", "maps more than one field to the one input of a text model");
      for (const JsonTree::Member& member : field_map->as_object()) input = member.key;
    }
    mappings_.push_back({input, target_ + "." + results_field_});
    return {};
  }

  std::vector<Text> gather(std::span<IngestDocument* const> documents, std::span<std::optional<Error>> failures) const {
    std::vector<Text> texts;
    for (size_t i = 0; i < documents.size(); ++i) {
      for (size_t m = 0; m < mappings_.size() && !failures[i]; ++m) {
        const auto value = documents[i]->get(mappings_[m].input);
        if (value && !(*value)->is_null()) {
          texts.push_back({i, m, java_text(**value)});
        } else if (!ignore_missing_) {
          failures[i] =
              value ? Error(ErrorCode::kIllegalArgument, "field [{}] is null, cannot be sent to a model", mappings_[m].input)
                    : value.error();
        }
      }
    }
    std::erase_if(texts, [&](const Text& text) { return failures[text.document].has_value(); });
    return texts;
  }

  void send(std::span<const Text> batch, std::span<IngestDocument* const> documents, PipelineRun& run,
            std::span<std::optional<Error>> failures) const {
    auto answers = call(batch, run);
    if (!answers && batch.size() > 1 && is_of_one_input(answers.error())) {
      for (const Text& text : batch) send({&text, 1}, documents, run, failures);
      return;
    }
    for (size_t k = 0; k < batch.size(); ++k) {
      std::optional<Error>& failure = failures[batch[k].document];
      if (failure) continue;
      if (!answers) {
        failure = answers.error();
      } else if (base::Status status = store(*documents[batch[k].document], batch[k].mapping, std::move((*answers)[k])); !status) {
        failure = std::move(status).error();
      }
    }
  }

  base::Status store(IngestDocument& document, size_t mapping, JsonTree answer) const {
    RETURN_IF_ERROR(document.set(mappings_[mapping].output, std::move(answer)));
    if (target_.empty()) return {};
    return document.set(target_ + ".model_id", JsonTree(model_id_));
  }

  Result<std::vector<JsonTree>> call(std::span<const Text> batch, PipelineRun& run) const {
    std::vector<std::string_view> inputs;
    for (const Text& text : batch) inputs.push_back(text.text);
    if (similarity_text_) return similarities(std::move(inputs), run);
    ASSIGN_OR_RETURN(const inference::EmbeddingTraits traits, run.inference->embedding_traits(model_id_));
    inference::EmbeddingRequest request;
    request.inputs = std::move(inputs);
    request.input_type = inference::InputType::kIngest;
    if (traits.task_type == inference::TaskType::kSparseEmbedding) return sparse(request, run);
    return dense(request, traits.element_type != "float" && !traits.element_type.empty(), run);
  }

  Result<std::vector<JsonTree>> dense(const inference::EmbeddingRequest& request, bool whole_numbers, PipelineRun& run) const {
    ASSIGN_OR_RETURN(const auto vectors, run.inference->text_embedding(model_id_, request, run.cancellation));
    std::vector<JsonTree> answers;
    for (const std::vector<float>& vector : vectors) {
      JsonTree list = JsonTree::array();
      for (const float element : vector) {
        list.as_array().push_back(whole_numbers ? JsonTree(static_cast<int64_t>(element)) : float_tree(element));
      }
      answers.push_back(std::move(list));
    }
    return checked(std::move(answers), request.inputs.size());
  }

  Result<std::vector<JsonTree>> sparse(const inference::EmbeddingRequest& request, PipelineRun& run) const {
    ASSIGN_OR_RETURN(const auto embeddings, run.inference->sparse_embedding(model_id_, request, run.cancellation));
    std::vector<JsonTree> answers;
    for (const inference::SparseEmbedding& embedding : embeddings) {
      JsonTree tokens = JsonTree::object();
      for (const inference::TokenWeight& token : embedding.tokens)
        tokens.as_object().push_back({token.token, float_tree(token.weight)});
      answers.push_back(std::move(tokens));
    }
    return checked(std::move(answers), request.inputs.size());
  }

  Result<std::vector<JsonTree>> similarities(std::vector<std::string_view> inputs, PipelineRun& run) const {
    const size_t count = inputs.size();
    inference::RerankRequest request;
    request.query = *similarity_text_;
    request.inputs = std::move(inputs);
    ASSIGN_OR_RETURN(const auto ranked, run.inference->rerank(model_id_, request, run.cancellation));
    std::vector<JsonTree> answers(count);
    for (const inference::RankedDoc& doc : ranked) {
      if (doc.index >= 0 && static_cast<size_t>(doc.index) < count)
        answers[static_cast<size_t>(doc.index)] = float_tree(doc.relevance_score);
    }
    return answers;
  }

  Result<std::vector<JsonTree>> checked(std::vector<JsonTree> answers, size_t count) const {
    if (answers.size() == count) return answers;
    return Error(ErrorCode::kIllegalState, "inference endpoint [{}] gave [{}] results for [{}] texts", model_id_, answers.size(),
                 count);
  }

  std::string model_id_;
  std::vector<Mapping> mappings_;
  std::string target_;  ///< of the older form; empty: input_output
  std::string results_field_ = "predicted_value";
  std::optional<std::string> similarity_text_;
  bool ignore_missing_ = false;
};

}  // namespace

Result<ProcessorPtr> create_inference(ProcessorConfig& config) { return InferenceProcessor::create(config); }

}  // namespace selene::ingest
