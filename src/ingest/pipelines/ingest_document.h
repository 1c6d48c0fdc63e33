#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json/json_tree.h"
#include "base/result.h"

namespace selene::ingest {

/// A document on its way through pipelines: source and metadata (`_index`, `_id`, `_routing`, `_version`, `_version_type`, ...)
/// side by side, and `_ingest` beside them. Paths are dotted, a number is a place in a list; `_source.` in front means the source,
/// `_ingest.` the ingest metadata. Errors of paths: kIllegalArgument in Elasticsearch's words. One thread.
class IngestDocument {
 public:
  /// `source` is an object.
  IngestDocument(base::JsonTree source, std::string_view index, std::string_view id, std::string_view routing,
                 std::string_view timestamp);

  base::Result<const base::JsonTree*> get(std::string_view path) const;
  bool has(std::string_view path) const { return get(path).has_value(); }
  /// The text at `path`. Errors: also one that is no string (`field [f] of type [java.lang.Integer] cannot be cast to
  /// [java.lang.String]`).
  base::Result<std::string> get_text(std::string_view path) const;
  /// Objects on the way are made.
  base::Status set(std::string_view path, base::JsonTree value);
  /// Makes a list of what is there and adds `value`, or all of it if it is a list. `allow_duplicates` false: leaves out what is in
  /// it already.
  base::Status append(std::string_view path, base::JsonTree value, bool allow_duplicates);
  base::Status remove(std::string_view path);

  /// Source and metadata in one object: the `ctx` of scripts.
  base::JsonTree& ctx() { return ctx_; }
  base::JsonTree& ingest() { return ingest_; }
  const base::JsonTree& ingest() const { return ingest_; }
  /// A metadata field as text; empty if it is missing or null.
  std::string metadata(std::string_view name) const;
  /// The source without the metadata.
  base::JsonTree source() const;

  bool dropped = false;
  std::vector<std::string> pipelines;  ///< that it is in, outermost first
  std::vector<std::string> executed;   ///< all it went through

 private:
  base::JsonTree ctx_;
  base::JsonTree ingest_;
};

/// Whether a top-level name of `ctx` is metadata.
bool is_ingest_metadata(std::string_view name);
/// java.lang.Integer, java.lang.String, java.util.HashMap, ...
std::string_view java_type(const base::JsonTree& value);

}  // namespace selene::ingest
