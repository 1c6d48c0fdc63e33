// The values that sort keys read of one document, or of its nested objects.

#include <algorithm>
#include <cmath>
#include <optional>

#include "index/mapping/document_parser.h"
#include "search/query/field_values.h"
#include "search/sort/sort_options.h"
#include "search/sort/sort_plan.h"

namespace selene::search {

using Kind = SortColumn::Kind;

namespace {

/// The key of `count` values in ascending order. REQUIRES: count > 0.
template <class At>
int64_t select_number(const SortColumn& plan, const index::MappedField& field, int32_t count, At at) {
  const SortMode mode = sort_mode_of(plan.request);
  const bool floating = plan.kind == Kind::kFloating;
  const auto real = [&](int32_t i) { return index::decode_number(field, at(i)); };
  if (mode == SortMode::kMin || mode == SortMode::kMax) {
    const int32_t i = mode == SortMode::kMin ? 0 : count - 1;
    const bool truncates = !floating && index::is_floating(field.type);  // numeric_type
    return floating ? index::encode_sortable(real(i)) : truncates ? static_cast<int64_t>(real(i)) : at(i);
  }
  double result = 0;
  if (mode == SortMode::kMedian) {
    result = count % 2 == 1 ? real(count / 2) : (real(count / 2 - 1) + real(count / 2)) / 2;
  } else {
    for (int32_t i = 0; i < count; ++i) result += real(i);
    if (mode == SortMode::kAvg) result /= count;
  }
  return floating ? index::encode_sortable(result) : static_cast<int64_t>(std::round(result));
}

}  // namespace

std::optional<int32_t> SortReader::ordinal_of(const Column& column, DocId doc) {
  const int32_t count = column.keywords == nullptr ? 0 : column.keywords->count(doc);
  const bool largest = sort_mode_of(column.plan->request) == SortMode::kMax;
  if (count == 0) return std::nullopt;
  return column.keywords->ordinal(doc, largest ? count - 1 : 0);
}

void SortReader::read_text(const Column& column, DocId doc, SortKey& key) const {
  if (column.nested != nullptr) return read_nested_text(column, doc, key);
  const std::optional<int32_t> found = ordinal_of(column, doc);
  key.no_text = !found && !column.has_missing_text;
  key.text = found ? column.keywords->term(*found) : std::string_view(column.missing_text);
}

void SortReader::read_nested_text(const Column& column, DocId doc, SortKey& key) const {
  const bool largest = sort_mode_of(column.plan->request) == SortMode::kMax;
  std::optional<int32_t> best;
  column.nested->for_each(doc, [&](DocId object) {
    const std::optional<int32_t> found = ordinal_of(column, object);
    if (found && (!best || (largest ? *found > *best : *found < *best))) best = found;
  });
  key.no_text = !best && !column.has_missing_text;
  key.text = best ? column.keywords->term(*best) : std::string_view(column.missing_text);
}

void SortReader::read_number(const Column& column, DocId doc, SortKey& key) const {
  if (column.nested != nullptr) return read_nested_number(column, doc, key);
  const int32_t count = column.numbers == nullptr ? 0 : column.numbers->count(doc);
  if (count == 0) {
    key.number = column.missing_number;
    return;
  }
  key.number = select_number(*column.plan, *column.field, count, [&](int32_t i) { return column.numbers->value(doc, i); });
}

void SortReader::read_nested_number(const Column& column, DocId doc, SortKey& key) const {
  std::vector<int64_t> values;
  column.nested->for_each(doc, [&](DocId object) {
    const int32_t count = column.numbers == nullptr ? 0 : column.numbers->count(object);
    for (int32_t i = 0; i < count; ++i) values.push_back(column.numbers->value(object, i));
  });
  if (values.empty()) {
    key.number = column.missing_number;
    return;
  }
  std::ranges::sort(values);
  key.number = select_number(*column.plan, *column.field, static_cast<int32_t>(values.size()),
                             [&](int32_t i) { return values[static_cast<size_t>(i)]; });
}

}  // namespace selene::search
