#include "rest/parameter_check.h"

#include <algorithm>
#include <array>

#include "rest/parameter_values.h"

namespace selene::rest {

namespace {

constexpr std::array<std::string_view, 5> kCommon = {"pretty", "human", "error_trace", "filter_path", "format"};
constexpr size_t kLongestCompared = 128;  // longer names are nobody's typing error

size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t above = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

double similarity(std::string_view a, std::string_view b) {
  if (a.size() > kLongestCompared || b.size() > kLongestCompared) return 0;
  const size_t longer = std::max(a.size(), b.size());
  return longer == 0 ? 1 : 1 - static_cast<double>(edit_distance(a, b)) / static_cast<double>(longer);
}

bool contains(std::span<const std::string_view> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

std::span<const std::string_view> common_parameters() { return kCommon; }

std::string did_you_mean(std::string_view unknown, std::span<const std::string_view> known) {
  std::vector<std::pair<double, std::string_view>> near;
  for (const std::string_view name : known) {
    const double score = similarity(unknown, name);
    if (score > 0.5) near.emplace_back(score, name);
  }
  std::sort(near.begin(), near.end(),
            [](const auto& a, const auto& b) { return a.first != b.first ? a.first > b.first : a.second < b.second; });
  if (near.empty()) return {};
  if (near.size() == 1) return base::format(" -> did you mean [{}]?", near[0].second);
  std::string list;
  for (const auto& [score, name] : near) list.append(list.empty() ? "" : ", ").append(name);
  return base::format(" -> did you mean any of [{}]?", list);
}

base::Status check_parameters(std::string_view path, const std::vector<std::pair<std::string, std::string>>& params,
                              std::span<const std::string_view> allowed) {
  std::vector<std::string_view> unknown;
  for (const auto& [name, value] : params) {
    if (!contains(allowed, name) && !contains(kCommon, name)) unknown.push_back(name);
  }
  if (unknown.empty()) return check_parameter_values(params);
  std::sort(unknown.begin(), unknown.end());
  std::vector<std::string_view> known(allowed.begin(), allowed.end());
  known.insert(known.end(), kCommon.begin(), kCommon.end());
  std::string text = base::format("request [{}] contains unrecognized parameter{}: ", path, unknown.size() > 1 ? "s" : "");
  for (size_t i = 0; i < unknown.size(); ++i) {
    text.append(i == 0 ? "[" : ", [").append(unknown[i]).append("]").append(did_you_mean(unknown[i], known));
  }
  return base::Error(base::ErrorCode::kIllegalArgument, std::move(text));
}

}  // namespace selene::rest
