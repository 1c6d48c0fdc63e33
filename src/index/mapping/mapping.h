#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json/json_document.h"
#include "base/json/json_writer.h"
#include "base/result.h"
#include "index/analysis/analyzer_registry.h"
#include "index/mapping/default_inference_id.h"
#include "index/mapping/similarity.h"
#include "index/mapping/token_pruning.h"

namespace selene::index {

class DateFormat;
struct VectorOptions;  // vector_options.h
struct SemanticText;

enum class FieldType : uint8_t {
  kText,
  kKeyword,
  kLong,
  kInteger,
  kShort,
  kByte,
  kDouble,
  kFloat,
  kHalfFloat,
  kScaledFloat,
  kUnsignedLong,
  kBoolean,
  kDate,
  kDateNanos,
  kIp,
  kConstantKeyword,
  kWildcard,
  kFlattened,
  kRankFeature,
  kRankFeatures,
  kSparseVector,
  kDenseVector,
  kSemanticText,
  kBinary,
  kGeoPoint,
  kAlias,
  kIntegerRange,
  kLongRange,
  kFloatRange,
  kDoubleRange,
  kDateRange,
  kIpRange,
};
/// "text", "keyword", "long", ...
std::string_view field_type_name(FieldType type);
bool is_numeric(FieldType type);                                                   ///< long ... unsigned_long
bool is_floating(FieldType type);                                                  ///< double, float, half_float, scaled_float
inline bool is_range(FieldType type) { return type >= FieldType::kIntegerRange; }  ///< integer_range ... ip_range
inline bool is_date(FieldType type) { return type == FieldType::kDate || type == FieldType::kDateNanos; }

/// What segments keep of a type's values: analysed terms, whole terms, numbers, terms with a weight as their frequency, vectors.
enum class FieldStorage : uint8_t { kNone, kText, kKeyword, kNumber, kFeature, kVector };
FieldStorage storage_of(FieldType type);

/// One leaf of the mapping: a concrete field or a multi-field (`title.keyword`). Immutable, owned by its Mapping.
struct MappedField {
  std::string name;  ///< full path, "user.name" or "title.keyword"
  FieldType type = FieldType::kText;
  std::string_view type_name = "text";  ///< as the mapping says it: "match_only_text" is a kText; lives as long as the process
  bool index = true;
  bool doc_values = true;  ///< false for text
  bool store = false;
  bool norms = true;  ///< text only
  bool coerce = true;
  bool ignore_malformed = false;
  bool positions = true;  ///< index_options of text
  bool freqs = true;
  bool constant_score = false;                    ///< match_only_text: every match scores its boost, nothing else
  int32_t ignore_above = 2147483647;              ///< keyword; UTF-16 code units
  double scaling_factor = 0;                      ///< scaled_float
  std::string format;                             ///< date, default "strict_date_optional_time||epoch_millis"
  std::shared_ptr<const DateFormat> date_format;  ///< date: `format`, compiled
  std::optional<std::string> null_value;          ///< JSON text
  Similarity similarity;                          ///< text, keyword; the index's default one where the mapping names none
  int32_t position_increment_gap = 100;
  std::shared_ptr<const Analyzer> analyzer;               ///< text only
  std::shared_ptr<const Analyzer> search_analyzer;        ///< text only; same as analyzer unless given
  std::shared_ptr<const Analyzer> search_quote_analyzer;  ///< text only, for phrases; same as search_analyzer unless given
  std::shared_ptr<const Analyzer> normalizer;             ///< keyword only; null: values and query terms are taken as they are
  bool split_queries_on_whitespace = false;               ///< keyword only
  std::vector<std::string> copy_to;                       ///< full paths
  std::vector<std::string> multi_fields;                  ///< full paths of the sub-fields, for the parent only
  std::string alias_path;                                 ///< alias: the field meant
  std::optional<std::string> constant_value;              ///< constant_keyword, once it is known
  bool positive_score_impact = true;                      ///< rank_feature, rank_features
  SparseIndexOptions sparse_options;                      ///< sparse_vector
  std::shared_ptr<const VectorOptions> vector;            ///< dense_vector only
  std::shared_ptr<const SemanticText> semantic;           ///< semantic_text only
  int32_t depth_limit = 20;                               ///< flattened
  std::shared_ptr<const MappedField> keyed;               ///< flattened: holds `key\0value` terms
  std::string flattened_key;                              ///< a key of a flattened field: its path below that field
  std::string json;                                       ///< the definition as GET _mapping shows it, without sub-fields
};

enum class Dynamic : uint8_t { kTrue, kFalse, kStrict };

/// index.mapping.total_fields.limit, depth.limit, nested_fields.limit and nested_objects.limit.
struct MappingLimits {
  int32_t total_fields = 1000;
  int32_t depth = 20;
  int32_t nested_fields = 100;
  int32_t nested_objects = 10000;
};

struct ObjectNode;  // mapping_tree.h

/// The fields of one index. Immutable; an update builds a new one. Thread-safe.
class Mapping {
 public:
  virtual ~Mapping() = default;

  /// An empty mapping (dynamic: true). `similarities`: null for those of an index without settings. `default_inference_id`: the
  /// endpoint of semantic_text fields that name none.
  static std::shared_ptr<const Mapping> empty(std::shared_ptr<const AnalyzerRegistry> analyzers, MappingLimits limits = {},
                                              std::shared_ptr<const Similarities> similarities = nullptr,
                                              std::string_view default_inference_id = kDefaultInferenceId);
  /// `mappings`: the object of `PUT /{index}` {"mappings": ...} or of `PUT _mapping`, merged into this one. Errors, as
  /// Elasticsearch words them: kMapperParsing (`Failed to parse mapping: No handler for type [x] declared on field [f]`, `unknown
  /// parameter [x] on mapper [f] of type [text]`), kIllegalArgument (`mapper [f] cannot be changed from type [text] to [keyword]`,
  /// limits of index.mapping.total_fields.limit 1000 and depth.limit 20).
  virtual base::Result<std::shared_ptr<const Mapping>> merge(base::JsonValue mappings) const = 0;

  /// Null if there is no such concrete field, multi-field, alias (gives its target) or key of a flattened field.
  virtual const MappedField* find(std::string_view name) const = 0;
  /// Whether `path` names an object (so that `exists` on it means any of its fields).
  virtual bool is_object(std::string_view path) const = 0;
  /// Whether `path` names a nested object.
  virtual bool is_nested(std::string_view path) const = 0;
  /// The innermost nested object around a field or object, itself left out; empty if it belongs to the root document.
  virtual std::string_view nested_parent(std::string_view path) const = 0;
  virtual bool has_nested() const = 0;
  /// The semantic_text fields, sorted by name. Their chunks are nested documents too.
  virtual const std::vector<const MappedField*>& semantic_fields() const = 0;
  /// Sorted by name.
  virtual const std::map<std::string, MappedField, std::less<>>& fields() const = 0;
  /// Fields whose full name, or an alias of theirs, matches `pattern` ('*' any run), each once.
  virtual std::vector<const MappedField*> match(std::string_view pattern) const = 0;
  virtual Dynamic dynamic() const = 0;
  /// {"properties":{...},...}: what `GET _mapping` shows under "mappings", and what the store keeps.
  virtual void write_json(base::JsonWriter& out) const = 0;
  virtual const std::shared_ptr<const AnalyzerRegistry>& analyzers() const = 0;

  /// The tree that documents are parsed along; for document_parser.cpp.
  virtual const ObjectNode& root() const = 0;
  virtual const MappingLimits& limits() const = 0;
  /// Fields, multi-fields and objects: what total_fields limits.
  virtual int32_t num_fields() const = 0;
};

}  // namespace selene::index
