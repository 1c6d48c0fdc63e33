#include <array>

#include "inference/services/alibabacloud/alibabacloud.h"
#include "inference/services/azureaistudio/azureaistudio.h"
#include "inference/services/azureopenai/azureopenai.h"
#include "inference/services/cohere/cohere.h"
#include "inference/services/contextualai/contextualai.h"
#include "inference/services/custom/custom.h"
#include "inference/services/elasticsearch/elasticsearch_service.h"
#include "inference/services/fireworksai/fireworksai.h"
#include "inference/services/googlevertexai/googlevertexai.h"
#include "inference/services/hugging_face/hugging_face.h"
#include "inference/services/jinaai/jinaai.h"
#include "inference/services/mistral/mistral.h"
#include "inference/services/mixedbread/mixedbread.h"
#include "inference/services/nvidia/nvidia.h"
#include "inference/services/openai/openai.h"
#include "inference/services/openshift_ai/openshift_ai.h"
#include "inference/services/remote/vendor_service.h"
#include "inference/services/service.h"
#include "inference/services/test_services/test_services.h"
#include "inference/services/voyageai/voyageai.h"
#include "inference/services/watsonxai/watsonxai.h"

namespace selene::inference {
namespace {

const ElasticsearchService kElasticsearch("elasticsearch");
const ElasticsearchService kElser("elser");
const VendorService kAlibabaCloud(kAlibabaCloudVendor);
const VendorService kAzureAiStudio(kAzureAiStudioVendor);
const VendorService kAzureOpenAi(kAzureOpenAiVendor);
const VendorService kCohere(kCohereVendor);
const VendorService kContextualAi(kContextualAiVendor);
const VendorService kCustom(kCustomVendor);
const VendorService kFireworksAi(kFireworksAiVendor);
const VendorService kGoogleVertexAi(kGoogleVertexAiVendor);
const VendorService kHuggingFace(kHuggingFaceVendor);
const VendorService kJinaAi(kJinaAiVendor);
const VendorService kMistral(kMistralVendor);
const VendorService kMixedbread(kMixedbreadVendor);
const VendorService kNvidia(kNvidiaVendor);
const VendorService kOpenAi(kOpenAiVendor);
const VendorService kOpenShiftAi(kOpenShiftAiVendor);
const VendorService kVoyageAi(kVoyageAiVendor);
const VendorService kWatsonx(kWatsonxVendor);

// Sorted by name.
constexpr std::array<const Service*, 19> kServices = {
    &kAlibabaCloud, &kAzureAiStudio, &kAzureOpenAi,    &kCohere,      &kContextualAi, &kCustom,  &kElasticsearch,
    &kElser,        &kFireworksAi,   &kGoogleVertexAi, &kHuggingFace, &kJinaAi,       &kMistral, &kMixedbread,
    &kNvidia,       &kOpenAi,        &kOpenShiftAi,    &kVoyageAi,    &kWatsonx};

constexpr std::array<PreconfiguredEndpoint, 3> kPreconfigured = {{
    {".elser-2-elasticsearch", TaskType::kSparseEmbedding, "elasticsearch",
     R"({"model_id":".elser_model_2","num_threads":1,"adaptive_allocations":{"enabled":true,"min_number_of_allocations":0,"max_number_of_allocations":32}})"},
    {".multilingual-e5-small-elasticsearch", TaskType::kTextEmbedding, "elasticsearch",
     R"({"model_id":".multilingual-e5-small","num_threads":1,"adaptive_allocations":{"enabled":true,"min_number_of_allocations":0,"max_number_of_allocations":32}})"},
    {".rerank-v1-elasticsearch", TaskType::kRerank, "elasticsearch",
     R"({"model_id":".rerank-v1","num_threads":1,"adaptive_allocations":{"enabled":true,"min_number_of_allocations":0,"max_number_of_allocations":32}})"},
}};

}  // namespace

std::span<const Service* const> all_services() { return kServices; }

const Service* find_service(std::string_view name, TestServices tests) {
  const auto search = [&](std::span<const Service* const> services) -> const Service* {
    for (const Service* service : services) {
      if (service->name() == name) return service;
    }
    return nullptr;
  };
  const Service* found = search(kServices);
  return found == nullptr && tests == TestServices::kKnown ? search(test_services()) : found;
}

std::span<const PreconfiguredEndpoint> preconfigured_endpoints() { return kPreconfigured; }

}  // namespace selene::inference
