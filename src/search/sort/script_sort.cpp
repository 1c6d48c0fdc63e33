#include "search/sort/script_sort.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "index/mapping/document_parser.h"
#include "search/query/parse_support.h"
#include "search/script/script.h"
#include "search/script/script_operations.h"
#include "search/sort/sort_options.h"
#include "search/sort/sort_plan.h"

namespace selene::search {

using base::Error;
using base::ErrorCode;
using base::JsonValue;
using base::Result;

namespace {

base::Status read_type(std::string_view text, SortField& sort) {
  if (text != "number" && text != "string") return Error(ErrorCode::kIllegalArgument, "Unknown ScriptSortType [{}]", text);
  sort.script_type = text == "string" ? SortField::ScriptType::kText : SortField::ScriptType::kNumber;
  return {};
}

base::Status read_key(const base::JsonDocument* document, base::JsonMember member, SortField& sort) {
  const auto [key, value] = member;
  if (key == "order") return read_sort_order(scalar_text(value), sort);
  base::Status status;
  if (key == "type") {
    status = read_type(scalar_text(value), sort);
  } else if (key == "mode") {
    status = read_sort_mode(scalar_text(value), sort);
  } else if (key == "script") {
    ASSIGN_OR_RETURN(sort.script, Script::parse(value));
  } else if (key == "nested") {
    Result<std::shared_ptr<const NestedSort>> nested = NestedSort::parse(document, value);
    if (nested.has_value()) {
      sort.nested = *std::move(nested);
    } else {
      status = std::move(nested).error();
    }
  } else {
    const std::string hint = did_you_mean(key, {"type", "script", "order", "mode", "nested"});
    return x_content_error(document, value, base::format("[_script] unknown field [{}]{}", key, hint));
  }
  if (status.has_value()) return {};
  return x_content_error(document, value, base::format("[_script] failed to parse field [{}]", key))
      .with_cause(std::move(status).error());
}

/// REQUIRES: !values.empty().
double select(std::vector<double> values, SortMode mode) {
  std::ranges::sort(values);
  const size_t count = values.size();
  double sum = 0;
  for (const double value : values) sum += value;
  switch (mode) {
    case SortMode::kMax: return values.back();
    case SortMode::kSum: return sum;
    case SortMode::kAvg: return sum / static_cast<double>(count);
    case SortMode::kMedian: return count % 2 == 1 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
    default: return values.front();
  }
}

}  // namespace

Result<SortField> parse_script_sort(const base::JsonDocument* document, JsonValue options) {
  SortField sort;
  sort.field = "_script";
  sort.script_type = SortField::ScriptType::kUnsaid;
  for (const base::JsonMember member : options.as_object()) RETURN_IF_ERROR(read_key(document, member, sort));
  std::string required;
  if (sort.script == nullptr) required = "script";
  if (sort.script_type == SortField::ScriptType::kUnsaid) required += required.empty() ? "type" : ", type";
  if (!required.empty()) return Error(ErrorCode::kIllegalArgument, "Required [{}]", required);
  const bool one_of_many = sort.mode == SortMode::kDefault || sort.mode == SortMode::kMin || sort.mode == SortMode::kMax;
  if (sort.script_type == SortField::ScriptType::kText && !one_of_many) {
    const std::string mode = scalar_text(options["mode"]);
    return x_content_error(document, options["mode"], "[_script] failed to parse field [mode]")
        .with_cause(Error(ErrorCode::kIllegalArgument, "script sort of type [string] doesn't support mode [{}]", mode));
  }
  return sort;
}

void ScriptSortReader::set_segment(const SegmentContext& segment) {
  runner_ = std::make_unique<ScriptRunner>(*sort_.script, snapshot_.mapping(), segment.reader(), snapshot_.index_name());
}

double ScriptSortReader::number_of(DocId doc, float score) {
  Result<double> number = runner_->run_number(doc, score);
  if (number.has_value()) return *number;
  if (errors_ != nullptr) errors_->note(std::move(number).error());
  return 0;
}

std::string ScriptSortReader::text_of(DocId doc, float score) {
  Result<ScriptValue> value = runner_->run(doc, score);
  if (value.has_value() && script_type_name(*value) != "String") {
    value = script_error(*sort_.script, "runtime error", 0,
                         Error(ErrorCode::kIllegalArgument, "a sort by a script of type [string] wants a String but got [{}]",
                               script_type_name(*value)));
  }
  if (value.has_value()) return script_text(*value);
  if (errors_ != nullptr) errors_->note(std::move(value).error());
  return {};
}

void ScriptSortReader::read(DocId doc, float score, const NestedSortObjects* nested, SortKey& key) {
  if (sort_.script_type == SortField::ScriptType::kText) return read_text(doc, score, nested, key);
  read_number(doc, score, nested, key);
}

void ScriptSortReader::read_number(DocId doc, float score, const NestedSortObjects* nested, SortKey& key) {
  std::vector<double> values;
  if (nested == nullptr) {
    values.push_back(number_of(doc, score));
  } else {
    nested->for_each(doc, [&](DocId object) { values.push_back(number_of(object, score)); });
  }
  const double none = sort_.descending ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
  key.number = index::encode_sortable(values.empty() ? none : select(std::move(values), sort_mode_of(sort_)));
}

void ScriptSortReader::read_text(DocId doc, float score, const NestedSortObjects* nested, SortKey& key) {
  key.no_text = nested != nullptr;
  if (nested == nullptr) {
    key.text = text_of(doc, score);
    return;
  }
  key.text.clear();
  const bool largest = sort_mode_of(sort_) == SortMode::kMax;
  nested->for_each(doc, [&](DocId object) {
    std::string text = text_of(object, score);
    if (key.no_text || (largest ? text > key.text : text < key.text)) key.text = std::move(text);
    key.no_text = false;
  });
}

}  // namespace selene::search
