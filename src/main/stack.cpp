#include "main/stack.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "ingest/semantic/semantic_inference.h"
#include "models/registry/trained_loader.h"

namespace selene::main {

namespace {

constexpr std::string_view kEndpointKind = "inference_endpoint";
constexpr std::string_view kSecretKind = "inference_secret";
constexpr std::string_view kKeyFile = "inference.key";

models::TrainedModelStore::Options store_options(index::Catalog& catalog, const std::filesystem::path& data,
                                                 models::ModelRegistry& registry) {
  models::TrainedModelStore::Options options;
  options.folder = data / "trained_models";
  options.records.put = [&catalog](std::string_view kind, std::string_view id, std::string_view bytes) {
    return catalog.put_record(kind, id, bytes);
  };
  options.records.remove = [&catalog](std::string_view kind, std::string_view id) { return catalog.remove_record(kind, id); };
  options.records.load_all = [&catalog](std::string_view kind) { return catalog.records(kind); };
  options.has_folder = [&registry](std::string_view id) { return registry.has_folder(id); };
  options.changed = [&registry](std::string_view id) { registry.forget(id); };
  return options;
}

models::ModelSource uploads(models::TrainedModelStore& store) {
  models::ModelSource source;
  source.resolve = [&store](std::string_view id) {
    const auto found = store.get(id);
    return found.has_value() ? found->config.model_id : std::string();
  };
  source.load = [&store](const std::string& id, models::Tier tier) { return models::load_trained_model(store, id, tier); };
  return source;
}

}  // namespace

base::Result<Stack> Stack::build(const StackOptions& options) {
  Stack stack;
  index::Catalog::Options catalog;
  catalog.data_folder = options.data;
  catalog.sync_writes = options.sync_writes;
  catalog.min_free_bytes = options.min_free_bytes;
  catalog.max_used = options.max_used;
  catalog.document_cache_bytes = static_cast<size_t>(options.document_cache_bytes);
  catalog.default_inference_id = options.default_inference_id;
  ASSIGN_OR_RETURN(stack.catalog, index::Catalog::open(catalog));
  stack.models = std::make_shared<models::ModelRegistry>(models::ModelRegistry::Options{
      options.models, options.tier, [folder = options.pulled_models](std::string_view id) { return find_pulled_model(folder, id); },
      options.upload_tier});
  ASSIGN_OR_RETURN(stack.trained_models,
                   models::TrainedModelStore::open(store_options(*stack.catalog, options.data, *stack.models)));
  stack.models->set_source(uploads(*stack.trained_models));
  ASSIGN_OR_RETURN(stack.trained_deployments,
                   models::TrainedDeployments::open({.max_threads = options.threads}, *stack.trained_models, *stack.models));
  inference::InferenceOptions inference = options.inference;
  inference.max_threads = options.threads;
  inference.secrets = record_store<inference::EndpointStore>(*stack.catalog, kSecretKind);
  inference.key_file = options.data / kKeyFile;
  inference.other_deployments = {
      [deployments = stack.trained_deployments.get()](std::string_view id) { return deployments->lease(id); },
      [deployments = stack.trained_deployments.get()](auto now, auto idle_time) { deployments->shrink_if_idle(now, idle_time); }};
  ASSIGN_OR_RETURN(stack.inference,
                   inference::InferenceService::create(std::move(inference), stack.models,
                                                       record_store<inference::EndpointStore>(*stack.catalog, kEndpointKind)));
  stack.searches =
      std::make_unique<search::SearchService>(*stack.catalog, *stack.inference, base::system_clock(), options.filter_cache);
  stack.documents = std::make_unique<ingest::DocumentService>(*stack.catalog);
  ASSIGN_OR_RETURN(stack.pipelines, ingest::PipelineService::load(*stack.catalog, stack.inference.get()));
  stack.documents->set_pipelines(stack.pipelines.get());
  stack.documents->set_inference(stack.inference.get());
  stack.inference->set_reference_lookup([pipelines = stack.pipelines.get(), catalog = stack.catalog.get()](std::string_view id) {
    return inference::EndpointReferences{pipelines->using_inference(id), ingest::indices_using_inference(*catalog, id)};
  });
  stack.tasks = std::make_unique<ingest::TaskRegistry>();
  return stack;
}

int32_t default_threads() { return std::max<int32_t>(1, static_cast<int32_t>(std::thread::hardware_concurrency())); }

}  // namespace selene::main
