#pragma once

#include "rest/handlers/services.h"

namespace selene::rest {

/// The rerank endpoints of other servers, over this one's models, for clients that speak them. Unknown keys of a body are ignored,
/// as those servers do; errors have their shapes.

/// POST /rerank: text-embeddings-inference's for a body with `texts`, that of v1 for one with `documents`.
base::Result<RestResponse> rerank_unversioned(const Services& services, const RestRequest& request);
/// POST /v1/rerank: Cohere v1, Jina, vLLM, and Voyage (told by `top_k`): the union of their answers.
base::Result<RestResponse> rerank_v1(const Services& services, const RestRequest& request);
/// POST /v2/rerank: Cohere v2.
base::Result<RestResponse> rerank_v2(const Services& services, const RestRequest& request);
/// GET /info, GET /health: text-embeddings-inference's.
base::Result<RestResponse> rerank_info(const Services& services, const RestRequest& request);
base::Result<RestResponse> rerank_health(const Services& services, const RestRequest& request);

}  // namespace selene::rest
