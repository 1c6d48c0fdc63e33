#include "models/architectures/json_file.h"

#include "models/archives/mapped_file.h"

namespace selene::models {

using base::Error;
using base::ErrorCode;

namespace {

constexpr size_t kMaxConfigBytes = 4 << 20;

}  // namespace

base::Result<base::JsonDocument> read_json_file(const std::filesystem::path& file) {
  ASSIGN_OR_RETURN(const MappedFile mapped, MappedFile::open(file));
  if (mapped.bytes().size() > kMaxConfigBytes) {
    return Error(ErrorCode::kIllegalArgument, "[{}] has {} bytes, more than the limit of {}", file.string(), mapped.bytes().size(),
                 kMaxConfigBytes);
  }
  auto document = base::JsonDocument::parse({reinterpret_cast<const char*>(mapped.bytes().data()), mapped.bytes().size()});
  if (document.has_value()) return document;
  return Error(ErrorCode::kIllegalArgument, "[{}] is not a JSON text", file.string()).with_cause(std::move(document).error());
}

base::Result<base::JsonDocument> read_json_object(const std::filesystem::path& file) {
  auto document = read_json_file(file);
  if (!document.has_value() && document.error().code() != ErrorCode::kIllegalArgument) return document;
  if (document.has_value() && document->root().is_object()) return document;
  Error error(ErrorCode::kIllegalArgument, "[{}] is not a JSON object", file.string());
  return document.has_value() ? error : std::move(error).with_cause(std::move(document).error());
}

}  // namespace selene::models
