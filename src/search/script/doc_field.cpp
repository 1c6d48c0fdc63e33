#include "search/script/doc_field.h"

#include "index/mapping/document_parser.h"
#include "index/mapping/ip_address.h"
#include "index/segments/text_values.h"

namespace selene::search {

using base::Error;
using base::ErrorCode;
using base::Result;
using index::FieldType;

DocField::DocField(const index::MappedField& field, const index::SegmentReader& segment)
    : field_(field),
      numbers_(segment.numbers(field.name)),
      keywords_(index::text_values(segment, field)),
      vectors_(open_vectors(segment, field)) {}

int32_t DocField::size() const {
  if (field_.type == FieldType::kConstantKeyword) return field_.constant_value ? 1 : 0;
  if (keywords_ != nullptr) return keywords_->count(doc_);
  if (numbers_ != nullptr) return numbers_->count(doc_);
  return vectors_ != nullptr && !vectors_->vector(doc_).empty() ? 1 : 0;
}

Result<ScriptValue> DocField::value(int32_t i) const {
  if (i < 0 || i >= size()) {
    if (i != 0) return Error(ErrorCode::kArrayIndexOutOfBounds, "Index {} out of bounds for length {}", i, size());
    return Error(ErrorCode::kIllegalState,
                 "A document doesn't have a value for a field! Use doc[<field>].size()==0 to check if a document is missing a "
                 "field!");
  }
  if (field_.type == FieldType::kConstantKeyword) return ScriptValue(*field_.constant_value);
  if (keywords_ != nullptr && !index::is_range(field_.type)) {
    std::string text(keywords_->term(keywords_->ordinal(doc_, i)));
    return ScriptValue(field_.type == FieldType::kIp ? index::format_ip(text) : std::move(text));
  }
  if (numbers_ == nullptr) return Error(ErrorCode::kIllegalArgument, "Field [{}] has no plain value", field_.name);
  const int64_t number = numbers_->value(doc_, i);
  if (field_.type == FieldType::kBoolean) return ScriptValue(number != 0);
  if (index::is_floating(field_.type)) return ScriptValue(index::decode_number(field_, number));
  if (field_.type == FieldType::kUnsignedLong)
    return ScriptValue(static_cast<int64_t>(static_cast<uint64_t>(number) ^ (uint64_t{1} << 63)));
  if (field_.type == FieldType::kDateNanos) return ScriptValue(number / 1'000'000);
  return ScriptValue(number);
}

Result<std::span<const float>> DocField::vector(std::optional<size_t> num_dims) {
  if (!holds_vectors(field_)) {
    return Error(ErrorCode::kIllegalArgument, "Field [{}] is of type [{}]: only fields of type [dense_vector] hold vectors",
                 field_.name, field_.type_name);
  }
  const std::span<const float> vector = vectors_ == nullptr ? std::span<const float>() : vectors_->vector(doc_);
  if (vector.empty()) return Error(ErrorCode::kIllegalArgument, "A document doesn't have a value for a vector field!");
  if (!num_dims || vector.size() == *num_dims) return vector;
  return Error(ErrorCode::kIllegalArgument,
               "The query vector has a different number of dimensions [{}] than the document vectors [{}].", *num_dims,
               vector.size());
}

}  // namespace selene::search
