#include "search/query/object_errors.h"

#include "base/format.h"
#include "base/levenshtein.h"
#include "search/query/parse_support.h"

namespace selene::search {

using base::Error;
using base::ErrorCode;
using base::JsonDocument;
using base::JsonMember;
using base::JsonPosition;

namespace {

/// Walks back from the value over the colon to the quote that opens the key.
JsonPosition position_of_key(const JsonDocument& document, JsonMember member) {
  const JsonPosition value = document.position_of(member.value);
  const char* const begin = document.text_of(member.value).data();
  const char* at = begin - 1;
  while (*at != ':') --at;
  while (*at != '"') --at;
  do {
    --at;
  } while (*at != '"' || at[-1] == '\\');
  JsonPosition key = value;
  for (const char* c = at; c != begin; ++c) {
    if (*c == '\n') return value;  // the line of the key is another one
    --key.column;
  }
  return key;
}

}  // namespace

Error unknown_field_error(const JsonDocument* document, std::string_view object, JsonMember member,
                          std::span<const std::string_view> known) {
  const std::string reason = base::format("[{}] unknown field [{}]{}", object, member.key, base::did_you_mean(member.key, known));
  if (document == nullptr) return Error(ErrorCode::kXContentParse, reason);
  const JsonPosition position = position_of_key(*document, member);
  return Error(ErrorCode::kXContentParse, "[{}:{}] {}", position.line, position.column, reason)
      .with_number("line", position.line)
      .with_number("col", position.column);
}

Error unsupported_value_error(const JsonDocument* document, std::string_view object, JsonMember member) {
  return x_content_error(document, member.value,
                         base::format("[{}] {} doesn't support values of type: {}", object, member.key, token_name(member.value)));
}

Error failed_field_error(const JsonDocument* document, std::string_view object, JsonMember member, Error cause) {
  const bool of_number =
      cause.code() == ErrorCode::kIllegalArgument && cause.cause() != nullptr && cause.cause()->code() == ErrorCode::kNumberFormat;
  return x_content_error(document, member.value, base::format("[{}] failed to parse field [{}]", object, member.key))
      .with_cause(of_number ? *cause.cause() : std::move(cause));
}

Error failed_build_error(std::string_view object, Error cause) {
  return Error(ErrorCode::kXContentParse, "Failed to build [{}] after last required field arrived", object)
      .with_cause(std::move(cause));
}

}  // namespace selene::search
