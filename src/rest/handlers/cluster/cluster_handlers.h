#pragma once

#include "rest/handlers/services.h"

namespace selene::rest {

// cluster_handlers.cpp
base::Result<RestResponse> cluster_health(const Services& services,
                                          const RestRequest& request);  ///< GET /_cluster/health[/{index}]
base::Result<RestResponse> get_cluster_settings(const Services& services, const RestRequest& request);  ///< GET /_cluster/settings
base::Result<RestResponse> put_cluster_settings(const Services& services, const RestRequest& request);  ///< PUT /_cluster/settings

// node_handlers.cpp
base::Result<RestResponse> nodes_info(const Services& services, const RestRequest& request);   ///< GET /_nodes[/..]
base::Result<RestResponse> nodes_stats(const Services& services, const RestRequest& request);  ///< GET /_nodes[/..]/stats

// cat_index_handlers.cpp
base::Result<RestResponse> cat_indices(const Services& services, const RestRequest& request);
base::Result<RestResponse> cat_shards(const Services& services, const RestRequest& request);
base::Result<RestResponse> cat_count(const Services& services, const RestRequest& request);
base::Result<RestResponse> cat_aliases(const Services& services, const RestRequest& request);

// cat_node_handlers.cpp
base::Result<RestResponse> cat_help(const Services& services, const RestRequest& request);  ///< GET /_cat
base::Result<RestResponse> cat_health(const Services& services, const RestRequest& request);
base::Result<RestResponse> cat_nodes(const Services& services, const RestRequest& request);
base::Result<RestResponse> cat_master(const Services& services, const RestRequest& request);
base::Result<RestResponse> cat_plugins(const Services& services, const RestRequest& request);
base::Result<RestResponse> cat_templates(const Services& services, const RestRequest& request);

}  // namespace selene::rest
