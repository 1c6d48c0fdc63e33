#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/json/json_document.h"
#include "base/result.h"

namespace selene::index {

/// How the terms of a field score: BM25 with its two constants, or every match its boost.
struct Similarity {
  enum class Kind : uint8_t { kBm25, kBoolean };
  Kind kind = Kind::kBm25;
  float k1 = 1.2F;                ///< >= 0
  float b = 0.75F;                ///< 0..1
  bool discount_overlaps = true;  ///< tokens on the position of another do not lengthen a field
};

/// The similarities an index knows by name: `BM25`, `boolean` and those of its `index.similarity` settings; one named `default`
/// is that of all fields that name none. Immutable, thread-safe.
class Similarities {
 public:
  /// `similarity`: the object under `index.similarity`, or a missing value. Errors, as Elasticsearch words them: kIllegalArgument
  /// (`Unknown Similarity type [x] for [name]`, `illegal b value: 2.0, must be between 0 and 1`).
  static base::Result<std::shared_ptr<const Similarities>> create(base::JsonValue similarity);
  /// Null if there is none of that name.
  const Similarity* find(std::string_view name) const;

 private:
  std::map<std::string, Similarity, std::less<>> similarities_;
};

}  // namespace selene::index
