#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "search/script/script_value.h"

namespace selene::search {

/// What a node of the tree does. Children stand in reading order.
enum class ScriptNodeKind : uint8_t {
  kConstant,     ///< `value`
  kVariable,     ///< slot `number`
  kParams,       ///< the whole map
  kDoc,          ///< the word `doc`: only as the start of something
  kScore,        ///< _score
  kField,        ///< doc['text'], child 0 is the name
  kMember,       ///< child 0 . text
  kMethod,       ///< child 0 . text(the other children)
  kIndex,        ///< child 0 [child 1]
  kCall,         ///< text(children)
  kMath,         ///< Math.text(children), or Math.text
  kNot,          ///< !
  kNegate,       ///< -
  kBinary,       ///< operator `text`
  kConditional,  ///< child 0 ? child 1 : child 2
  kAssign,       ///< slot `number` = child 0
  kIf,           ///< if child 0, child 1, else child 2 (may be missing)
  kBlock,        ///< one after the other
  kReturn,       ///< child 0
};

struct ScriptNode {
  ScriptNodeKind kind = ScriptNodeKind::kConstant;
  std::string text;
  int32_t number = 0;
  size_t offset = 0;  ///< of its first character in the source
  ScriptValue value;
  std::vector<std::unique_ptr<ScriptNode>> children;
};
using ScriptNodePtr = std::unique_ptr<ScriptNode>;

struct ScriptTree {
  ScriptNodePtr root;  ///< a kBlock
  int32_t num_slots = 0;
};

/// Why a source is no script, and where.
struct ScriptSyntaxError {
  std::string reason;
  size_t offset = 0;
};

/// Reads a bounded subset of Painless: declarations and assignments of local variables, if and else, return, and expressions of
/// numbers, texts, `params`, `doc`, `_score`, Math and the functions of script_functions.h. No loops, so a script takes as many
/// steps as it has words. Nesting is limited. Gives the tree, or the error in `error`.
std::unique_ptr<ScriptTree> parse_script(std::string_view source, ScriptSyntaxError& error);

}  // namespace selene::search
