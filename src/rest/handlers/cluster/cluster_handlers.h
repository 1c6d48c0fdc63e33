#pragma once

#include <span>
#include <string_view>

#include "rest/handlers/services.h"

namespace selene::rest {

// node_handlers.cpp
std::span<const std::string_view> node_roles();
std::string_view host_of(const NodeInfo& node);  ///< its address without the port

// cluster_handlers.cpp
base::Result<RestResponse> cluster_health(const Services& services,
                                          const RestRequest& request);  ///< GET /_cluster/health[/{index}]
base::Result<RestResponse> get_cluster_settings(const Services& services, const RestRequest& request);  ///< GET /_cluster/settings
base::Result<RestResponse> put_cluster_settings(const Services& services, const RestRequest& request);  ///< PUT /_cluster/settings

// node_handlers.cpp
base::Result<RestResponse> nodes_info(const Services& services, const RestRequest& request);   ///< GET /_nodes[/..]
base::Result<RestResponse> nodes_stats(const Services& services, const RestRequest& request);  ///< GET /_nodes[/..]/stats

// task_handlers.cpp
base::Result<RestResponse> list_tasks(const Services& services, const RestRequest& request);  ///< GET /_tasks
base::Result<RestResponse> get_task(const Services& services, const RestRequest& request);    ///< GET /_tasks/{task_id}
base::Result<RestResponse> rethrottle_task(const Services& services, const RestRequest& request);
base::Result<RestResponse> cancel_tasks(const Services& services,
                                        const RestRequest& request);  ///< POST /_tasks/_cancel, /_tasks/{task_id}/_cancel

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

// cat_more_handlers.cpp
base::Result<RestResponse> cat_templates(const Services& services, const RestRequest& request);
base::Result<RestResponse> cat_component_templates(const Services& services, const RestRequest& request);
base::Result<RestResponse> cat_segments(const Services& services, const RestRequest& request);
base::Result<RestResponse> cat_recovery(const Services& services, const RestRequest& request);
base::Result<RestResponse> cat_allocation(const Services& services, const RestRequest& request);
base::Result<RestResponse> cat_tasks(const Services& services, const RestRequest& request);
base::Result<RestResponse> cat_pending_tasks(const Services& services, const RestRequest& request);
base::Result<RestResponse> cat_nodeattrs(const Services& services, const RestRequest& request);
base::Result<RestResponse> cat_fielddata(const Services& services, const RestRequest& request);
base::Result<RestResponse> cat_repositories(const Services& services, const RestRequest& request);

// state_handlers.cpp
base::Result<RestResponse> cluster_state(const Services& services,
                                         const RestRequest& request);  ///< GET /_cluster/state[/{metric}[/{index}]]
base::Result<RestResponse> cluster_stats(const Services& services, const RestRequest& request);          ///< GET /_cluster/stats
base::Result<RestResponse> cluster_pending_tasks(const Services& services, const RestRequest& request);  ///< always none
base::Result<RestResponse> features(const Services& services, const RestRequest& request);               ///< GET /_features
base::Result<RestResponse> remote_info(const Services& services, const RestRequest& request);            ///< GET /_remote/info

}  // namespace selene::rest
