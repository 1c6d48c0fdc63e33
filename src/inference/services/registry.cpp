#include <array>

#include "inference/services/elasticsearch/elasticsearch_service.h"
#include "inference/services/service.h"

namespace selene::inference {
namespace {

const ElasticsearchService kElasticsearch;

constexpr std::array<const Service*, 1> kServices = {&kElasticsearch};

constexpr std::array<PreconfiguredEndpoint, 3> kPreconfigured = {{
    {".elser-2-elasticsearch", TaskType::kSparseEmbedding, "elasticsearch",
     R"({"model_id":".elser_model_2","num_threads":1,"adaptive_allocations":{"enabled":true,"min_number_of_allocations":0,"max_number_of_allocations":32}})"},
    {".multilingual-e5-small-elasticsearch", TaskType::kTextEmbedding, "elasticsearch",
     R"({"model_id":".multilingual-e5-small","num_threads":1,"adaptive_allocations":{"enabled":true,"min_number_of_allocations":0,"max_number_of_allocations":32}})"},
    {".rerank-v1-elasticsearch", TaskType::kRerank, "elasticsearch",
     R"({"model_id":".rerank-v1","num_threads":1,"adaptive_allocations":{"enabled":true,"min_number_of_allocations":0,"max_number_of_allocations":32}})"},
}};

}  // namespace

const Service* find_service(std::string_view name) {
  for (const Service* service : kServices) {
    if (service->name() == name) return service;
  }
  return nullptr;
}

std::span<const PreconfiguredEndpoint> preconfigured_endpoints() { return kPreconfigured; }

}  // namespace selene::inference
