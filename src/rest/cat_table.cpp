#include "rest/cat_table.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/json/json_writer.h"
#include "rest/handlers/support.h"
#include "rest/media_type.h"

namespace selene::rest {

namespace {

using base::Error;
using base::ErrorCode;

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const size_t end = std::min(text.find(separator), text.size());
    if (end > 0) parts.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

bool names_column(std::string_view name, const CatColumn& column) {
  if (name.ends_with('*')) return column.name.starts_with(name.substr(0, name.size() - 1));
  if (name == column.name) return true;
  const auto aliases = split(column.aliases, ',');
  return std::find(aliases.begin(), aliases.end(), name) != aliases.end();
}

/// Which columns are shown, in what order, under what heading.
struct Shown {
  size_t column;
  std::string heading;
};

std::vector<Shown> shown_columns(const CatTable& table, const RestRequest& request) {
  std::vector<Shown> out;
  const auto wanted = request.param("h");
  if (!wanted || wanted->empty()) {
    for (size_t i = 0; i < table.columns.size(); ++i) {
      if (table.columns[i].shown == CatColumn::Shown::kByDefault) out.push_back({i, std::string(table.columns[i].name)});
    }
    return out;
  }
  for (const std::string_view name : split(*wanted, ',')) {
    for (size_t i = 0; i < table.columns.size(); ++i) {
      if (!names_column(name, table.columns[i])) continue;
      out.push_back({i, std::string(name.ends_with('*') ? table.columns[i].name : name)});
    }
  }
  return out;
}

std::optional<double> as_number(std::string_view text) {
  double value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool cell_less(const std::string& a, const std::string& b) {
  const auto x = as_number(a);
  const auto y = as_number(b);
  return x && y ? *x < *y : a < b;
}

base::Status sort_rows(CatTable& table, const RestRequest& request) {
  struct Key {
    size_t column;
    bool descending;
  };
  std::vector<Key> keys;
  for (const std::string_view part : split(request.param("s").value_or(""), ',')) {
    const size_t colon = std::min(part.find(':'), part.size());
    const std::string_view name = part.substr(0, colon);
    const auto column =
        std::find_if(table.columns.begin(), table.columns.end(), [&](const CatColumn& c) { return names_column(name, c); });
    if (column == table.columns.end()) {
      return Error(ErrorCode::kIllegalArgument, "Unable to sort by unknown sort key `{}`", name);
    }
    keys.push_back({static_cast<size_t>(column - table.columns.begin()), part.substr(colon) == ":desc"});
  }
  std::stable_sort(table.rows.begin(), table.rows.end(), [&](const auto& a, const auto& b) {
    for (const Key& key : keys) {
      const auto& x = key.descending ? b[key.column] : a[key.column];
      const auto& y = key.descending ? a[key.column] : b[key.column];
      if (cell_less(x, y)) return true;
      if (cell_less(y, x)) return false;
    }
    return false;
  });
  return {};
}

size_t display_width(std::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

void append_line(const CatTable& table, const std::vector<Shown>& shown, const std::vector<size_t>& widths,
                 const std::vector<std::string_view>& cells, std::string& out) {
  for (size_t k = 0; k < shown.size(); ++k) {
    const std::string blanks(widths[k] - std::min(widths[k], display_width(cells[k])), ' ');
    const bool last = k + 1 == shown.size();
    const bool right = table.columns[shown[k].column].align == CatColumn::Align::kRight;
    if (right) out += blanks;
    out += cells[k];
    if (!right && !last) out += blanks;
    if (!last) out += ' ';
  }
  out += '\n';
}

std::string text_table(const CatTable& table, const std::vector<Shown>& shown, bool headings) {
  std::vector<size_t> widths(shown.size(), 0);
  for (size_t k = 0; k < shown.size(); ++k) {
    if (headings) widths[k] = display_width(shown[k].heading);
    for (const auto& row : table.rows) widths[k] = std::max(widths[k], display_width(row[shown[k].column]));
  }
  std::string out;
  std::vector<std::string_view> cells(shown.size());
  if (headings) {
    for (size_t k = 0; k < shown.size(); ++k) cells[k] = shown[k].heading;
    append_line(table, shown, widths, cells, out);
  }
  for (const auto& row : table.rows) {
    for (size_t k = 0; k < shown.size(); ++k) cells[k] = row[shown[k].column];
    append_line(table, shown, widths, cells, out);
  }
  return out;
}

std::string json_table(const CatTable& table, const std::vector<Shown>& shown) {
  base::JsonWriter out;
  out.begin_array();
  for (const auto& row : table.rows) {
    out.begin_object();
    for (const Shown& one : shown) {
      out.key(one.heading);
      row[one.column].empty() ? out.null() : out.value(row[one.column]);
    }
    out.end_object();
  }
  return out.end_array().take();
}

std::string help_text(const CatTable& table) {
  CatTable help;
  help.columns = {{"name", "", ""}, {"aliases", "", ""}, {"description", "", ""}};
  for (const CatColumn& column : table.columns) {
    help.rows.push_back({std::string(column.name), "| " + std::string(column.aliases), "| " + std::string(column.description)});
  }
  return text_table(help, {{0, ""}, {1, ""}, {2, ""}}, false);
}

}  // namespace

base::Result<RestResponse> render_cat_table(CatTable table, const RestRequest& request) {
  ASSIGN_OR_RETURN(const bool help, request.bool_param("help", false));
  if (help) return text_response(help_text(table));
  RETURN_IF_ERROR(sort_rows(table, request));
  const std::vector<Shown> shown = shown_columns(table, request);
  const std::string_view format = request.param("format").value_or("");
  const auto accept = parse_media_type(request.headers().get("Accept"));
  const bool accepts_json = accept && (accept->format == MediaFormat::kJson || accept->format == MediaFormat::kYaml);
  if (format == "json" || format == "yaml" || (format.empty() && accepts_json)) {
    RestResponse response;
    response.body = json_table(table, shown);
    return response;
  }
  ASSIGN_OR_RETURN(const bool headings, request.bool_param("v", false));
  return text_response(text_table(table, shown, headings));
}

base::Result<std::string> cat_bytes(int64_t bytes, const RestRequest& request) {
  struct Unit {
    std::string_view name;
    double size;
  };
  constexpr Unit kUnits[] = {{"b", 1},           {"kb", 1024},          {"mb", 1048576},
                             {"gb", 1073741824}, {"tb", 1099511627776}, {"pb", 1125899906842624}};
  if (const auto unit = request.param("bytes")) {
    for (const Unit& one : kUnits) {
      if (one.name == *unit) return std::to_string(static_cast<int64_t>(static_cast<double>(bytes) / one.size));
    }
    return Error(ErrorCode::kIllegalArgument, "failed to parse [bytes] with value [{}], one of [b, kb, mb, gb, tb, pb] is expected",
                 *unit);
  }
  size_t best = 0;
  while (best + 1 < std::size(kUnits) && static_cast<double>(bytes) >= kUnits[best + 1].size) ++best;
  if (best == 0) return base::format("{}b", bytes);
  const auto tenths = static_cast<int64_t>(static_cast<double>(bytes) / kUnits[best].size * 10);  // cut, not rounded
  if (tenths % 10 == 0) return base::format("{}{}", tenths / 10, kUnits[best].name);
  return base::format("{}.{}{}", tenths / 10, tenths % 10, kUnits[best].name);
}

std::string cat_time(int64_t ms, const RestRequest& request) {
  struct Unit {
    std::string_view name;
    int64_t nanoseconds;
  };
  constexpr Unit kUnits[] = {{"nanos", 1},       {"micros", 1000},     {"ms", 1000000},      {"s", 1000000000},
                             {"m", 60000000000}, {"h", 3600000000000}, {"d", 86400000000000}};
  const std::string_view wanted = request.param("time").value_or("");
  for (const Unit& unit : kUnits) {
    if (unit.name == wanted) return std::to_string(ms * 1000000 / unit.nanoseconds);
  }
  if (ms == 0) return "0s";
  size_t best = 2;
  while (best + 1 < std::size(kUnits) && ms * 1000000 >= kUnits[best + 1].nanoseconds) ++best;
  const int64_t tenths = ms * 10 / (kUnits[best].nanoseconds / 1000000);
  if (tenths % 10 == 0) return base::format("{}{}", tenths / 10, kUnits[best].name);
  return base::format("{}.{}{}", tenths / 10, tenths % 10, kUnits[best].name);
}

}  // namespace selene::rest
