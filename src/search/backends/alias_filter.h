#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/json/json_document.h"
#include "base/result.h"
#include "index/catalog/catalog.h"
#include "search/query/query.h"

namespace selene::search {

/// The filters of the aliases by which a request reaches an index; a document must match one of them. Immutable, thread-safe.
class AliasFilter {
 public:
  /// What `expression` (the path part of a request) means for `index`; null: all documents. Errors: those of parse_query.
  static base::Result<std::shared_ptr<const AliasFilter>> find(const index::Catalog& catalog, std::string_view expression,
                                                               const index::Index& index);
  const std::vector<QueryPtr>& any_of() const { return queries_; }

 private:
  std::vector<std::string> texts_;
  std::vector<base::JsonDocument> documents_;  ///< of texts_; queries_ look into them
  std::vector<QueryPtr> queries_;
};

}  // namespace selene::search
