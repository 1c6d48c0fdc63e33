#pragma once

#include "base/json/json_document.h"
#include "base/result.h"
#include "index/mapping/mapping_tree.h"

namespace selene::index {

/// Reads {"properties": ..., "dynamic": ..., ...}. Errors: kMapperParsing `Failed to parse mapping: ...` with its cause.
base::Result<RootDefinition> parse_mapping(base::JsonValue mappings, const AnalyzerRegistry& analyzers,
                                           const Similarities& similarities);

}  // namespace selene::index
