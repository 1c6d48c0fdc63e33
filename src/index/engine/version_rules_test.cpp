#include "index/engine/version_rules.h"

#include <gtest/gtest.h>

namespace selene::index {
namespace {

using base::ErrorCode;

struct Case {
  std::string name;
  WriteOp op;
  std::optional<CurrentVersion> current;
  int64_t version = 0;  ///< 0: an error
  std::string reason = {};
};

WriteOp op_of(OpType type, VersionType version_type = VersionType::kInternal, std::optional<int64_t> version = {}) {
  WriteOp op;
  op.type = type;
  op.id = "1";
  op.version_type = version_type;
  op.version = version;
  return op;
}
WriteOp cas(int64_t seq_no, int64_t term = 1) {
  WriteOp op = op_of(OpType::kIndex);
  op.if_seq_no = seq_no;
  op.if_primary_term = term;
  return op;
}

const CurrentVersion kLive{5, 7, false};
const CurrentVersion kDeleted{5, 7, true};

TEST(VersionRulesTest, Table) {
  const std::vector<Case> cases = {
      {"first index", op_of(OpType::kIndex), {}, 1},
      {"index again", op_of(OpType::kIndex), kLive, 6},
      {"index after delete goes on", op_of(OpType::kIndex), kDeleted, 6},
      {"first create", op_of(OpType::kCreate), {}, 1},
      {"create after delete", op_of(OpType::kCreate), kDeleted, 6},
      {"create of an existing one", op_of(OpType::kCreate), kLive, 0,
       "[1]: version conflict, document already exists (current version [5])"},
      {"delete of nothing", op_of(OpType::kDelete), {}, 1},
      {"delete", op_of(OpType::kDelete), kLive, 6},
      {"delete again", op_of(OpType::kDelete), kDeleted, 6},
      {"seq_no as required", cas(7), kLive, 6},
      {"other seq_no", cas(5), kLive, 0,
       "[1]: version conflict, required seqNo [5], primary term [1]. current document has seqNo [7] and primary term [1]"},
      {"other primary term", cas(7, 2), kLive, 0,
       "[1]: version conflict, required seqNo [7], primary term [2]. current document has seqNo [7] and primary term [1]"},
      {"seq_no of nothing",
       cas(7),
       {},
       0,
       "[1]: version conflict, required seqNo [7], primary term [1]. but no document was found"},
      {"seq_no of a deleted one", cas(7), kDeleted, 0,
       "[1]: version conflict, required seqNo [7], primary term [1]. but no document was found"},
      {"external, first", op_of(OpType::kIndex, VersionType::kExternal, 3), {}, 3},
      {"external, higher", op_of(OpType::kIndex, VersionType::kExternal, 9), kLive, 9},
      {"external, equal", op_of(OpType::kIndex, VersionType::kExternal, 5), kLive, 0,
       "[1]: version conflict, current version [5] is higher or equal to the one provided [5]"},
      {"external, lower", op_of(OpType::kIndex, VersionType::kExternal, 4), kLive, 0,
       "[1]: version conflict, current version [5] is higher or equal to the one provided [4]"},
      {"external, below a deleted one", op_of(OpType::kIndex, VersionType::kExternal, 4), kDeleted, 0,
       "[1]: version conflict, current version [5] is higher or equal to the one provided [4]"},
      {"external_gte, equal", op_of(OpType::kIndex, VersionType::kExternalGte, 5), kLive, 5},
      {"external_gte, lower", op_of(OpType::kIndex, VersionType::kExternalGte, 4), kLive, 0,
       "[1]: version conflict, current version [5] is higher than the one provided [4]"},
      {"external delete", op_of(OpType::kDelete, VersionType::kExternal, 8), kLive, 8},
  };
  for (const Case& c : cases) {
    const auto version = next_version(c.op, c.current);
    ASSERT_EQ(version.has_value(), c.version != 0) << c.name;
    if (version) {
      EXPECT_EQ(*version, c.version) << c.name;
    } else {
      EXPECT_EQ(version.error().code(), ErrorCode::kVersionConflict) << c.name;
      EXPECT_EQ(version.error().reason(), c.reason) << c.name;
    }
  }
}

TEST(VersionRulesTest, AVersionNeedsExternalVersioning) {
  const auto version = next_version(op_of(OpType::kIndex, VersionType::kInternal, 3), kLive);
  ASSERT_FALSE(version);
  EXPECT_EQ(version.error().code(), ErrorCode::kActionRequestValidation);
}

}  // namespace
}  // namespace selene::index
