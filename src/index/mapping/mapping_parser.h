#pragma once

#include "base/json/json_document.h"
#include "base/result.h"
#include "index/mapping/mapping_tree.h"

namespace selene::index {

/// Reads {"properties": ..., "dynamic": ..., ...}. `default_inference_id`: of semantic_text fields that name no endpoint. Errors:
/// kMapperParsing `Failed to parse mapping: ...` with its cause. `base`: the root object of the mapping that is to be changed,
/// whose flat objects stay so.
base::Result<RootDefinition> parse_mapping(base::JsonValue mappings, const AnalyzerRegistry& analyzers,
                                           const Similarities& similarities, std::string_view default_inference_id,
                                           const ObjectDefinition& base);

}  // namespace selene::index
