#include "rest/filter_path.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/json/json_document.h"
#include "base/json/json_writer.h"
#include "base/wildcard.h"

namespace selene::rest {

namespace {

using Path = std::vector<std::string>;

/// Places reached in the paths: (path, number of parts already matched). Sorted, none twice.
using Places = std::vector<std::pair<size_t, size_t>>;

constexpr size_t kMaxPaths = 256;
constexpr size_t kMaxParts = 64;

Path split_parts(std::string_view text) {
  Path parts(1);
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] == '.') {
      parts.back().push_back(text[++i]);
    } else if (text[i] == '.') {
      parts.emplace_back();
    } else {
      parts.back().push_back(text[i]);
    }
  }
  return parts;
}

class PathSet {
 public:
  void add(std::string_view text) { paths_.push_back(split_parts(text)); }
  bool empty() const { return paths_.empty(); }

  Places start() const {
    Places places;
    for (size_t i = 0; i < paths_.size(); ++i) arrive(i, 0, places);
    return tidy(std::move(places));
  }
  /// Where `key` leads from `from`.
  Places step(const Places& from, std::string_view key) const {
    Places places;
    for (const auto& [path, at] : from) {
      if (at == paths_[path].size()) continue;
      const std::string& part = paths_[path][at];
      if (part == "**") arrive(path, at, places);
      if (part == "**" || base::matches_wildcard(part, key)) arrive(path, at + 1, places);
    }
    return tidy(std::move(places));
  }
  /// Whether some path ends here, so that the whole value is meant.
  bool complete(const Places& places) const {
    return std::any_of(places.begin(), places.end(), [&](const auto& place) { return place.second == paths_[place.first].size(); });
  }

 private:
  /// A place before `**` is a place behind it too, unless `**` is last: then it means everything below, not this value.
  void arrive(size_t path, size_t at, Places& places) const {
    places.emplace_back(path, at);
    if (at + 1 < paths_[path].size() && paths_[path][at] == "**") arrive(path, at + 1, places);
  }
  static Places tidy(Places places) {
    std::sort(places.begin(), places.end());
    places.erase(std::unique(places.begin(), places.end()), places.end());
    return places;
  }
  std::vector<Path> paths_;
};

/// Copies what the includes keep and the excludes do not take; containers that end up empty are taken back.
class Filter {
 public:
  Filter(const PathSet& includes, const PathSet& excludes) : includes_(includes), excludes_(excludes) {}

  std::string run(base::JsonValue root) {
    const bool all = includes_.empty();
    if (!copy(root, includes_.start(), excludes_.start(), all)) out_ = root.is_array() ? "[]" : "{}";
    return std::move(out_);
  }

 private:
  bool copy(base::JsonValue value, const Places& in, const Places& ex, bool all) {
    if (value.is_object()) return copy_object(value, in, ex, all);
    if (value.is_array()) return copy_array(value, in, ex, all);
    if (!all) return false;
    out_.append(base::JsonWriter().value(value).text());
    return true;
  }

  bool copy_object(base::JsonValue value, const Places& in, const Places& ex, bool all) {
    const size_t before = out_.size();
    bool kept = false;
    out_.push_back('{');
    for (const auto [key, member] : value.as_object()) {
      const Places in_next = all ? Places() : includes_.step(in, key);
      const Places ex_next = excludes_.step(ex, key);
      if (excludes_.complete(ex_next) || (!all && in_next.empty())) continue;
      const size_t start = out_.size();
      if (kept) out_.push_back(',');
      out_.append(base::quote(key)).push_back(':');
      if (copy(member, in_next, ex_next, all || includes_.complete(in_next))) {
        kept = true;
      } else {
        out_.resize(start);
      }
    }
    return finish('}', before, kept || (all && excludes_.empty()) || (all && value.as_object().begin() == value.as_object().end()));
  }

  bool copy_array(base::JsonValue value, const Places& in, const Places& ex, bool all) {
    const size_t before = out_.size();
    bool kept = false;
    out_.push_back('[');
    for (const base::JsonValue element : value.as_array()) {
      const size_t start = out_.size();
      if (kept) out_.push_back(',');
      if (copy(element, in, ex, all)) {
        kept = true;
      } else {
        out_.resize(start);
      }
    }
    return finish(']', before, kept || (all && value.as_array().empty()));
  }

  bool finish(char bracket, size_t before, bool keep) {
    if (!keep) {
      out_.resize(before);
      return false;
    }
    out_.push_back(bracket);
    return true;
  }

  const PathSet& includes_;
  const PathSet& excludes_;
  std::string out_;
};

}  // namespace

base::Result<std::string> apply_filter_path(std::string_view json, std::string_view filter_path) {
  PathSet includes, excludes;
  size_t count = 0;
  while (!filter_path.empty()) {
    const size_t end = std::min(filter_path.find(','), filter_path.size());
    std::string_view path = filter_path.substr(0, end);
    filter_path.remove_prefix(std::min(end + 1, filter_path.size()));
    while (path.starts_with(' ')) path.remove_prefix(1);
    while (path.ends_with(' ')) path.remove_suffix(1);
    if (path.empty()) continue;
    if (++count > kMaxPaths || static_cast<size_t>(std::count(path.begin(), path.end(), '.')) > kMaxParts) {
      return base::Error(base::ErrorCode::kIllegalArgument, "[filter_path] takes at most [{}] paths of at most [{}] parts",
                         kMaxPaths, kMaxParts);
    }
    path.starts_with('-') ? excludes.add(path.substr(1)) : includes.add(path);
  }
  if (count == 0) return std::string(json);
  ASSIGN_OR_RETURN(const base::JsonDocument document, base::JsonDocument::parse(json));
  return Filter(includes, excludes).run(document.root());
}

}  // namespace selene::rest
