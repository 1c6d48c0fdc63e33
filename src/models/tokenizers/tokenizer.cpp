#include "models/tokenizers/tokenizer.h"

#include "base/json/json_document.h"
#include "models/archives/mapped_file.h"
#include "models/tokenizers/pipeline_tokenizer.h"

namespace selene::models {
namespace {

using base::Error;
using base::ErrorCode;

// The largest published ones have some 35 MB.
constexpr size_t kMaxFileBytes = size_t{128} << 20;

}  // namespace

base::Result<std::unique_ptr<Tokenizer>> Tokenizer::load(const std::filesystem::path& tokenizer_json) {
  ASSIGN_OR_RETURN(const MappedFile file, MappedFile::open(tokenizer_json));
  const std::span<const std::byte> bytes = file.bytes();
  auto tokenizer = parse({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  if (tokenizer.has_value()) return tokenizer;
  return Error(tokenizer.error().code(), base::format("[{}]: {}", tokenizer_json.string(), tokenizer.error().reason()));
}

base::Result<std::unique_ptr<Tokenizer>> Tokenizer::parse(std::string_view tokenizer_json) {
  if (tokenizer_json.size() > kMaxFileBytes) {
    return Error(ErrorCode::kIllegalArgument, "a tokenizer.json of [{}] bytes is larger than the limit of [{}]",
                 tokenizer_json.size(), kMaxFileBytes);
  }
  auto document = base::JsonDocument::parse(tokenizer_json);
  if (!document.has_value()) {
    return Error(ErrorCode::kIllegalArgument, "not a JSON text: {}", document.error().reason()).with_cause(document.error());
  }
  return PipelineTokenizer::parse(document->root());
}

}  // namespace selene::models
