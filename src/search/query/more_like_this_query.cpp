#include "search/query/more_like_this_query.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/format.h"
#include "base/unicode.h"
#include "search/exec/boolean_weight.h"
#include "search/exec/statistics.h"
#include "search/query/field_weights.h"
#include "search/query/match_weights.h"
#include "search/query/minimum_should_match.h"
#include "search/query/parse_support.h"

namespace selene::search {

using base::Error;
using base::ErrorCode;
using base::JsonMember;
using base::JsonValue;
using base::Result;

namespace {

/// The texts at a path of a document, arrays flattened.
void collect_texts(JsonValue value, std::string_view path, std::vector<std::string>& texts) {
  if (value.is_array()) {
    for (const JsonValue element : value.as_array()) collect_texts(element, path, texts);
  } else if (path.empty()) {
    if (value.exists() && !value.is_null() && !value.is_object()) texts.push_back(scalar_text(value));
  } else if (value.is_object()) {
    for (const auto& [key, member] : value.as_object()) {
      if (key == path)
        collect_texts(member, {}, texts);
      else if (path.size() > key.size() + 1 && path.starts_with(key) && path[key.size()] == '.')
        collect_texts(member, path.substr(key.size() + 1), texts);
    }
  }
}

/// A multi-field reads its parent's values.
std::string path_of(const index::Mapping& mapping, const index::MappedField& field) {
  const size_t dot = field.name.rfind('.');
  const index::MappedField* const parent = dot == std::string::npos ? nullptr : mapping.find(field.name.substr(0, dot));
  return parent == nullptr ? field.name : parent->name;
}

}  // namespace

/// Plain texts for every field, and documents.
struct MoreLikeThisQuery::Texts {
  std::vector<std::string> plain;
  std::vector<base::JsonDocument> documents;
  std::vector<JsonValue> artificial;

  std::vector<std::string> of(const index::Mapping& mapping, const index::MappedField& field) const {
    std::vector<std::string> texts = plain;
    const std::string path = path_of(mapping, field);
    for (const base::JsonDocument& document : documents) collect_texts(document.root(), path, texts);
    for (const JsonValue document : artificial) collect_texts(document, path, texts);
    return texts;
  }
};

base::Status MoreLikeThisQuery::read_items(const QueryParser& parser, JsonValue list, std::vector<Item>& items) {
  if (list.is_array()) {
    for (const JsonValue element : list.as_array()) RETURN_IF_ERROR(read_items(parser, element, items));
    return {};
  }
  Item item;
  if (list.is_string()) {
    item.text = list;
  } else if (list.is_object()) {
    for (const auto& [key, value] : list.as_object()) {
      if (key == "_index")
        item.index = scalar_text(value);
      else if (key == "_id")
        item.id = scalar_text(value);
      else if (key == "doc" && value.is_object())
        item.document = value;
      else if (key != "routing" && key != "fields")
        return Error(ErrorCode::kParse, "failed to parse More Like This item. unknown field [{}]", key);
    }
    if (item.id.empty() == !item.document.exists())
      return Error(ErrorCode::kParse, "failed to parse More Like This item. either [_id] or [doc] can be specified, but not both!");
  } else {
    return Error(ErrorCode::kIllegalArgument, "Content of 'like' parameter should either be a string or an object");
  }
  items.push_back(std::move(item));
  return {};
}

base::Status MoreLikeThisQuery::read_key(const QueryParser& parser, JsonMember member) {
  ASSIGN_OR_RETURN(const bool common, read_common(*this, member));
  if (common) return {};
  const auto [key, value] = member;
  const std::pair<std::string_view, int32_t*> numbers[] = {
      {"max_query_terms", &max_query_terms_}, {"min_term_freq", &min_term_freq_},     {"min_doc_freq", &min_doc_freq_},
      {"min_word_length", &min_word_length_}, {"max_word_length", &max_word_length_},
  };
  for (const auto& [number_key, number] : numbers) {
    if (number_key != key) continue;
    ASSIGN_OR_RETURN(*number, read_int(value, key));
    return {};
  }
  if (key == "fields" && value.is_array()) {
    for (const JsonValue field : value.as_array()) fields_.push_back(scalar_text(field));
  } else if (key == "like") {
    RETURN_IF_ERROR(read_items(parser, value, like_));
  } else if (key == "unlike") {
    RETURN_IF_ERROR(read_items(parser, value, unlike_));
  } else if (key == "stop_words" && value.is_array()) {
    for (const JsonValue word : value.as_array()) stop_words_.insert(scalar_text(word));
  } else if (key == "max_doc_freq") {
    ASSIGN_OR_RETURN(max_doc_freq_, read_long(value, key));
  } else if (key == "analyzer" && value.is_string()) {
    analyzer_ = value.as_string();
  } else if (key == "minimum_should_match" && !value.is_object() && !value.is_array()) {
    minimum_should_match_ = scalar_text(value);
  } else if (key == "boost_terms") {
    ASSIGN_OR_RETURN(boost_terms_, read_float(value, key));
  } else if (key == "include") {
    ASSIGN_OR_RETURN(include_, read_bool(value, key));
  } else if (key == "fail_on_unsupported_field") {
    ASSIGN_OR_RETURN(fail_on_unsupported_field_, read_bool(value, key));
  } else {
    return unsupported_key(parser, "mlt", member);
  }
  return {};
}

Result<QueryPtr> MoreLikeThisQuery::parse(QueryParser& parser, JsonValue body) {
  auto query = std::make_unique<MoreLikeThisQuery>();
  for (const JsonMember member : body.as_object()) RETURN_IF_ERROR(query->read_key(parser, member));
  if (query->like_.empty()) return parsing_error(parser, body, "more_like_this requires 'like' to be specified");
  if (query->max_query_terms_ <= 0) return Error(ErrorCode::kIllegalArgument, "requires 'maxQueryTerms' to be greater than 0");
  return query;
}

Result<MoreLikeThisQuery::Texts> MoreLikeThisQuery::texts_of(const BindContext& context, const std::vector<Item>& items) const {
  Texts texts;
  for (const Item& item : items) {
    if (item.text.exists()) {
      texts.plain.emplace_back(item.text.as_string());
    } else if (item.document.exists()) {
      texts.artificial.push_back(item.document);
    } else {
      if (context.lookup == nullptr) return Error(ErrorCode::kIllegalArgument, "[more_like_this] cannot read documents here");
      const std::string& index = item.index.empty() ? context.snapshot.index_name() : item.index;
      ASSIGN_OR_RETURN(const auto source, (*context.lookup)(index, item.id));
      if (!source) continue;
      ASSIGN_OR_RETURN(base::JsonDocument document, base::JsonDocument::parse(*source));
      texts.documents.push_back(std::move(document));
    }
  }
  return texts;
}

bool MoreLikeThisQuery::usable(const std::string& term) const {
  const auto length = static_cast<int32_t>(base::utf16_length(term));
  if (min_word_length_ > 0 && length < min_word_length_) return false;
  if (max_word_length_ > 0 && length > max_word_length_) return false;
  return !stop_words_.contains(term);
}

Result<WeightPtr> MoreLikeThisQuery::weight(const BindContext& context, ScoreMode mode, float parent_boost) const {
  std::vector<const index::MappedField*> fields;
  for (const std::string& pattern : fields_.empty() ? std::vector<std::string>{"*"} : fields_) {
    for (const index::MappedField* field : context.mapping().match(pattern)) {
      const bool takes = field->type == index::FieldType::kText || field->type == index::FieldType::kKeyword;
      if (takes && field->index) fields.push_back(field);
      if (!takes && !fields_.empty() && fail_on_unsupported_field_)
        return Error(ErrorCode::kIllegalArgument, "more_like_this only supports text/keyword fields: [{}]", field->name);
    }
  }
  ASSIGN_OR_RETURN(const Texts like, texts_of(context, like_));
  ASSIGN_OR_RETURN(const Texts unlike, texts_of(context, unlike_));
  const float total_boost = parent_boost * boost;
  const auto num_docs = static_cast<double>(context.snapshot.num_docs() + context.snapshot.num_deleted_docs());
  BooleanWeight::Clauses clauses;
  for (const index::MappedField* field : fields) {
    std::map<std::string, int32_t> freqs;
    for (const std::string& text : like.of(context.mapping(), *field)) {
      ASSIGN_OR_RETURN(const auto terms, analyse_query(context, *field, text, analyzer_, MatchKind::kBoolean));
      for (const AnalysedTerm& term : terms) ++freqs[term.text];
    }
    for (const std::string& text : unlike.of(context.mapping(), *field)) {
      ASSIGN_OR_RETURN(const auto terms, analyse_query(context, *field, text, analyzer_, MatchKind::kBoolean));
      for (const AnalysedTerm& term : terms) freqs.erase(term.text);
    }
    std::vector<std::pair<double, std::string>> scored;
    for (const auto& [term, freq] : freqs) {
      if (freq < min_term_freq_ || !usable(term)) continue;
      const int64_t doc_freq = term_statistics(context.snapshot, field->name, term).doc_freq;
      if (doc_freq == 0 || doc_freq < min_doc_freq_ || doc_freq > max_doc_freq_) continue;
      scored.emplace_back(freq * (std::log((num_docs + 1) / static_cast<double>(doc_freq + 1)) + 1), term);
    }
    std::sort(scored.begin(), scored.end(), std::greater<>());
    if (scored.size() > static_cast<size_t>(max_query_terms_)) scored.resize(static_cast<size_t>(max_query_terms_));
    for (const auto& [score, term] : scored) {
      const float term_boost =
          boost_terms_ > 0 ? total_boost * boost_terms_ * static_cast<float>(score / scored.front().first) : total_boost;
      clauses.should.push_back(text_term_weight(context, *field, term, term_boost));
    }
  }
  if (clauses.should.empty()) return std::make_unique<MatchNoneWeight>();
  const auto num_should = static_cast<int32_t>(clauses.should.size());
  BooleanWeight::Clauses terms;
  terms.should = std::move(clauses.should);
  ASSIGN_OR_RETURN(terms.min_should_match, minimum_should_match(num_should, minimum_should_match_));
  if (terms.min_should_match > num_should) return std::make_unique<MatchNoneWeight>();
  WeightPtr found = std::make_unique<BooleanWeight>(std::move(terms), mode);
  std::vector<std::string> ids;
  for (const Item& item : like_) {
    if (!item.id.empty() && (item.index.empty() || item.index == context.snapshot.index_name())) ids.push_back(item.id);
  }
  if (include_ || ids.empty()) return found;
  BooleanWeight::Clauses others;
  others.must.push_back(std::move(found));
  others.must_not.push_back(ids_weight(std::move(ids), 0));
  return std::make_unique<BooleanWeight>(std::move(others), mode);
}

}  // namespace selene::search
