#pragma once

#include "rest/handlers/services.h"

namespace selene::rest {

// index_handlers.cpp
base::Result<RestResponse> create_index(const Services& services, const RestRequest& request);  ///< PUT /{index}
base::Result<RestResponse> get_index(const Services& services, const RestRequest& request);     ///< GET|HEAD /{index}
base::Result<RestResponse> delete_index(const Services& services, const RestRequest& request);  ///< DELETE /{index}
/// GET /_data_stream[/{name}]: there are none. 404 for a name, an empty list else.
base::Result<RestResponse> get_data_stream(const Services& services, const RestRequest& request);

// mapping_handlers.cpp
base::Result<RestResponse> get_mapping(const Services& services, const RestRequest& request);  ///< GET [/{index}]/_mapping
base::Result<RestResponse> put_mapping(const Services& services, const RestRequest& request);  ///< PUT|POST /{index}/_mapping
base::Result<RestResponse> get_field_mapping(const Services& services,
                                             const RestRequest& request);  ///< GET /{index}/_mapping/field/{fields}

// settings_handlers.cpp
base::Result<RestResponse> get_settings(const Services& services,
                                        const RestRequest& request);  ///< GET [/{index}]/_settings[/{name}]
base::Result<RestResponse> put_settings(const Services& services, const RestRequest& request);  ///< PUT [/{index}]/_settings

// maintenance_handlers.cpp
base::Result<RestResponse> refresh(const Services& services, const RestRequest& request);
base::Result<RestResponse> flush(const Services& services, const RestRequest& request);
base::Result<RestResponse> force_merge(const Services& services, const RestRequest& request);
base::Result<RestResponse> clear_cache(const Services& services, const RestRequest& request);

// alias_handlers.cpp
base::Result<RestResponse> update_aliases(const Services& services, const RestRequest& request);  ///< POST /_aliases
base::Result<RestResponse> put_alias(const Services& services, const RestRequest& request);     ///< PUT|POST /{index}/_alias/{name}
base::Result<RestResponse> delete_alias(const Services& services, const RestRequest& request);  ///< DELETE /{index}/_alias/{name}
base::Result<RestResponse> get_alias(const Services& services,
                                     const RestRequest& request);  ///< GET|HEAD [/{index}]/_alias[/{name}]

// analyze_handler.cpp
base::Result<RestResponse> analyze(const Services& services, const RestRequest& request);  ///< GET|POST [/{index}]/_analyze

}  // namespace selene::rest
