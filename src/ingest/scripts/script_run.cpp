#include "ingest/scripts/script_run.h"

#include <charconv>
#include <map>
#include <optional>

#include "ingest/scripts/script_values.h"

namespace selene::ingest {

namespace {

using base::Error;
using base::ErrorCode;
using base::JsonTree;
using base::Result;
using Expression = ScriptExpression;
using Kind = ScriptExpression::Kind;

/// A value, or the place of one inside ctx, params or a local variable. A place holds until the next change.
struct Operand {
  JsonTree* place = nullptr;
  JsonTree own;
  JsonTree& value() { return place == nullptr ? own : *place; }
};

// What one run may make in all, so that a value put into itself again and again ends.
constexpr size_t kMaxMadeBytes = size_t{64} << 20;

size_t size_of(const JsonTree& value) {
  size_t bytes = sizeof(JsonTree);
  if (value.is_string()) bytes += value.as_string().size();
  if (value.is_array()) {
    for (const JsonTree& element : value.as_array()) bytes += size_of(element);
  }
  if (value.is_object()) {
    for (const JsonTree::Member& member : value.as_object()) bytes += member.key.size() + size_of(member.value);
  }
  return bytes;
}

Error null_access(std::string_view name) {
  return Error(ErrorCode::kIllegalArgument, "cannot access method/field [{}] from a null def reference", name);
}

class Run {
 public:
  Run(JsonTree& ctx, const JsonTree& params) : ctx_(ctx), params_(params) {}

  base::Status all(const std::vector<ScriptStatement>& statements) {
    for (const ScriptStatement& statement : statements) {
      if (returned_) return {};
      RETURN_IF_ERROR(one(statement));
    }
    return {};
  }
  JsonTree result() { return returned_ ? *std::move(returned_) : JsonTree(); }

 private:
  base::Status one(const ScriptStatement& statement) {
    switch (statement.kind) {
      case ScriptStatement::Kind::kExpression: {
        ASSIGN_OR_RETURN(Operand value, evaluate(*statement.value));
        last_ = value.value();
        return {};
      }
      case ScriptStatement::Kind::kReturn: {
        if (statement.value == nullptr) {
          returned_ = JsonTree();
          return {};
        }
        ASSIGN_OR_RETURN(Operand value, evaluate(*statement.value));
        returned_ = value.value();
        return {};
      }
      case ScriptStatement::Kind::kDeclare: return declare(statement);
      case ScriptStatement::Kind::kAssign: return assign(statement);
      case ScriptStatement::Kind::kIf: {
        ASSIGN_OR_RETURN(Operand condition, evaluate(*statement.value));
        ASSIGN_OR_RETURN(const bool holds, truth(condition.value()));
        return all(holds ? statement.body : statement.otherwise);
      }
    }
    return {};
  }

  base::Status charge(const JsonTree& value) {
    made_bytes_ += size_of(value);
    if (made_bytes_ <= kMaxMadeBytes) return {};
    return Error(ErrorCode::kIllegalArgument, "the script made more than [{}] bytes of values", kMaxMadeBytes);
  }

  static Result<bool> truth(const JsonTree& value) {
    if (value.is_bool()) return value.as_bool();
    return Error(ErrorCode::kIllegalArgument, "Cannot cast [{}] to [boolean].", java_text(value));
  }

  base::Status declare(const ScriptStatement& statement) {
    JsonTree value;
    if (statement.value != nullptr) {
      ASSIGN_OR_RETURN(Operand made, evaluate(*statement.value));
      // A copy of a list or an object would not change with its original, as it does in Java.
      if (made.place != nullptr && (made.value().is_array() || made.value().is_object())) {
        return Error(ErrorCode::kIllegalArgument,
                     "variable [{}] would name a list or an object of the document: write out its path", statement.op);
      }
      value = made.value();
    }
    if (!locals_.emplace(statement.op, std::move(value)).second)
      return Error(ErrorCode::kIllegalArgument, "variable [{}] is already defined", statement.op);
    return {};
  }

  base::Status assign(const ScriptStatement& statement) {
    ASSIGN_OR_RETURN(Operand operand, evaluate(*statement.value));
    JsonTree value = operand.value();
    if (statement.op != "=") {
      ASSIGN_OR_RETURN(Operand present, evaluate(*statement.target));
      ASSIGN_OR_RETURN(value,
                       apply_operator(std::string_view(statement.op).substr(0, statement.op.size() - 1), present.value(), value));
    }
    RETURN_IF_ERROR(charge(value));
    const Expression& target = *statement.target;
    if (target.kind == Kind::kName) {
      const auto local = locals_.find(target.text);
      if (local == locals_.end()) return Error(ErrorCode::kIllegalArgument, "cannot resolve symbol [{}]", target.text);
      local->second = std::move(value);
      return {};
    }
    ASSIGN_OR_RETURN(Operand parent, evaluate(*target.parts[0]));
    if (parent.value().is_null()) return null_access(target.kind == Kind::kMember ? target.text : "[]");
    if (parent.place == nullptr || is_params(*target.parts[0]))
      return Error(ErrorCode::kIllegalArgument, "only values below [ctx] can be assigned");
    if (target.kind == Kind::kMember) return assign_member(*parent.place, target.text, std::move(value));
    ASSIGN_OR_RETURN(Operand key, evaluate(*target.parts[1]));
    return assign_index(*parent.place, key.value(), std::move(value));
  }

  /// Whether the root of a path is `params`, which is one for all documents.
  static bool is_params(const Expression& path) {
    const Expression* at = &path;
    while (at->kind == Kind::kMember || at->kind == Kind::kIndex) at = at->parts[0].get();
    return at->kind == Kind::kName && at->text == "params";
  }

  static base::Status assign_member(JsonTree& parent, const std::string& name, JsonTree value) {
    if (parent.is_null()) return null_access(name);
    if (parent.is_object()) {
      parent.set(name, std::move(value));
      return {};
    }
    if (parent.is_array()) return assign_index(parent, JsonTree(name), std::move(value));
    return Error(ErrorCode::kIllegalArgument, "dynamic setter [{}] not found on a value that is no object", name);
  }

  static Result<size_t> list_position(const JsonTree& list, const JsonTree& key) {
    int64_t position = -1;
    if (key.is_integer()) position = key.as_int64();
    if (key.is_string()) {
      const std::string& text = key.as_string();
      const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), position);
      if (fault != std::errc() || end != text.data() + text.size())
        return Error(ErrorCode::kIllegalArgument, "Illegal list shortcut value [{}].", text);
    }
    const auto size = static_cast<int64_t>(list.as_array().size());
    if (position < 0) position += size;
    if (position >= 0 && position < size) return static_cast<size_t>(position);
    return Error(ErrorCode::kIllegalArgument, "Index {} out of bounds for length {}", java_text(key), size);
  }

  static base::Status assign_index(JsonTree& parent, const JsonTree& key, JsonTree value) {
    if (parent.is_null()) return null_access(java_text(key));
    if (parent.is_object()) {
      parent.set(java_text(key), std::move(value));
      return {};
    }
    if (!parent.is_array()) return Error(ErrorCode::kIllegalArgument, "only lists and objects have elements");
    ASSIGN_OR_RETURN(const size_t position, list_position(parent, key));
    parent.as_array()[position] = std::move(value);
    return {};
  }

  Result<Operand> evaluate(const Expression& expression) {
    switch (expression.kind) {
      case Kind::kLiteral: return Operand{nullptr, expression.literal};
      case Kind::kName: return name(expression.text);
      case Kind::kMember: return member(expression);
      case Kind::kIndex: return index(expression);
      case Kind::kCall: return call(expression);
      case Kind::kUnary: return unary(expression);
      case Kind::kBinary: return binary(expression);
      case Kind::kConditional: {
        ASSIGN_OR_RETURN(Operand condition, evaluate(*expression.parts[0]));
        ASSIGN_OR_RETURN(const bool holds, truth(condition.value()));
        return evaluate(*expression.parts[holds ? 1 : 2]);
      }
      case Kind::kList: return list(expression);
      case Kind::kMap: return map(expression);
    }
    return Operand();
  }

  Result<Operand> name(const std::string& text) {
    if (text == "ctx") return Operand{&ctx_, {}};
    if (text == "params") return Operand{&params_, {}};
    if (const auto local = locals_.find(text); local != locals_.end()) return Operand{&local->second, {}};
    return Error(ErrorCode::kIllegalArgument, "cannot resolve symbol [{}]", text);
  }

  /// `key` of `parent`: a member, an element, or null where a map has none.
  static Result<Operand> child(Operand parent, const JsonTree& key) {
    JsonTree& from = parent.value();
    if (from.is_null()) return null_access(java_text(key));
    JsonTree* found = nullptr;
    if (from.is_object()) {
      found = from.find(java_text(key));
      if (found == nullptr) return Operand();
    } else if (from.is_array()) {
      if (key.is_string() && key.as_string() == "length")
        return Operand{nullptr, JsonTree(static_cast<int64_t>(from.as_array().size()))};
      ASSIGN_OR_RETURN(const size_t position, list_position(from, key));
      found = &from.as_array()[position];
    } else {
      return Error(ErrorCode::kIllegalArgument, "dynamic getter [{}] not found on a value that is no object", java_text(key));
    }
    if (parent.place != nullptr) return Operand{found, {}};
    JsonTree copy = *found;
    return Operand{nullptr, std::move(copy)};
  }

  Result<Operand> member(const Expression& expression) {
    ASSIGN_OR_RETURN(Operand parent, evaluate(*expression.parts[0]));
    if (expression.null_safe && parent.value().is_null()) return Operand();
    return child(std::move(parent), JsonTree(expression.text));
  }

  Result<Operand> index(const Expression& expression) {
    ASSIGN_OR_RETURN(Operand key, evaluate(*expression.parts[1]));
    const JsonTree copy = key.value();
    ASSIGN_OR_RETURN(Operand parent, evaluate(*expression.parts[0]));
    return child(std::move(parent), copy);
  }

  Result<Operand> call(const Expression& expression) {
    std::vector<JsonTree> arguments;
    for (size_t i = 1; i < expression.parts.size(); ++i) {
      ASSIGN_OR_RETURN(Operand argument, evaluate(*expression.parts[i]));
      RETURN_IF_ERROR(charge(argument.value()));
      arguments.push_back(argument.value());
    }
    ASSIGN_OR_RETURN(Operand target, evaluate(*expression.parts[0]));
    if (expression.null_safe && target.value().is_null()) return Operand();
    ASSIGN_OR_RETURN(JsonTree result, call_method(target.value(), expression.text, arguments));
    RETURN_IF_ERROR(charge(result));
    return Operand{nullptr, std::move(result)};
  }

  Result<Operand> unary(const Expression& expression) {
    ASSIGN_OR_RETURN(Operand operand, evaluate(*expression.parts[0]));
    if (expression.text == "!") {
      ASSIGN_OR_RETURN(const bool holds, truth(operand.value()));
      return Operand{nullptr, JsonTree(!holds)};
    }
    ASSIGN_OR_RETURN(JsonTree negative, apply_operator("-", JsonTree(int64_t{0}), operand.value()));
    return Operand{nullptr, std::move(negative)};
  }

  Result<Operand> binary(const Expression& expression) {
    ASSIGN_OR_RETURN(Operand left, evaluate(*expression.parts[0]));
    if (expression.text == "?:") return left.value().is_null() ? evaluate(*expression.parts[1]) : Result<Operand>(std::move(left));
    if (expression.text == "&&" || expression.text == "||") {
      ASSIGN_OR_RETURN(const bool holds, truth(left.value()));
      if (holds == (expression.text == "||")) return Operand{nullptr, JsonTree(holds)};
      ASSIGN_OR_RETURN(Operand right, evaluate(*expression.parts[1]));
      ASSIGN_OR_RETURN(const bool other, truth(right.value()));
      return Operand{nullptr, JsonTree(other)};
    }
    const JsonTree first = left.value();
    ASSIGN_OR_RETURN(Operand right, evaluate(*expression.parts[1]));
    ASSIGN_OR_RETURN(JsonTree result, apply_operator(expression.text, first, right.value()));
    RETURN_IF_ERROR(charge(result));
    return Operand{nullptr, std::move(result)};
  }

  Result<Operand> list(const Expression& expression) {
    JsonTree made = JsonTree::array();
    for (const auto& part : expression.parts) {
      ASSIGN_OR_RETURN(Operand element, evaluate(*part));
      RETURN_IF_ERROR(charge(element.value()));
      made.as_array().push_back(element.value());
    }
    return Operand{nullptr, std::move(made)};
  }

  Result<Operand> map(const Expression& expression) {
    JsonTree made = JsonTree::object();
    for (size_t i = 0; i + 1 < expression.parts.size(); i += 2) {
      ASSIGN_OR_RETURN(Operand key, evaluate(*expression.parts[i]));
      const std::string name = java_text(key.value());
      ASSIGN_OR_RETURN(Operand value, evaluate(*expression.parts[i + 1]));
      RETURN_IF_ERROR(charge(value.value()));
      made.set(name, value.value());
    }
    return Operand{nullptr, std::move(made)};
  }

 public:
  /// The value of the last statement that was an expression: what a condition without `return` means.
  const JsonTree& last() const { return last_; }
  bool returned() const { return returned_.has_value(); }

 private:
  JsonTree& ctx_;
  JsonTree params_;
  std::map<std::string, JsonTree, std::less<>> locals_;
  std::optional<JsonTree> returned_;
  JsonTree last_;
  size_t made_bytes_ = 0;
};

}  // namespace

Result<JsonTree> run_script(const std::vector<ScriptStatement>& statements, JsonTree& ctx, const JsonTree& params) {
  Run run(ctx, params);
  RETURN_IF_ERROR(run.all(statements));
  return run.returned() ? run.result() : run.last();
}

}  // namespace selene::ingest
