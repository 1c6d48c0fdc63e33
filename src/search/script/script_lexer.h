#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "search/script/script_syntax.h"

namespace selene::search {

struct ScriptToken {
  enum class Kind : uint8_t { kName, kInteger, kDouble, kText, kSymbol, kEnd } kind = Kind::kEnd;
  std::string text;  ///< a text without its quotes
  size_t offset = 0;
  int64_t integer = 0;
  double real = 0;
};

/// Cuts a source into tokens, the last one kEnd; comments are dropped. False and `error` where a character fits nowhere.
bool read_script_tokens(std::string_view source, std::vector<ScriptToken>& tokens, ScriptSyntaxError& error);

}  // namespace selene::search
