#pragma once

#include <set>

#include "rest/handlers/services.h"

namespace selene::rest {

/// PUT /_ml/trained_models/{id}
base::Result<RestResponse> put_trained_model(const Services& services, const RestRequest& request);
/// GET /_ml/trained_models[/{id}]
base::Result<RestResponse> get_trained_models(const Services& services, const RestRequest& request);
base::Result<RestResponse> delete_trained_model(const Services& services, const RestRequest& request);
/// PUT /_ml/trained_models/{id}/definition/{part}
base::Result<RestResponse> put_definition_part(const Services& services, const RestRequest& request);
/// PUT /_ml/trained_models/{id}/vocabulary
base::Result<RestResponse> put_vocabulary(const Services& services, const RestRequest& request);
/// PUT, DELETE /_ml/trained_models/{id}/model_aliases/{alias}
base::Result<RestResponse> put_model_alias(const Services& services, const RestRequest& request);
base::Result<RestResponse> delete_model_alias(const Services& services, const RestRequest& request);

/// POST /_ml/trained_models/{id}/deployment/_start, _update, _stop
base::Result<RestResponse> start_deployment(const Services& services, const RestRequest& request);
base::Result<RestResponse> update_deployment(const Services& services, const RestRequest& request);
base::Result<RestResponse> stop_deployment(const Services& services, const RestRequest& request);
/// POST /_ml/trained_models/{id}/deployment/cache/_clear
base::Result<RestResponse> clear_deployment_cache(const Services& services, const RestRequest& request);
/// GET /_ml/trained_models[/{id}]/_stats
base::Result<RestResponse> trained_model_stats(const Services& services, const RestRequest& request);
/// POST /_ml/trained_models/{id}/_infer
base::Result<RestResponse> infer_trained_model(const Services& services, const RestRequest& request);
/// GET /_ml/info
base::Result<RestResponse> ml_info(const Services& services, const RestRequest& request);

/// Whether an inference endpoint's service_settings have `field` with this value: `model_id`, `deployment_id`.
bool endpoint_names(const Services& services, std::string_view field, std::string_view value);
/// Ingest pipelines whose processors name the model, one of its aliases or one of its deployments.
std::set<std::string> pipelines_using_model(const Services& services, std::string_view model_id);

}  // namespace selene::rest
