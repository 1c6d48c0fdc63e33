#include "index/engine/version_rules.h"

namespace selene::index {
namespace {

using base::Error;
using base::ErrorCode;

Error conflict(const WriteOp& op, std::string_view why) {
  return Error(ErrorCode::kVersionConflict, "[{}]: version conflict, {}", op.id, why);
}

base::Status check_seq_no(const WriteOp& op, const std::optional<CurrentVersion>& current) {
  if (!op.if_seq_no) return {};
  const int64_t term = op.if_primary_term.value_or(kPrimaryTerm);
  if (!current || current->deleted) {
    return conflict(op, base::format("required seqNo [{}], primary term [{}]. but no document was found", *op.if_seq_no, term));
  }
  if (current->seq_no == *op.if_seq_no && term == kPrimaryTerm) return {};
  return conflict(op, base::format("required seqNo [{}], primary term [{}]. current document has seqNo [{}] and primary term [{}]",
                                   *op.if_seq_no, term, current->seq_no, kPrimaryTerm));
}

base::Result<int64_t> external_version(const WriteOp& op, const std::optional<CurrentVersion>& current) {
  const int64_t given = op.version.value_or(0);
  if (!current) return given;
  if (op.version_type == VersionType::kExternal && current->version >= given) {
    return conflict(op, base::format("current version [{}] is higher or equal to the one provided [{}]", current->version, given));
  }
  if (op.version_type == VersionType::kExternalGte && current->version > given) {
    return conflict(op, base::format("current version [{}] is higher than the one provided [{}]", current->version, given));
  }
  return given;
}

}  // namespace

base::Result<int64_t> next_version(const WriteOp& op, const std::optional<CurrentVersion>& current) {
  RETURN_IF_ERROR(check_seq_no(op, current));
  if (op.version_type != VersionType::kInternal) return external_version(op, current);
  if (op.version) {
    return Error(
        ErrorCode::kActionRequestValidation,
        "Validation Failed: 1: internal versioning can not be used for optimistic concurrency control. Please use `if_seq_no` and "
        "`if_primary_term` instead;");
  }
  if (op.type == OpType::kCreate && current && !current->deleted) {
    return conflict(op, base::format("document already exists (current version [{}])", current->version));
  }
  return current ? current->version + 1 : 1;
}

}  // namespace selene::index
