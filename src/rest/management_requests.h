#pragma once

#include <string_view>

namespace selene::rest {

/// Whether a request is one of those that look after a node and are answered from memory: health, `_cat`, `_cluster`, `_nodes`,
/// `_tasks`, `/metrics` and the like. They must not wait for searches and models (Elasticsearch's thread pool `management`). Those
/// that ask to wait for something (`wait_for_...`) are none.
bool is_management_request(std::string_view method, std::string_view target);

}  // namespace selene::rest
