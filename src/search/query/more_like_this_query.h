#pragma once

#include <set>

#include "search/query/query.h"

namespace selene::search {

/// Documents that share the most telling terms of texts or documents: {"more_like_this": {"fields", "like", "unlike",
/// "max_query_terms", "min_term_freq", "min_doc_freq", ...}}. Source: Lucene's MoreLikeThis: terms by frequency times
/// ln((N + 1) / (df + 1)) + 1, the best `max_query_terms` of each field, as a bool with minimum_should_match.
class MoreLikeThisQuery final : public Query {
 public:
  static base::Result<QueryPtr> parse(QueryParser& parser, base::JsonValue body);
  base::Result<WeightPtr> weight(const BindContext& context, ScoreMode mode, float parent_boost) const override;

 private:
  struct Item {
    base::JsonValue text;      ///< a plain text
    base::JsonValue document;  ///< an artificial document
    std::string index;
    std::string id;
  };
  struct Texts;
  base::Status read_key(const QueryParser& parser, base::JsonMember member);
  static base::Status read_items(const QueryParser& parser, base::JsonValue list, std::vector<Item>& items);
  base::Result<Texts> texts_of(const BindContext& context, const std::vector<Item>& items) const;
  bool usable(const std::string& term) const;

  std::vector<std::string> fields_;
  std::vector<Item> like_;
  std::vector<Item> unlike_;
  std::set<std::string, std::less<>> stop_words_;
  int32_t max_query_terms_ = 25;
  int32_t min_term_freq_ = 2;
  int32_t min_doc_freq_ = 5;
  int64_t max_doc_freq_ = INT32_MAX;
  int32_t min_word_length_ = 0;
  int32_t max_word_length_ = 0;
  std::string_view analyzer_;
  std::string minimum_should_match_ = "30%";
  float boost_terms_ = 0;
  bool include_ = false;
  bool fail_on_unsupported_field_ = true;
};

}  // namespace selene::search
