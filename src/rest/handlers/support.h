#pragma once

#include <string>
#include <string_view>

#include "base/json/json_document.h"
#include "base/json/json_writer.h"
#include "base/result.h"
#include "index/catalog/active_shards.h"
#include "index/catalog/catalog.h"
#include "index/catalog/index_blocks.h"
#include "ingest/document_service.h"
#include "rest/comma_list.h"
#include "rest/rest_handler.h"

namespace selene::rest {

RestResponse json_response(std::string body, int status = 200);
/// {"acknowledged":true}
RestResponse acknowledged();
/// Status 200 or 404 without a body: HEAD.
RestResponse head_response(bool found);
RestResponse text_response(std::string body);
/// Adds a header `Warning: 299 Elasticsearch-9.5.0 "text"` (RFC 7234, 5.5), which clients show to people. What no header may hold
/// becomes a blank.
void add_warning(RestResponse& response, std::string_view text);

/// The parsed body. Errors: kParse `request body is required` if there is none; those of JsonDocument::parse.
base::Result<base::JsonDocument> required_body(const RestRequest& request);
/// An unparsed document (its root is a missing value) if there is no body.
base::Result<base::JsonDocument> optional_body(const RestRequest& request);

/// ASCII letters in upper case: how enumerations are named in errors.
std::string upper_case(std::string_view text);

/// Whether an expression means all indices or those of a pattern.
bool names_many(std::string_view expression);

/// `wait_for_active_shards`, 1 where it is not given. Errors: kIllegalArgument.
base::Result<index::ActiveShardCount> active_shard_count(const RestRequest& request);

/// What the {index} part of a call reaches where the request does not say.
enum class Reach : uint8_t {
  kOpen,      ///< patterns mean open indices; a closed one by name is an error: what reads or writes documents
  kMetadata,  ///< patterns mean open indices; a closed one by name is fine
  kAnyState,  ///< patterns mean closed indices too
  kHidden,    ///< and hidden ones
};
/// ignore_unavailable, allow_no_indices, expand_wildcards. Errors: kIllegalArgument.
base::Result<index::IndicesOptions> indices_options(const RestRequest& request, Reach reach = Reach::kOpen);
/// `refresh`: true, false, wait_for, "". Errors: kIllegalArgument `Unknown value for refresh: [x].`
base::Result<ingest::RefreshPolicy> refresh_policy(const RestRequest& request);
/// The indices of the {index} path part.
base::Result<std::vector<std::shared_ptr<index::Index>>> resolve_indices(index::Catalog& catalog, const RestRequest& request,
                                                                         Reach reach = Reach::kOpen);
/// kClusterBlock of the first index that has a block against it.
base::Status check_blocks(const std::vector<std::shared_ptr<index::Index>>& indices, index::BlockLevel level);
/// The one index a document call names: an index or an alias of one. Errors: kIndexNotFound, kIllegalArgument.
base::Result<std::shared_ptr<index::Index>> resolve_one(const index::Catalog& catalog, std::string_view name);
/// kIndexNotFound with all its metadata.
base::Error index_not_found(std::string_view name);

/// "_shards":{"total","successful","failed"} of a call that went to every copy of `indices`; copies on other nodes do not exist.
void write_shards(base::JsonWriter& out, const std::vector<std::shared_ptr<index::Index>>& indices);

}  // namespace selene::rest
