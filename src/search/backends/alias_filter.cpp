#include "search/backends/alias_filter.h"

#include <utility>

namespace selene::search {

using base::Result;

Result<std::shared_ptr<const AliasFilter>> AliasFilter::find(const index::Catalog& catalog, std::string_view expression,
                                                             const index::Index& index) {
  std::vector<std::string> filters = catalog.alias_filters(expression, index.name);
  if (filters.empty()) return std::shared_ptr<const AliasFilter>();
  auto found = std::make_shared<AliasFilter>();
  found->texts_ = std::move(filters);
  for (const std::string& text : found->texts_) {
    ASSIGN_OR_RETURN(base::JsonDocument document, base::JsonDocument::parse(text));
    QueryParser parser{nullptr, 0};
    ASSIGN_OR_RETURN(QueryPtr query, parse_query(parser, document.root()));
    found->documents_.push_back(std::move(document));
    found->queries_.push_back(std::move(query));
  }
  return std::shared_ptr<const AliasFilter>(std::move(found));
}

}  // namespace selene::search
