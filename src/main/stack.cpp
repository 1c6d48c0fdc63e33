#include "main/stack.h"

#include <algorithm>
#include <thread>

namespace selene::main {

namespace {

constexpr std::string_view kEndpointKind = "inference_endpoint";

inference::EndpointStore endpoint_store(index::Catalog& catalog) {
  inference::EndpointStore store;
  store.put = [&catalog](std::string_view id, std::string_view bytes) { return catalog.put_record(kEndpointKind, id, bytes); };
  store.remove = [&catalog](std::string_view id) { return catalog.remove_record(kEndpointKind, id); };
  store.load_all = [&catalog] { return catalog.records(kEndpointKind); };
  return store;
}

}  // namespace

base::Result<Stack> Stack::build(const StackOptions& options) {
  Stack stack;
  index::Catalog::Options catalog;
  catalog.data_folder = options.data;
  catalog.sync_writes = options.sync_writes;
  catalog.min_free_bytes = options.min_free_bytes;
  catalog.max_used = options.max_used;
  ASSIGN_OR_RETURN(stack.catalog, index::Catalog::open(catalog));
  stack.models = std::make_shared<models::ModelRegistry>(models::ModelRegistry::Options{
      options.models, options.tier,
      [folder = options.pulled_models](std::string_view id) { return find_pulled_model(folder, id); }});
  inference::InferenceService::Options inference;
  inference.max_threads = options.threads;
  ASSIGN_OR_RETURN(stack.inference, inference::InferenceService::create(inference, stack.models, endpoint_store(*stack.catalog)));
  stack.searches = std::make_unique<search::SearchService>(*stack.catalog, *stack.inference);
  stack.documents = std::make_unique<ingest::DocumentService>(*stack.catalog);
  return stack;
}

int32_t default_threads() { return std::max<int32_t>(1, static_cast<int32_t>(std::thread::hardware_concurrency())); }

}  // namespace selene::main
