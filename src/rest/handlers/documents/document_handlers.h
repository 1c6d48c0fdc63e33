#pragma once

#include "rest/handlers/services.h"

namespace selene::rest {

/// PUT|POST /{index}/_doc/{id}, POST /{index}/_doc.
base::Result<RestResponse> index_document(const Services& services, const RestRequest& request);
/// PUT|POST /{index}/_create/{id}.
base::Result<RestResponse> create_document(const Services& services, const RestRequest& request);
/// POST /{index}/_update/{id}.
base::Result<RestResponse> update_document(const Services& services, const RestRequest& request);
/// DELETE /{index}/_doc/{id}.
base::Result<RestResponse> delete_document(const Services& services, const RestRequest& request);
/// GET|HEAD /{index}/_doc/{id}.
base::Result<RestResponse> get_document(const Services& services, const RestRequest& request);
/// GET|HEAD /{index}/_source/{id}.
base::Result<RestResponse> get_document_source(const Services& services, const RestRequest& request);
/// GET|POST /_mget, /{index}/_mget.
base::Result<RestResponse> multi_get(const Services& services, const RestRequest& request);
/// PUT|POST /_bulk, /{index}/_bulk.
base::Result<RestResponse> bulk(const Services& services, const RestRequest& request);

// by_query_handlers.cpp
base::Result<RestResponse> update_by_query(const Services& services,
                                           const RestRequest& request);  ///< POST /{index}/_update_by_query
base::Result<RestResponse> delete_by_query(const Services& services,
                                           const RestRequest& request);                    ///< POST /{index}/_delete_by_query
base::Result<RestResponse> reindex(const Services& services, const RestRequest& request);  ///< POST /_reindex

}  // namespace selene::rest
