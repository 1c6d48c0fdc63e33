#include "search/retrievers/standard_retriever.h"

#include "search/sort/sort_request.h"

namespace selene::search {

base::Result<std::unique_ptr<Retriever>> StandardRetriever::parse(const base::JsonDocument& document, base::JsonValue body,
                                                                  int32_t depth) {
  const RetrieverParser parser{document, "standard", {"query", "search_after", "terminate_after", "sort", "collapse"}, depth};
  auto retriever = std::make_unique<StandardRetriever>();
  for (const base::JsonMember member : body.as_object()) {
    ASSIGN_OR_RETURN(const bool known, parser.read_base(member, retriever->base_));
    if (known) continue;
    if (member.key == "query") {
      if (!member.value.is_object()) return parser.wrong_type(member);
      RETURN_IF_ERROR(parser.check_query(member));
      retriever->query_ = member.value;
    } else if (member.key == "sort") {
      retriever->sort_ = member.value;
      base::Result<std::vector<SortField>> sort = parse_sort(&document, member.value);
      if (!sort.has_value()) return parser.failed_field(member, std::move(sort).error());
    } else if (member.key == "search_after") {
      if (!member.value.is_array()) return parser.wrong_type(member);
      retriever->search_after_ = member.value;
    } else if (member.key == "terminate_after") {
      ASSIGN_OR_RETURN(retriever->terminate_after_, parser.read_count(member));
      if (retriever->terminate_after_ < 0) return base::Error(base::ErrorCode::kIllegalArgument, "terminateAfter must be > 0");
    } else if (member.key == "collapse") {
      if (!member.value.is_object()) return parser.wrong_type(member);
      if (const base::JsonValue field = member.value["field"]; !field.is_string() || field.as_string().empty())
        return parser.failed_field(member, base::Error(base::ErrorCode::kIllegalArgument, "no collapse field specified"));
      retriever->collapse_ = member.value;
    } else {
      return parser.unknown_field(member);
    }
  }
  return retriever;
}

void StandardRetriever::validate(RetrieverValidation& validation) const {
  if (validation.is_top) return;
  if (search_after_.exists()) validation.problems.emplace_back("[search_after] cannot be used in children of compound retrievers");
  if (terminate_after_ != 0)
    validation.problems.emplace_back("[terminate_after] cannot be used in children of compound retrievers");
}

SearchBackend::LeafQuery StandardRetriever::own_query() const {
  SearchBackend::LeafQuery leaf;
  leaf.query = query_;
  leaf.sort = sort_;
  if (collapse_.exists()) leaf.collapse_field = collapse_["field"].as_string();
  return leaf;
}

}  // namespace selene::search
