#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json/json_document.h"
#include "base/json/json_writer.h"
#include "base/result.h"
#include "index/segments/snapshot.h"
#include "search/exec/runtime_error.h"
#include "search/exec/weight.h"
#include "search/sort/nested_sort.h"
#include "search/sort/script_sort.h"
#include "search/sort/sort_request.h"

namespace selene::search {

/// The field of every document that names its index.
inline constexpr std::string_view kIndexName = "_index";

/// The value of one sort key for one document, comparable across segments and indices.
struct SortKey {
  int64_t number = 0;    ///< order-preserving; scores and floating fields in `encode_sortable`
  std::string text;      ///< keyword fields
  bool no_text = false;  ///< a keyword field without value
};

/// How one sort key is read and compared. The same for all indices of a request.
struct SortColumn {
  enum class Kind : uint8_t { kScore, kDoc, kShardDoc, kInteger, kFloating, kText } kind = Kind::kInteger;
  SortField request;
  bool single_precision = false;  ///< kFloating: shown as float
  bool is_unsigned = false;       ///< kInteger: shifted by 2^63
  bool is_date = false;
  bool is_nanos = false;  ///< date_nanos: nothing is before 1970
  bool is_ip = false;     ///< kText: terms are the 16 bytes of addresses
  bool is_int32 = false;  ///< integer, short, byte: missing values are the bounds of 32 bits
};

/// All sort keys of a request. Immutable after creation.
class SortPlan {
 public:
  /// `snapshots`: of all indices. An index that lacks a field (without unmapped_type) fails when its reader is made, not here.
  /// Errors: kIllegalArgument (fields of one name whose types do not sort together).
  static base::Result<SortPlan> create(const std::vector<SortField>& sort, const std::vector<const index::Snapshot*>& snapshots);

  const std::vector<SortColumn>& columns() const { return columns_; }
  /// Whether hits show their scores for one of the keys.
  bool needs_scores() const;
  /// Whether keys are read from scores, shown or not.
  bool reads_scores() const;
  /// Whether documents are wanted as they lie in their index, so that the first ones are the best ones.
  bool is_index_order() const;
  /// < 0: by this key alone a ranks before b.
  int compare_key(size_t column, const SortKey& a, const SortKey& b) const;
  /// < 0: a ranks before b; 0: equal in all keys.
  int compare(const std::vector<SortKey>& a, const std::vector<SortKey>& b) const;
  /// `search_after` values. Errors: kIllegalArgument (wrong number or type).
  base::Result<std::vector<SortKey>> read_after(base::JsonValue values, int64_t now_ms) const;
  void write(const std::vector<SortKey>& keys, base::JsonWriter& out) const;

 private:
  std::vector<SortColumn> columns_;
};

/// The text of a key as its terms are kept. Errors: kIllegalArgument (an address that is none).
base::Result<std::string> read_text_key(const SortColumn& column, base::JsonValue value);
/// The number that stands for no value where `missing` is `_first` or `_last`.
int64_t missing_extreme(const SortColumn& column);

/// Hits that are whole documents have no value of a nested object's field by itself: kQueryShard `it is mandatory to set the
/// [nested] context on the nested sort field: [f].`
base::Status check_nested_context(const SortPlan& plan, const index::Mapping& mapping);

/// What a field that cannot be read document by document answers: kIllegalArgument `Fielddata is disabled on [f] in [index]. ...`
/// for text, `Can't load fielddata on [f] ...` without doc values.
base::Status check_sortable(const index::MappedField& field, const std::string& index_name);

/// Reads sort keys of one index. One thread.
class SortReader {
 public:
  /// Errors: kQueryShard `No mapping found for [f] in order to sort on`; kIllegalArgument (text fields, no doc values).
  /// `errors` gets what scripts fail with; null: nobody asks.
  static base::Result<SortReader> create(const SortPlan& plan, const index::Snapshot& snapshot, int32_t shard, int64_t now_ms,
                                         RuntimeError* errors);
  void set_segment(const SegmentContext& segment);
  /// Whether copies may be used on other threads: those of nested objects and scripts share what they look at.
  bool may_be_copied() const;
  /// Fills `keys` (one a column) for the document on which `scorer` stands. `score` is read only if a column is the score.
  void read(DocId doc, float score, std::vector<SortKey>& keys) const;
  /// The same, but stops, and is false, at the first key that puts the document behind `bar`.
  bool read_unless_behind(DocId doc, float score, const SortPlan& plan, const std::vector<SortKey>& bar,
                          std::vector<SortKey>& keys) const;

 private:
  struct Column {
    const SortColumn* plan = nullptr;
    const index::MappedField* field = nullptr;  ///< null: score, doc or unmapped
    int64_t missing_number = 0;
    std::string missing_text;
    bool has_missing_text = false;
    const index::NumericDocValues* numbers = nullptr;
    std::shared_ptr<const index::KeywordDocValues> keywords;
    std::shared_ptr<NestedSortObjects> nested;  ///< null: the values of the document itself
    std::shared_ptr<ScriptSortReader> script;   ///< null: a field
  };
  void read_key(size_t column, DocId doc, float score, SortKey& key) const;
  void read_number(const Column& column, DocId doc, SortKey& key) const;
  void read_nested_number(const Column& column, DocId doc, SortKey& key) const;
  void read_text(const Column& column, DocId doc, SortKey& key) const;
  /// The least or greatest ordinal of the document; empty: none.
  static std::optional<int32_t> ordinal_of(const Column& column, DocId doc);
  void read_nested_text(const Column& column, DocId doc, SortKey& key) const;

  std::vector<Column> columns_;
  int64_t shard_ = 0;
  DocId doc_base_ = 0;
};

}  // namespace selene::search
