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

// state_handlers.cpp
base::Result<RestResponse> open_index(const Services& services, const RestRequest& request);   ///< POST /{index}/_open
base::Result<RestResponse> close_index(const Services& services, const RestRequest& request);  ///< POST /{index}/_close
base::Result<RestResponse> add_block(const Services& services, const RestRequest& request);    ///< PUT /{index}/_block/{block}

// stats_handlers.cpp
base::Result<RestResponse> index_stats(const Services& services, const RestRequest& request);  ///< GET [/{index}]/_stats[/{metric}]
base::Result<RestResponse> index_segments(const Services& services, const RestRequest& request);  ///< GET [/{index}]/_segments
base::Result<RestResponse> index_recovery(const Services& services, const RestRequest& request);  ///< GET [/{index}]/_recovery
base::Result<RestResponse> resolve_index(const Services& services, const RestRequest& request);   ///< GET /_resolve/index/{name}

// resize_handlers.cpp
base::Result<RestResponse> clone_index(const Services& services,
                                       const RestRequest& request);  ///< PUT|POST /{index}/_clone/{target}
base::Result<RestResponse> split_index(const Services& services,
                                       const RestRequest& request);  ///< PUT|POST /{index}/_split/{target}
base::Result<RestResponse> shrink_index(const Services& services,
                                        const RestRequest& request);  ///< PUT|POST /{index}/_shrink/{target}
base::Result<RestResponse> rollover(const Services& services,
                                    const RestRequest& request);  ///< POST /{alias}/_rollover[/{new_index}]

// template_handlers.cpp
base::Result<RestResponse> put_index_template(const Services& services, const RestRequest& request);
base::Result<RestResponse> get_index_template(const Services& services, const RestRequest& request);
base::Result<RestResponse> delete_index_template(const Services& services, const RestRequest& request);
base::Result<RestResponse> put_component_template(const Services& services, const RestRequest& request);
base::Result<RestResponse> get_component_template(const Services& services, const RestRequest& request);
base::Result<RestResponse> delete_component_template(const Services& services, const RestRequest& request);
/// POST /_index_template/_simulate_index/{name}: what an index of that name would get.
base::Result<RestResponse> simulate_index(const Services& services, const RestRequest& request);
/// POST /_index_template/_simulate[/{name}]: what a template, or the body as one, gives.
base::Result<RestResponse> simulate_template(const Services& services, const RestRequest& request);
/// GET|HEAD /_template[/{name}]: there are none of the old kind.
base::Result<RestResponse> get_legacy_template(const Services& services, const RestRequest& request);

// analyze_handler.cpp
base::Result<RestResponse> analyze(const Services& services, const RestRequest& request);  ///< GET|POST [/{index}]/_analyze

}  // namespace selene::rest
