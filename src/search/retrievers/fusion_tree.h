#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json/json_document.h"
#include "base/result.h"
#include "search/rerank/fusion.h"
#include "search/retrievers/generated_json.h"
#include "search/retrievers/retriever.h"
#include "search/retrievers/retriever_parser.h"

namespace selene::search {

/// One list that rrf or linear combine.
struct FusionChild {
  std::unique_ptr<Retriever> retriever;
  float weight = 1;
  std::optional<ScoreNormalizer> normalizer;  ///< linear; empty: not said
};

/// What rrf and linear have in common: their children, given as `retrievers` or found from `query` and `fields`.
struct FusionTree {
  RetrieverBase base;
  std::vector<FusionChild> children;
  int32_t rank_window_size = 10;
  std::optional<std::string_view> query;                  ///< of the simplified form
  std::optional<std::vector<std::string>> fields;         ///< with wildcards and ^boost; empty optional: index.query.default_field
  std::vector<std::unique_ptr<GeneratedJson>> generated;  ///< texts of children that resolve made

  std::vector<const Retriever*> retrievers() const;
};

/// Reads `retrievers`, `rank_window_size`, `query`, `fields` and the base keys. True if it was one of them. Entries of `retrievers`
/// are retrievers or {"retriever", "weight"}; with `normalizers` also {"normalizer"}, and always in that form.
enum class FusionEntries : uint8_t { kWeighted, kNormalized };
base::Result<bool> read_fusion_key(const RetrieverParser& parser, base::JsonMember member, FusionEntries entries, FusionTree& into);

/// `[rrf] must provide [retrievers] or [query]` and its kin, then the window rules.
void validate_fusion(const Retriever& node, const FusionTree& tree, RetrieverValidation& validation);

/// Makes the children of the simplified form (add_children_of) and resolves all children. `settings`: JSON members that an inner
/// node shares. Errors: those of add_children_of and of the children.
base::Status resolve_fusion(std::string_view type, std::string_view settings, const ResolveContext& context, FusionTree& tree);

base::Status prepare_fusion(const FusionTree& tree, RetrieveContext& context);
void collect_fusion_leaves(const FusionTree& tree, const std::vector<base::JsonValue>& pushed_filters,
                           std::vector<SearchBackend::LeafQuery>& leaves);
/// The explanation of child `i` for a document it found.
base::Result<Explanation> explain_fusion_child(const FusionTree& tree, size_t i, const ExplainContext& context, DocAddress doc);
/// `at index [0]`, or `at index [0] [name]`.
std::string child_label(const FusionTree& tree, size_t i);

}  // namespace selene::search
