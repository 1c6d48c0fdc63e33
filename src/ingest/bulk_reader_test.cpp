#include "ingest/bulk_reader.h"

#include <gtest/gtest.h>

namespace selene::ingest {
namespace {

using base::ErrorCode;
using Type = DocumentAction::Type;

struct Refused {
  std::string_view body;
  ErrorCode code;
  std::string_view reason;
};

class BulkErrorTest : public testing::TestWithParam<Refused> {};

TEST_P(BulkErrorTest, IsWordedAsElasticsearchDoes) {
  const auto actions = parse_bulk(GetParam().body, "", "", false);
  ASSERT_FALSE(actions.has_value());
  EXPECT_EQ(actions.error().code(), GetParam().code);
  EXPECT_EQ(actions.error().reason(), GetParam().reason);
}

INSTANTIATE_TEST_SUITE_P(
    All, BulkErrorTest,
    testing::Values(
        Refused{"", ErrorCode::kParse, "request body is required"},
        Refused{"{\"delete\":{\"_index\":\"i\",\"_id\":\"1\"}}", ErrorCode::kIllegalArgument,
                "The bulk request must be terminated by a newline [\\n]"},
        Refused{"{\"index\":{\"_index\":\"i\"}}\n{}", ErrorCode::kIllegalArgument,
                "The bulk request must be terminated by a newline [\\n]"},
        Refused{"\"index\"\n", ErrorCode::kIllegalArgument,
                "Malformed action/metadata line [1], expected START_OBJECT but found [VALUE_STRING]"},
        Refused{"\n[]\n", ErrorCode::kIllegalArgument,
                "Malformed action/metadata line [2], expected START_OBJECT but found [START_ARRAY]"},
        Refused{"{}\n", ErrorCode::kIllegalArgument,
                "Malformed action/metadata line [1], expected FIELD_NAME but found [END_OBJECT]"},
        Refused{"{\"upsert\":{}}\n", ErrorCode::kIllegalArgument,
                "Malformed action/metadata line [1], expected field [create], [delete], [index] or [update] but found [upsert]"},
        Refused{"{\"index\":3}\n", ErrorCode::kIllegalArgument,
                "Malformed action/metadata line [1], expected START_OBJECT or END_OBJECT but found [VALUE_NUMBER]"},
        Refused{"{\"index\":{\"_id\":[1]}}\n", ErrorCode::kIllegalArgument,
                "Malformed action/metadata line [1], expected a simple value for field [_id] but found [START_ARRAY]"},
        Refused{"{\"delete\":{\"_index\":\"i\",\"_id\":\"1\"},\"index\":{}}\n", ErrorCode::kIllegalArgument,
                "Malformed action/metadata line [1], expected END_OBJECT but found [FIELD_NAME]"},
        Refused{"{\"index\":{\"_foo\":1}}\n{}\n", ErrorCode::kIllegalArgument,
                "Action/metadata line [1] contains an unknown parameter [_foo]"},
        Refused{"{\"index\":{\"_index\":\"i\",\"_id\":\"\"}}\n{}\n", ErrorCode::kIllegalArgument,
                "if _id is specified it must not be empty"},
        Refused{"{\"index\":{\"_id\":\"1\"}}\n{}\n", ErrorCode::kActionRequestValidation,
                "Validation Failed: 1: index is missing;"},
        Refused{"{\"update\":{\"_index\":\"i\"}}\n{}\n{\"index\":{}}\n{}\n", ErrorCode::kActionRequestValidation,
                "Validation Failed: 1: id is missing;2: index is missing;"},
        Refused{"\n\n", ErrorCode::kActionRequestValidation, "Validation Failed: 1: no requests added;"},
        Refused{"{\"index\":{\"_index\":\"i\",\"op_type\":\"x\"}}\n{}\n", ErrorCode::kIllegalArgument,
                "opType must be 'create' or 'index', found: [x]"}));

TEST(BulkReaderTest, ReadsEveryKindInOrder) {
  const auto actions = parse_bulk(
      "{\"index\":{\"_index\":\"a\",\"_id\":\"1\"}}\n{\"n\":1}\r\n"
      "{\"create\":{}}\n{\"n\":2}\n\n"
      "{\"update\":{\"_id\":3,\"retry_on_conflict\":2,\"if_seq_no\":5,\"if_primary_term\":1}}\n{\"doc\":{}}\n"
      "{\"delete\":{\"_id\":\"4\",\"version\":7,\"version_type\":\"external\",\"routing\":\"r\"}}\n",
      "b", "", true);
  ASSERT_TRUE(actions.has_value());
  ASSERT_EQ(actions->size(), 4u);
  EXPECT_EQ((*actions)[0].type, Type::kIndex);
  EXPECT_EQ((*actions)[0].index, "a");
  EXPECT_EQ((*actions)[0].body, "{\"n\":1}");
  EXPECT_EQ((*actions)[1].type, Type::kCreate);
  EXPECT_EQ((*actions)[1].index, "b");
  EXPECT_TRUE((*actions)[1].id.empty());
  EXPECT_TRUE((*actions)[1].require_alias);
  EXPECT_EQ((*actions)[2].type, Type::kUpdate);
  EXPECT_EQ((*actions)[2].id, "3");
  EXPECT_EQ((*actions)[2].retry_on_conflict, 2);
  EXPECT_EQ((*actions)[2].if_seq_no, 5);
  EXPECT_EQ((*actions)[3].type, Type::kDelete);
  EXPECT_EQ((*actions)[3].version, 7);
  EXPECT_EQ((*actions)[3].version_type, index::VersionType::kExternal);
  EXPECT_EQ((*actions)[3].routing, "r");
  EXPECT_TRUE((*actions)[3].body.empty());
}

TEST(BulkReaderTest, OpTypeMakesAnIndexActionACreate) {
  const auto actions = parse_bulk("{\"index\":{\"_index\":\"i\",\"op_type\":\"create\"}}\n{}\n", "", "", false);
  EXPECT_EQ(actions->front().type, Type::kCreate);
}

TEST(BulkReaderTest, DocumentsAreNotLookedInto) {
  const auto actions = parse_bulk("{\"index\":{\"_index\":\"i\"}}\n{broken\n", "", "", false);
  ASSERT_TRUE(actions.has_value());
  EXPECT_EQ(actions->front().body, "{broken");
}

TEST(BulkReaderTest, BrokenActionLineFailsTheWholeRequest) {
  const auto actions = parse_bulk("{\"delete\":{\"_index\":\"i\",\"_id\":\"1\"}}\n{\"index\":\n", "", "", false);
  ASSERT_FALSE(actions.has_value());
  EXPECT_EQ(actions.error().code(), ErrorCode::kXContentParse);
}

TEST(ValidateActionTest, SaysWhatIsWrong) {
  DocumentAction action;
  action.index = "i";
  EXPECT_EQ(validate_action(action), "");
  action.id = std::string(513, 'x');
  EXPECT_TRUE(validate_action(action).ends_with("is too long, must be no longer than 512 bytes but was: 513"));
  action.id = "1";
  action.if_seq_no = 3;
  EXPECT_EQ(validate_action(action), "ifSeqNo is set, but primary term is [0]");
  action.if_primary_term = 1;
  EXPECT_EQ(validate_action(action), "");
  action.if_seq_no = -5;
  EXPECT_NE(validate_action(action), "");
  action.if_seq_no = action.if_primary_term = std::nullopt;
  action.version = 3;
  EXPECT_TRUE(validate_action(action).starts_with("internal versioning can not be used"));
  action.version_type = index::VersionType::kExternal;
  EXPECT_EQ(validate_action(action), "");
}

}  // namespace
}  // namespace selene::ingest
