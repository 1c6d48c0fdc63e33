#include "search/request/search_request.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/format.h"
#include "base/time_value.h"
#include "search/query/parse_support.h"
#include "search/request/knn_section.h"
#include "search/request/request_checks.h"
#include "search/retrievers/standard_retriever.h"

namespace selene::search {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonMember;
using base::JsonValue;
using base::Result;

constexpr int32_t kExactly = std::numeric_limits<int32_t>::max();

/// What one body key does with its value.
using KeyReader = base::Status (*)(SearchRequest& request, const base::JsonDocument* document, JsonMember member);

Error wrong_key(const base::JsonDocument* document, JsonMember member) {
  return parsing_error({document, 0}, member.value,
                       base::format("unknown key for a {} in [{}].", token_name(member.value), member.key));
}

/// A count given as text is named by that text alone.
Result<int32_t> count_of(JsonValue value, std::string_view name) {
  Result<int32_t> number = read_int(value, name);
  if (number.has_value() || !value.is_string()) return number;
  return Error(ErrorCode::kNumberFormat, "For input string: \"{}\"", value.as_string());
}

base::Status read_query(SearchRequest& request, const base::JsonDocument* document, JsonMember member) {
  if (member.key == "post_filter" && !member.value.is_object()) return wrong_key(document, member);
  if (member.value.is_null()) return {};
  QueryParser parser{document, 0};
  RETURN_IF_ERROR(parse_query(parser, member.value));
  (member.key == "query" ? request.query : request.post_filter) = member.value;
  return {};
}

base::Status read_knn(SearchRequest& request, const base::JsonDocument* document, JsonMember member) {
  ASSIGN_OR_RETURN(request.knn, parse_knn_section(document, member));
  return {};
}

base::Status read_retriever(SearchRequest& request, const base::JsonDocument* document, JsonMember member) {
  ASSIGN_OR_RETURN(request.retriever, parse_retriever(*document, member.value, 1));
  return {};
}

base::Status check_count(std::string_view name, int32_t value) {
  if (value >= 0) return {};
  if (name == "from") return Error(ErrorCode::kIllegalArgument, "[from] parameter cannot be negative but was [{}]", value);
  if (name == "terminate_after") return Error(ErrorCode::kIllegalArgument, "terminateAfter must be > 0");
  return Error(ErrorCode::kIllegalArgument, "[{}] parameter cannot be negative, found [{}]", name, value);
}

base::Status read_count(SearchRequest& request, const base::JsonDocument* document, JsonMember member) {
  if (!member.value.is_number() && !member.value.is_string()) return wrong_key(document, member);
  ASSIGN_OR_RETURN(const int32_t value, count_of(member.value, member.key));
  RETURN_IF_ERROR(check_count(member.key, value));
  if (member.key == "from") request.from = value;
  if (member.key == "size") request.size = value;
  if (member.key == "terminate_after") request.terminate_after = value;
  return {};
}

base::Status read_sort(SearchRequest& request, const base::JsonDocument* document, JsonMember member) {
  ASSIGN_OR_RETURN(request.sort, parse_sort(document, member.value));
  return {};
}

base::Status read_search_after(SearchRequest& request, const base::JsonDocument* document, JsonMember member) {
  if (!member.value.is_array()) return wrong_key(document, member);
  if (member.value.as_array().empty()) return Error(ErrorCode::kIllegalArgument, "Values must contains at least one value.");
  for (const JsonValue value : member.value.as_array()) {
    if (!value.is_array() && !value.is_object()) continue;
    return parsing_error(
        {document, 0}, value,
        base::format(
            "Expected [VALUE_STRING] or [VALUE_NUMBER] or [VALUE_BOOLEAN] or [VALUE_NULL] but found [{}] inside search_after.",
            token_name(value)));
  }
  request.search_after = member.value;
  return {};
}

base::Status read_source(SearchRequest& request, const base::JsonDocument* document, JsonMember member) {
  if (member.value.is_null()) return wrong_key(document, member);
  request.source_given = true;  // read with the URL's parameters, which win
  return {};
}

base::Status read_fields(SearchRequest& request, const base::JsonDocument* document, JsonMember member) {
  ASSIGN_OR_RETURN(auto fields, parse_field_requests(document, member.key, member.value));
  (member.key == "fields" ? request.fields : request.docvalue_fields) = std::move(fields);
  return {};
}

base::Status read_stored_fields(SearchRequest& request, const base::JsonDocument* document, JsonMember member) {
  if (member.value.is_string()) {
    request.stored_fields.emplace_back(member.value.as_string());
    return {};
  }
  if (!member.value.is_array()) {
    return parsing_error(
        {document, 0}, member.value,
        base::format("Expected [VALUE_STRING] or [START_ARRAY] in [stored_fields] but found [{}]", token_name(member.value)));
  }
  for (const JsonValue field : member.value.as_array()) request.stored_fields.push_back(scalar_text(field));
  if (request.stored_fields.empty()) request.stored_fields.emplace_back("");
  return {};
}

Result<int32_t> track_total_hits_of(int64_t number) {
  if (number == -1) return 0;
  if (number < 0)
    return Error(ErrorCode::kIllegalArgument, "[track_total_hits] parameter must be positive or equals to -1, got {}", number);
  return static_cast<int32_t>(std::min<int64_t>(number, kExactly));
}

base::Status read_track_total_hits(SearchRequest& request, const base::JsonDocument* document, JsonMember member) {
  if (!member.value.is_bool() && !member.value.is_number() && !member.value.is_string()) return wrong_key(document, member);
  if (member.value.is_bool() ||
      (member.value.is_string() && (member.value.as_string() == "true" || member.value.as_string() == "false"))) {
    ASSIGN_OR_RETURN(const bool exact, read_bool(member.value, member.key));
    request.track_total_hits = exact ? kExactly : 0;
    return {};
  }
  ASSIGN_OR_RETURN(const int32_t number, count_of(member.value, member.key));
  ASSIGN_OR_RETURN(request.track_total_hits, track_total_hits_of(number));
  return {};
}

base::Status read_flag(SearchRequest& request, const base::JsonDocument* document, JsonMember member) {
  if (!member.value.is_bool() && !member.value.is_string()) return wrong_key(document, member);
  ASSIGN_OR_RETURN(const bool value, read_bool(member.value, member.key));
  if (member.key == "track_scores") request.track_scores = value;
  if (member.key == "explain") request.explain = value;
  if (member.key == "version") request.version = value;
  if (member.key == "seq_no_primary_term") request.seq_no_primary_term = value;
  if (member.key == "profile") request.profile = value;
  return {};
}

base::Status read_min_score(SearchRequest& request, const base::JsonDocument* document, JsonMember member) {
  if (!member.value.is_number() && !member.value.is_string()) return wrong_key(document, member);
  ASSIGN_OR_RETURN(request.min_score, read_float(member.value, member.key));
  return {};
}

/// Empty for -1, "no limit".
Result<std::optional<std::chrono::milliseconds>> parse_timeout(std::string_view text) {
  ASSIGN_OR_RETURN(const int64_t ms, base::parse_time_value_ms(text, "timeout"));
  return ms < 0 ? std::nullopt : std::optional(std::chrono::milliseconds(ms));
}

base::Status read_timeout(SearchRequest& request, const base::JsonDocument* document, JsonMember member) {
  if (!member.value.is_number() && !member.value.is_string()) return wrong_key(document, member);
  ASSIGN_OR_RETURN(request.timeout, parse_timeout(scalar_text(member.value)));
  return {};
}

base::Status read_pit(SearchRequest& request, const base::JsonDocument* document, JsonMember member) {
  if (!member.value.is_object()) {
    return parsing_error({document, 0}, member.value, base::format("Unknown key for a {} in [pit].", token_name(member.value)));
  }
  PointInTime pit;
  for (const auto [key, value] : member.value.as_object()) {
    if (key == "id" && value.is_string()) {
      pit.id = std::string(value.as_string());
    } else if (key == "keep_alive" && value.is_string()) {
      ASSIGN_OR_RETURN(pit.keep_alive_ms, base::parse_time_value_ms(value.as_string(), "keep_alive"));
    } else {
      return x_content_error(document, value, base::format("[pit] unknown field [{}]", key));
    }
  }
  if (pit.id.empty()) return Error(ErrorCode::kIllegalArgument, "point in time id is not provided");
  request.pit = std::move(pit);
  return {};
}

base::Status read_slice(SearchRequest& request, const base::JsonDocument* document, JsonMember member) {
  if (!member.value.is_object()) return wrong_key(document, member);
  Slice slice{-1, -1};
  const auto failed = [&](JsonValue value, std::string_view key, std::string_view why) {
    return x_content_error(document, value, base::format("[slice] failed to parse field [{}]", key))
        .with_cause(Error(ErrorCode::kIllegalArgument, "{}", why));
  };
  for (const auto [key, value] : member.value.as_object()) {
    if (key == "field" && value.is_string()) continue;  // parts are told by document, whatever the field
    if (key != "id" && key != "max") return x_content_error(document, value, base::format("[slice] unknown field [{}]", key));
    ASSIGN_OR_RETURN(const int32_t number, read_int(value, key));
    if (key == "id" && number < 0) return failed(value, key, "id must be greater than or equal to 0");
    if (key == "max" && number <= 1) return failed(value, key, "max must be greater than 1");
    (key == "id" ? slice.id : slice.max) = number;
    if (slice.max >= 0 && slice.id >= slice.max) return failed(value, "max", "max must be greater than id");
  }
  if (slice.id < 0 || slice.max < 0) return Error(ErrorCode::kIllegalArgument, "Required [id, max]");
  constexpr int32_t kMaxSlices = 1024;
  if (slice.max > kMaxSlices) {
    return Error(ErrorCode::kIllegalArgument,
                 "The number of slices [{}] is too large. It must be less than [{}]. This limit can be set by changing the "
                 "[index.max_slices_per_scroll] index level setting.",
                 slice.max, kMaxSlices);
  }
  request.slice = slice;
  return {};
}

base::Status read_indices_boost(SearchRequest& request, const base::JsonDocument* document, JsonMember member) {
  const auto append = [&](JsonValue entries) -> base::Status {
    for (const auto [name, value] : entries.as_object()) {
      if (!value.is_number()) {
        return parsing_error({document, 0}, value,
                             base::format("Expected [VALUE_NUMBER] in [indices_boost] but found [{}]", token_name(value)));
      }
      ASSIGN_OR_RETURN(const float boost, read_float(value, name));
      request.indices_boost.emplace_back(name, boost);
    }
    return {};
  };
  if (member.value.is_object()) return append(member.value);
  if (!member.value.is_array()) return wrong_key(document, member);
  for (const JsonValue entry : member.value.as_array()) {
    if (!entry.is_object()) {
      return parsing_error({document, 0}, entry,
                           base::format("Expected [START_OBJECT] in [indices_boost] but found [{}]", token_name(entry)));
    }
    if (entry.as_object().size() > 1)
      return parsing_error({document, 0}, entry, "Expected [END_OBJECT] in [indices_boost] but found [FIELD_NAME]");
    RETURN_IF_ERROR(append(entry));
  }
  return {};
}

base::Status read_aggregations(SearchRequest& request, const base::JsonDocument* document, JsonMember member) {
  ASSIGN_OR_RETURN(request.aggregations, parse_aggregations(document, member));
  return {};
}

base::Status read_collapse(SearchRequest& request, const base::JsonDocument* document, JsonMember member) {
  ASSIGN_OR_RETURN(request.collapse, parse_collapse(document, member.value));
  return {};
}

base::Status read_highlight(SearchRequest& request, const base::JsonDocument* document, JsonMember member) {
  ASSIGN_OR_RETURN(request.highlight, parse_highlight(document, member.value));
  return {};
}

base::Status read_script_fields(SearchRequest& request, const base::JsonDocument* document, JsonMember member) {
  ASSIGN_OR_RETURN(request.script_fields, parse_script_fields(document, member.value));
  return {};
}

base::Status read_rescore(SearchRequest& request, const base::JsonDocument* document, JsonMember member) {
  ASSIGN_OR_RETURN(request.rescores, parse_rescore(document, member.value));
  return {};
}

base::Status read_stats(SearchRequest&, const base::JsonDocument* document, JsonMember member) {
  if (!member.value.is_array()) return wrong_key(document, member);
  for (const JsonValue group : member.value.as_array()) {
    if (!group.is_string())
      return parsing_error({document, 0}, group,
                           base::format("Expected [VALUE_STRING] in [stats] but found [{}]", token_name(group)));
  }
  return {};
}

/// Keys of plugins, of which there are none.
base::Status read_ext(SearchRequest&, const base::JsonDocument* document, JsonMember member) {
  if (!member.value.is_object()) return wrong_key(document, member);
  for (const JsonMember section : member.value.as_object())
    return Error(ErrorCode::kIllegalArgument, "unknown search ext [{}]", section.key);
  return {};
}

base::Status refuse(SearchRequest&, const base::JsonDocument*, JsonMember member) {
  return Error(ErrorCode::kIllegalArgument, "[{}] is not supported in the body of a search", member.key);
}

struct BodyKey {
  std::string_view name;
  KeyReader read;
};

/// Every body key, sorted.
constexpr BodyKey kBodyKeys[] = {
    {"_source", &read_source},
    {"aggregations", &read_aggregations},
    {"aggs", &read_aggregations},
    {"collapse", &read_collapse},
    {"docvalue_fields", &read_fields},
    {"explain", &read_flag},
    {"ext", &read_ext},
    {"fields", &read_fields},
    {"from", &read_count},
    {"highlight", &read_highlight},
    {"indices_boost", &read_indices_boost},
    {"knn", &read_knn},
    {"min_score", &read_min_score},
    {"pit", &read_pit},
    {"post_filter", &read_query},
    {"profile", &read_flag},
    {"query", &read_query},
    {"rank", &refuse},
    {"rescore", &read_rescore},
    {"retriever", &read_retriever},
    {"runtime_mappings", &refuse},
    {"script_fields", &read_script_fields},
    {"search_after", &read_search_after},
    {"seq_no_primary_term", &read_flag},
    {"size", &read_count},
    {"slice", &read_slice},
    {"sort", &read_sort},
    {"stats", &read_stats},
    {"stored_fields", &read_stored_fields},
    {"sub_searches", &refuse},
    {"suggest", &refuse},
    {"terminate_after", &read_count},
    {"timeout", &read_timeout},
    {"track_scores", &read_flag},
    {"track_total_hits", &read_track_total_hits},
    {"version", &read_flag},
};

/// `cannot specify [retriever] and [query, sort]`: found before any key is read, so that it is said whatever else is wrong with
/// them.
base::Status check_retriever_alone(JsonValue root) {
  if (!root["retriever"].exists()) return {};
  constexpr std::array<std::string_view, 7> kExcluded = {"query", "knn",  "search_after", "terminate_after",
                                                         "sort",  "rank", "rescore"};
  std::string given;
  for (const std::string_view key : kExcluded) {
    if (!root[key].exists()) continue;
    if (!given.empty()) given += ", ";
    given += key;
  }
  if (given.empty()) return {};
  return Error(ErrorCode::kActionRequestValidation, "Validation Failed: 1: cannot specify [retriever] and [{}];", given);
}

/// A tree that is one standard retriever is the plain search with its keys.
base::Status take_collapse(const base::JsonDocument& document, SearchRequest& request) {
  const auto* const standard = dynamic_cast<const StandardRetriever*>(request.retriever.get());
  if (standard == nullptr || !standard->collapse().exists()) return {};
  if (request.collapse)
    return Error(ErrorCode::kIllegalArgument, "[collapse] cannot be declared as a retriever value and as a global value");
  ASSIGN_OR_RETURN(request.collapse, parse_collapse(&document, standard->collapse()));
  return {};
}

base::Status read_body(const base::JsonDocument& document, SearchRequest& request) {
  const JsonValue root = document.root();
  if (!root.exists()) return {};
  if (!root.is_object()) {
    return parsing_error({&document, 0}, root, base::format("Expected [START_OBJECT] but found [{}]", token_name(root)));
  }
  RETURN_IF_ERROR(check_retriever_alone(root));
  for (const JsonMember member : root.as_object()) {
    const auto* const key = std::lower_bound(std::begin(kBodyKeys), std::end(kBodyKeys), member.key,
                                             [](const BodyKey& k, std::string_view name) { return k.name < name; });
    if (key == std::end(kBodyKeys) || key->name != member.key) return wrong_key(&document, member);
    RETURN_IF_ERROR(key->read(request, &document, member));
  }
  RETURN_IF_ERROR(take_collapse(document, request));
  return {};
}

Result<int32_t> url_int(std::string_view name, std::string_view text) {
  int32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size() && !text.empty()) return value;
  Error failure(ErrorCode::kIllegalArgument, "Failed to parse int parameter [{}] with value [{}]", name, text);
  return std::move(failure).with_cause(Error(ErrorCode::kNumberFormat, "For input string: \"{}\"", text));
}

Result<int32_t> url_count(std::string_view name, std::string_view text) {
  ASSIGN_OR_RETURN(const int32_t value, url_int(name, text));
  RETURN_IF_ERROR(check_count(name, value));
  return value;
}

Result<bool> url_bool(std::string_view text) {
  if (text.empty() || text == "true") return true;
  if (text == "false") return false;
  return Error(ErrorCode::kIllegalArgument, "Failed to parse value [{}] as only [true] or [false] are allowed.", text);
}

std::vector<FieldRequest> url_fields(std::string_view text) {
  std::vector<FieldRequest> fields;
  while (!text.empty()) {
    const size_t comma = text.find(',');
    fields.push_back({std::string(text.substr(0, comma)), "", false});
    text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
  }
  return fields;
}

base::Status read_parameter(const std::string& name, const std::string& value, SearchRequest& request) {
  if (name == "from") {
    ASSIGN_OR_RETURN(request.from, url_count(name, value));
  } else if (name == "size") {
    ASSIGN_OR_RETURN(request.size, url_count(name, value));
  } else if (name == "terminate_after") {
    ASSIGN_OR_RETURN(request.terminate_after, url_count(name, value));
  } else if (name == "sort") {
    ASSIGN_OR_RETURN(request.sort, parse_sort_parameter(value));
  } else if (name == "track_total_hits") {
    if (value == "true" || value == "false") {
      request.track_total_hits = value == "false" ? 0 : kExactly;
    } else {
      ASSIGN_OR_RETURN(const int32_t number, url_int(name, value));
      ASSIGN_OR_RETURN(request.track_total_hits, track_total_hits_of(number));
    }
  } else if (name == "track_scores") {
    ASSIGN_OR_RETURN(request.track_scores, url_bool(value));
  } else if (name == "explain") {
    ASSIGN_OR_RETURN(request.explain, url_bool(value));
  } else if (name == "version") {
    ASSIGN_OR_RETURN(request.version, url_bool(value));
  } else if (name == "seq_no_primary_term") {
    ASSIGN_OR_RETURN(request.seq_no_primary_term, url_bool(value));
  } else if (name == "rest_total_hits_as_int") {
    ASSIGN_OR_RETURN(request.rest_total_hits_as_int, url_bool(value));
  } else if (name == "allow_partial_search_results") {
    ASSIGN_OR_RETURN(request.allow_partial_search_results, url_bool(value));
  } else if (name == "timeout") {
    ASSIGN_OR_RETURN(request.timeout, parse_timeout(value));
  } else if (name == "typed_keys") {
    ASSIGN_OR_RETURN(const bool typed, url_bool(value));
    request.typed_keys = typed ? TypedKeys::kYes : TypedKeys::kNo;
  } else if (name == "docvalue_fields") {
    request.docvalue_fields = url_fields(value);
  } else if (name == "stored_fields") {
    for (FieldRequest& field : url_fields(value)) request.stored_fields.push_back(std::move(field.pattern));
  } else if (name == "scroll") {
    ASSIGN_OR_RETURN(request.scroll_keep_alive_ms, base::parse_time_value_ms(value, "scroll"));
  } else if (name == "search_type") {
    if (value != "query_then_fetch" && value != "dfs_query_then_fetch")
      return Error(ErrorCode::kIllegalArgument, "No search type for [{}]", value);
    request.statistics = value == "query_then_fetch" ? Statistics::kOfEachIndex : Statistics::kOfAllIndices;
  }
  return {};
}

}  // namespace

Result<SearchRequest> parse_search_request(const SearchCall& call) {
  SearchRequest request;
  request.warnings = call.warnings;
  JsonValue source;
  if (call.body != nullptr) {
    RETURN_IF_ERROR(read_body(*call.body, request));
    if (call.body->root().is_object()) source = call.body->root()["_source"];
  }
  for (const auto& [name, value] : call.parameters) {
    RETURN_IF_ERROR(read_parameter(name, value, request));
    request.source_given = request.source_given || name.starts_with("_source");
  }
  ASSIGN_OR_RETURN(request.source, SourceFilter::parse(source, call.parameters));
  ASSIGN_OR_RETURN(request.indices_options, parse_indices_options(call.parameters));
  RETURN_IF_ERROR(check_search_request(call, request));
  return request;
}

Result<index::IndicesOptions> parse_indices_options(const std::vector<std::pair<std::string, std::string>>& parameters) {
  index::IndicesOptions options;
  for (const auto& [name, value] : parameters) {
    if (name == "ignore_unavailable") {
      ASSIGN_OR_RETURN(options.ignore_unavailable, url_bool(value));
    } else if (name == "allow_no_indices") {
      ASSIGN_OR_RETURN(options.allow_no_indices, url_bool(value));
    } else if (name == "expand_wildcards") {
      options.expand_open = options.expand_closed = options.expand_hidden = false;
      for (const FieldRequest& word : url_fields(value)) {
        if (word.pattern == "open" || word.pattern == "all") options.expand_open = true;
        if (word.pattern == "closed" || word.pattern == "all") options.expand_closed = true;
        if (word.pattern == "hidden" || word.pattern == "all") options.expand_hidden = true;
        constexpr std::array<std::string_view, 5> kWords = {"open", "closed", "hidden", "all", "none"};
        if (std::find(kWords.begin(), kWords.end(), word.pattern) == kWords.end()) {
          return Error(ErrorCode::kIllegalArgument, "No valid expand wildcard value [{}]", word.pattern);
        }
      }
    }
  }
  return options;
}

}  // namespace selene::search
