#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/json/json_tree.h"
#include "base/result.h"

namespace selene::ingest {

/// One node of an expression.
struct ScriptExpression {
  enum class Kind : uint8_t {
    kLiteral,      ///< literal
    kName,         ///< text: ctx, params or a local variable
    kMember,       ///< parts[0].text
    kIndex,        ///< parts[0][parts[1]]
    kCall,         ///< parts[0].text(parts[1], ...)
    kUnary,        ///< text: ! or -
    kBinary,       ///< text: an operator
    kConditional,  ///< parts[0] ? parts[1] : parts[2]
    kList,         ///< [parts...]
    kMap,          ///< [parts[0]: parts[1], ...]
  };
  Kind kind = Kind::kLiteral;
  std::string text;
  base::JsonTree literal;
  std::vector<std::unique_ptr<ScriptExpression>> parts;
  bool null_safe = false;  ///< `?.`: null gives null
};
using ScriptExpressionPtr = std::unique_ptr<ScriptExpression>;

struct ScriptStatement {
  enum class Kind : uint8_t {
    kExpression,  ///< value
    kAssign,      ///< target op value; op is =, +=, ...
    kDeclare,     ///< a local variable op = value (may be null)
    kIf,          ///< value, body, otherwise
    kReturn,      ///< value may be null
  };
  Kind kind = Kind::kExpression;
  std::string op;
  ScriptExpressionPtr target;
  ScriptExpressionPtr value;
  std::vector<ScriptStatement> body;
  std::vector<ScriptStatement> otherwise;
};

/// The statements of a script. Errors: kIllegalArgument, which says what stands where and what of the language is read here.
base::Result<std::vector<ScriptStatement>> parse_script(std::string_view source);

}  // namespace selene::ingest
