#include "index/mapping/similarity.h"

#include <charconv>
#include <cmath>
#include <vector>

#include "index/mapping/mapping_values.h"

namespace selene::index {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;
using base::Result;
using base::Status;

Result<float> float_setting(std::string_view name, JsonValue value) {
  const std::string text = java_text(value);
  float number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size()) return number;
  return Error(ErrorCode::kIllegalArgument, "Failed to parse float setting [{}] with value [{}]", name, text);
}

Status read_bm25(JsonValue settings, Similarity& similarity) {
  std::string unknown;
  for (const auto& [key, value] : settings.as_object()) {
    if (key == "k1") {
      ASSIGN_OR_RETURN(similarity.k1, float_setting(key, value));
    } else if (key == "b") {
      ASSIGN_OR_RETURN(similarity.b, float_setting(key, value));
    } else if (key == "discount_overlaps") {
      ASSIGN_OR_RETURN(similarity.discount_overlaps, boolean_setting(value));
    } else if (key != "type") {
      unknown += (unknown.empty() ? "" : ", ") + std::string(key);
    }
  }
  if (!unknown.empty()) return Error(ErrorCode::kIllegalArgument, "Unknown settings for similarity of type [BM25]: [{}]", unknown);
  if (!std::isfinite(similarity.k1) || similarity.k1 < 0) {
    return Error(ErrorCode::kIllegalArgument, "illegal k1 value: {}, must be a non-negative finite value",
                 base::format("{:.1f}", similarity.k1));
  }
  if (!(similarity.b >= 0 && similarity.b <= 1))
    return Error(ErrorCode::kIllegalArgument, "illegal b value: {}, must be between 0 and 1", base::format("{:.1f}", similarity.b));
  return {};
}

Result<Similarity> read_similarity(std::string_view name, JsonValue settings) {
  const JsonValue type = settings.is_object() ? settings["type"] : JsonValue();
  if (!type.exists() || type.is_null())
    return Error(ErrorCode::kIllegalArgument, "Similarity [{}] must have an associated type", name);
  Similarity similarity;
  if (java_text(type) == "BM25") {
    RETURN_IF_ERROR(read_bm25(settings, similarity));
  } else if (java_text(type) == "boolean") {
    similarity.kind = Similarity::Kind::kBoolean;
    for (const auto& [key, value] : settings.as_object()) {
      if (key != "type") return Error(ErrorCode::kIllegalArgument, "Unknown settings for similarity of type [boolean]: [{}]", key);
    }
  } else {
    return Error(ErrorCode::kIllegalArgument, "Unknown Similarity type [{}] for [{}]", java_text(type), name);
  }
  return similarity;
}

}  // namespace

Result<std::shared_ptr<const Similarities>> Similarities::create(JsonValue similarity) {
  auto known = std::make_shared<Similarities>();
  known->similarities_["BM25"] = {};
  known->similarities_["boolean"].kind = Similarity::Kind::kBoolean;
  known->similarities_["default"] = {};
  if (!similarity.is_object()) return std::shared_ptr<const Similarities>(std::move(known));
  for (const auto& [name, settings] : similarity.as_object()) {
    if (name == "BM25" || name == "boolean") {
      return Error(ErrorCode::kIllegalArgument, "illegal value for [index.similarity.{}] cannot redefine built-in similarity",
                   name);
    }
    ASSIGN_OR_RETURN(known->similarities_[std::string(name)], read_similarity(name, settings));
  }
  return std::shared_ptr<const Similarities>(std::move(known));
}

const Similarity* Similarities::find(std::string_view name) const {
  const auto found = similarities_.find(name);
  return found == similarities_.end() ? nullptr : &found->second;
}

}  // namespace selene::index
