#include "search/sort/sort_request.h"

#include "base/format.h"
#include "search/query/parse_support.h"
#include "search/sort/nested_sort.h"
#include "search/sort/script_sort.h"
#include "search/sort/sort_options.h"

namespace selene::search {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;
using base::Result;

SortField named(std::string_view field) {
  SortField sort;
  sort.field = std::string(field);
  sort.descending = sort.is_score();
  return sort;
}

void read_missing(JsonValue value, SortField& sort) {
  if (value.is_string() && value.as_string() == "_last") {
    sort.missing = SortField::Missing::kLast;
  } else if (value.is_string() && value.as_string() == "_first") {
    sort.missing = SortField::Missing::kFirst;
  } else {
    sort.missing = SortField::Missing::kValue;
    sort.missing_value = value;
  }
}

base::Status read_numeric_type(const std::string& text, SortField& sort) {
  if (text != "long" && text != "double" && text != "date" && text != "date_nanos") {
    return Error(ErrorCode::kIllegalArgument, "invalid value for [numeric_type], must be [long, double, date, date_nanos], got {}",
                 text);
  }
  sort.numeric_type = text;
  return {};
}

/// `[field_sort] failed to parse field [mode]` around what is wrong with its value.
base::Status failed_key(const base::JsonDocument* document, base::JsonMember member, base::Status status) {
  if (status.has_value()) return status;
  return x_content_error(document, member.value, base::format("[field_sort] failed to parse field [{}]", member.key))
      .with_cause(std::move(status).error());
}

base::Status read_options(const base::JsonDocument* document, JsonValue options, SortField& sort) {
  const std::string_view kind = sort.is_score() ? "_score" : "field_sort";
  for (const base::JsonMember member : options.as_object()) {
    const auto [key, value] = member;
    if (key == "order") {
      RETURN_IF_ERROR(read_sort_order(scalar_text(value), sort));
    } else if (sort.is_score()) {
      return x_content_error(document, value, base::format("[{}] unknown field [{}]", kind, key));
    } else if (key == "mode") {
      RETURN_IF_ERROR(failed_key(document, member, read_sort_mode(scalar_text(value), sort)));
    } else if (key == "missing") {
      read_missing(value, sort);
    } else if (key == "unmapped_type" && value.is_string()) {
      sort.unmapped_type = std::string(value.as_string());
    } else if (key == "format" && value.is_string()) {
      sort.format = std::string(value.as_string());
    } else if (key == "nested") {
      Result<std::shared_ptr<const NestedSort>> nested = NestedSort::parse(document, value);
      if (!nested.has_value()) return failed_key(document, member, std::move(nested).error());
      sort.nested = *std::move(nested);
    } else if (key == "numeric_type") {
      RETURN_IF_ERROR(failed_key(document, member, read_numeric_type(scalar_text(value), sort)));
    } else if (key != "ignore_unmapped") {
      const std::string hint = did_you_mean(key, {"order", "mode", "missing", "unmapped_type", "format", "numeric_type", "nested"});
      return x_content_error(document, value, base::format("[{}] unknown field [{}]{}", kind, key, hint));
    }
  }
  return {};
}

base::Status append_key(const base::JsonDocument* document, JsonValue value, std::vector<SortField>& sort) {
  if (value.is_string()) {
    sort.push_back(named(value.as_string()));
    return {};
  }
  if (!value.is_object()) {
    return Error(ErrorCode::kIllegalArgument,
                 "malformed sort format, within the sort array, an object, or an actual string are allowed");
  }
  for (const auto [field, options] : value.as_object()) {
    if (field == "_script" && options.is_object()) {
      ASSIGN_OR_RETURN(SortField by_script, parse_script_sort(document, options));
      sort.push_back(std::move(by_script));
      continue;
    }
    SortField key = named(field);
    if (options.is_object()) {
      RETURN_IF_ERROR(read_options(document, options, key));
    } else {
      RETURN_IF_ERROR(read_sort_order(scalar_text(options), key));
    }
    sort.push_back(std::move(key));
  }
  return {};
}

}  // namespace

base::Status read_sort_order(std::string_view text, SortField& sort) {
  if (text == "asc" || text == "ASC") return sort.descending = false, base::Status();
  if (text == "desc" || text == "DESC") return sort.descending = true, base::Status();
  return Error(ErrorCode::kIllegalArgument, "Unknown SortOrder [{}]", text);
}

base::Status read_sort_mode(std::string_view text, SortField& sort) {
  constexpr std::pair<std::string_view, SortMode> kModes[] = {{"min", SortMode::kMin},
                                                              {"max", SortMode::kMax},
                                                              {"sum", SortMode::kSum},
                                                              {"avg", SortMode::kAvg},
                                                              {"median", SortMode::kMedian}};
  for (const auto& [name, mode] : kModes) {
    if (name == text) return sort.mode = mode, base::Status();
  }
  return Error(ErrorCode::kIllegalArgument, "Unknown SortMode [{}]", text);
}

Result<std::vector<SortField>> parse_sort(const base::JsonDocument* document, JsonValue value) {
  std::vector<SortField> sort;
  if (value.is_array()) {
    for (const JsonValue element : value.as_array()) RETURN_IF_ERROR(append_key(document, element, sort));
    return sort;
  }
  if (!value.is_string() && !value.is_object()) {
    return Error(ErrorCode::kIllegalArgument, "malformed sort format, either start with array, object, or an actual string");
  }
  RETURN_IF_ERROR(append_key(document, value, sort));
  return sort;
}

Result<std::vector<SortField>> parse_sort_parameter(std::string_view text) {
  std::vector<SortField> sort;
  while (!text.empty()) {
    const size_t comma = text.find(',');
    const std::string_view part = text.substr(0, comma);
    text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
    const size_t colon = part.rfind(':');
    SortField key = named(part.substr(0, colon));
    if (colon != std::string_view::npos) RETURN_IF_ERROR(read_sort_order(part.substr(colon + 1), key));
    sort.push_back(std::move(key));
  }
  return sort;
}

SortMode sort_mode_of(const SortField& sort) {
  if (sort.mode != SortMode::kDefault) return sort.mode;
  return sort.descending ? SortMode::kMax : SortMode::kMin;
}

bool is_score_order(const std::vector<SortField>& sort) {
  return sort.empty() || (sort.size() == 1 && sort.front().is_score() && sort.front().descending);
}

}  // namespace selene::search
