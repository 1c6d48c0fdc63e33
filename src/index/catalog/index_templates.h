#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json/json_document.h"
#include "base/json/json_tree.h"
#include "base/result.h"

namespace selene::index {

class Catalog;

/// Whether a PUT may replace what is there.
enum class TemplatePut : uint8_t { kCreateOrReplace, kCreate };

/// Index templates and component templates: what a new index gets besides what its creation says. Kept as records of the catalog.
/// Thread-safe.
class IndexTemplates {
 public:
  /// `catalog` keeps the records and must outlive this.
  static base::Result<std::unique_ptr<IndexTemplates>> load(Catalog& catalog);

  /// {template: {settings, mappings, aliases}, version, _meta, deprecated}. Errors: kIllegalArgument (exists already, with
  /// kCreate; wrong settings), kXContentParse (unknown keys), kMapperParsing.
  base::Status put_component(std::string_view name, base::JsonValue body, TemplatePut how);
  /// {index_patterns, template, composed_of, priority, version, _meta, ...}. Errors: the like; kInvalidIndexTemplate (a component
  /// is missing); kIllegalArgument (another template of the same priority matches some of the same names).
  base::Status put_template(std::string_view name, base::JsonValue body, TemplatePut how);
  /// A name or a `*` pattern. Errors: kResourceNotFound / kIndexTemplateMissing; kIllegalArgument (a component in use).
  base::Status remove_component(std::string_view name);
  base::Status remove_template(std::string_view name);

  /// Name -> body as it was put. `pattern`: a name, a `*` pattern, or empty for all.
  std::map<std::string, base::JsonTree> components(std::string_view pattern) const;
  std::map<std::string, base::JsonTree> templates(std::string_view pattern) const;

  /// {settings, mappings, aliases} of a creation over those of the matching template; empty if no template matches. Errors: those
  /// of parsing.
  base::Result<std::string> fill_in(std::string_view index, base::JsonValue body) const;

  /// What an index would get.
  struct Simulated {
    base::JsonTree result;  ///< {settings, mappings, aliases}
    /// Name and patterns of templates that match too, but lose.
    std::vector<std::pair<std::string, std::vector<std::string>>> overlapping;
  };
  /// For an index of that name; empty if no template matches.
  std::optional<Simulated> simulate_index(std::string_view index) const;
  /// For a template as it is, or `body` as if it had been put. Errors: kIllegalArgument (no such template), those of put_template.
  base::Result<Simulated> simulate_template(std::string_view name, base::JsonValue body) const;

 private:
  using Bodies = std::map<std::string, base::JsonTree, std::less<>>;
  explicit IndexTemplates(Catalog& catalog) : catalog_(catalog) {}
  base::Status check_template(std::string_view name, const base::JsonTree& body) const;
  const Bodies::value_type* best_match(std::string_view index) const;
  base::JsonTree compose(const base::JsonTree& body) const;
  std::vector<std::pair<std::string, std::vector<std::string>>> overlapping(std::string_view name,
                                                                            const base::JsonTree& body) const;

  Catalog& catalog_;
  mutable std::mutex mutex_;
  Bodies components_;  ///< GUARDED_BY(mutex_), as templates_
  Bodies templates_;
};

/// Whether some name matches both patterns.
bool patterns_overlap(std::string_view a, std::string_view b);

}  // namespace selene::index
