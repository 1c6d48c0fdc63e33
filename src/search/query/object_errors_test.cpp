#include "search/query/object_errors.h"

#include <gtest/gtest.h>

#include <string>

#include "base/json/json_document.h"

namespace selene::search {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonDocument;
using base::JsonMember;

/// What is said of the last member of the object that `text` is.
std::string unknown(const std::string& text) {
  const auto document = JsonDocument::parse(text);
  EXPECT_TRUE(document.has_value()) << text;
  JsonMember last;
  for (const JsonMember member : document->root().as_object()) last = member;
  return unknown_field_error(&*document, "rrf", last, {}).reason();
}

TEST(ObjectErrorsTest, AnUnknownFieldIsPlacedAtItsKey) {
  EXPECT_EQ(unknown(R"({"foo":1})"), "[1:2] [rrf] unknown field [foo]");
  EXPECT_EQ(unknown(R"({"a":1, "foo"  :  {}})"), "[1:9] [rrf] unknown field [foo]");
  EXPECT_EQ(unknown("{\n  \"foo\": 1}"), "[2:3] [rrf] unknown field [foo]");
}

TEST(ObjectErrorsTest, QuotesColonsAndBackslashesInAKeyAreNoneOfItsEnds) {
  EXPECT_EQ(unknown(R"({"f:\"oo":1})"), "[1:2] [rrf] unknown field [f:\"oo]");
  EXPECT_EQ(unknown(R"({"foo\\":1})"), "[1:2] [rrf] unknown field [foo\\]");
  EXPECT_EQ(unknown(R"({"":1})"), "[1:2] [rrf] unknown field []");
}

TEST(ObjectErrorsTest, AKeyOnAnotherLineIsPlacedAtItsValue) {
  EXPECT_EQ(unknown("{\"foo\":\n 1}"), "[2:2] [rrf] unknown field [foo]");
}

TEST(ObjectErrorsTest, WithoutADocumentThereIsNoPlace) {
  const std::string_view known[] = {"fields"};
  EXPECT_EQ(unknown_field_error(nullptr, "rrf", {"field", {}}, known).reason(),
            "[rrf] unknown field [field] did you mean [fields]?");
}

TEST(ObjectErrorsTest, TextThatIsNoNumberIsCausedByItsNumberFormatExceptionAlone) {
  Error read(ErrorCode::kIllegalArgument, "Failed to parse int value for [k]");
  const Error failed =
      failed_field_error(nullptr, "knn", {"k", {}}, std::move(read).with_cause(Error(ErrorCode::kNumberFormat, "x")));
  EXPECT_EQ(failed.reason(), "[knn] failed to parse field [k]");
  EXPECT_EQ(failed.cause()->code(), ErrorCode::kNumberFormat);
  EXPECT_EQ(failed_field_error(nullptr, "knn", {"k", {}}, Error(ErrorCode::kParsing, "y")).cause()->reason(), "y");
}

}  // namespace
}  // namespace selene::search
