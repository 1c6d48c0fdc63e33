#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace selene::ingest {

struct ScriptToken {
  enum class Kind : uint8_t { kName, kInteger, kDouble, kString, kOperator, kEnd } kind = Kind::kEnd;
  std::string text;  ///< of a string: its value
  size_t offset = 0;
};

/// Cuts a script into tokens; comments and blanks are left out; the last one is kEnd. Errors: kIllegalArgument.
base::Result<std::vector<ScriptToken>> tokenize_script(std::string_view source);

}  // namespace selene::ingest
