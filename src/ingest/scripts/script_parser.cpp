#include <array>
#include <charconv>

#include "ingest/scripts/script_tokens.h"
#include "ingest/scripts/script_tree.h"

namespace selene::ingest {

namespace {

using base::Error;
using base::ErrorCode;
using Expression = ScriptExpression;
using Kind = ScriptExpression::Kind;
using Token = ScriptToken::Kind;

constexpr int kMaxDepth = 100;
constexpr size_t kMaxBytes = 65535;  // script.max_size_in_bytes
constexpr size_t kMaxTokens = 4000;  // bounds how deep a tree can get

/// Binary operators from the loosest to the tightest.
constexpr std::array<std::array<std::string_view, 4>, 6> kLevels = {
    {{"||"}, {"&&"}, {"==", "!=", "===", "!=="}, {"<", "<=", ">", ">="}, {"+", "-"}, {"*", "/", "%"}}};
constexpr std::array<std::string_view, 6> kAssignments = {"=", "+=", "-=", "*=", "/=", "%="};
constexpr std::array<std::string_view, 16> kTypes = {"def",  "var",  "int",    "long", "double", "float",   "boolean", "short",
                                                     "byte", "char", "String", "List", "Map",    "Integer", "Long",    "Object"};
constexpr std::array<std::string_view, 8> kUnsupported = {"for", "while", "do", "try", "new", "throw", "break", "continue"};

ScriptExpressionPtr node(Kind kind, std::string text = {}) {
  auto made = std::make_unique<Expression>();
  made->kind = kind;
  made->text = std::move(text);
  return made;
}

ScriptExpressionPtr literal(base::JsonTree value) {
  auto made = node(Kind::kLiteral);
  made->literal = std::move(value);
  return made;
}

template <size_t N>
bool contains(const std::array<std::string_view, N>& names, std::string_view name) {
  for (const std::string_view one : names) {
    if (!one.empty() && one == name) return true;
  }
  return false;
}

class Parser {
 public:
  explicit Parser(std::vector<ScriptToken> tokens) : tokens_(std::move(tokens)) {}

  base::Result<std::vector<ScriptStatement>> script() {
    std::vector<ScriptStatement> statements;
    while (now().kind != Token::kEnd) {
      if (take(";")) continue;
      ASSIGN_OR_RETURN(ScriptStatement one, statement());
      statements.push_back(std::move(one));
    }
    return statements;
  }

 private:
  const ScriptToken& now() const { return tokens_[at_]; }
  const ScriptToken& after() const { return tokens_[std::min(at_ + 1, tokens_.size() - 1)]; }
  bool is(std::string_view op) const { return now().kind == Token::kOperator && now().text == op; }
  bool is_word(std::string_view word) const { return now().kind == Token::kName && now().text == word; }
  bool take(std::string_view op) {
    if (!is(op)) return false;
    ++at_;
    return true;
  }
  Error unexpected(std::string_view wanted) const {
    return Error(ErrorCode::kIllegalArgument, "invalid sequence of tokens near ['{}'] at character [{}]: {} is expected",
                 now().text, now().offset, wanted);
  }
  base::Status expect(std::string_view op) {
    if (take(op)) return {};
    return unexpected(base::format("['{}']", op));
  }

  base::Result<std::vector<ScriptStatement>> block() {
    std::vector<ScriptStatement> statements;
    if (!take("{")) {
      ASSIGN_OR_RETURN(ScriptStatement one, statement());
      statements.push_back(std::move(one));
      return statements;
    }
    while (!take("}")) {
      if (now().kind == Token::kEnd) return unexpected("['}']");
      if (take(";")) continue;
      ASSIGN_OR_RETURN(ScriptStatement one, statement());
      statements.push_back(std::move(one));
    }
    return statements;
  }

  base::Result<ScriptStatement> statement() {
    if (++depth_ > kMaxDepth) return Error(ErrorCode::kIllegalArgument, "the script is nested deeper than [{}]", kMaxDepth);
    auto parsed = statement_body();
    --depth_;
    return parsed;
  }

  base::Result<ScriptStatement> statement_body() {
    if (now().kind == Token::kName && contains(kUnsupported, now().text)) {
      return Error(
          ErrorCode::kIllegalArgument,
          "[{}] is not supported: assignments, [if], [return], arithmetic and calls on values are what scripts may use here",
          now().text);
    }
    if (is_word("if")) return if_statement();
    ScriptStatement made;
    if (is_word("return")) {
      ++at_;
      made.kind = ScriptStatement::Kind::kReturn;
      if (!is(";") && !is("}") && now().kind != Token::kEnd) {
        ASSIGN_OR_RETURN(made.value, expression());
      }
    } else if (now().kind == Token::kName && contains(kTypes, now().text) && after().kind == Token::kName) {
      ++at_;
      made.kind = ScriptStatement::Kind::kDeclare;
      made.op = now().text;
      ++at_;
      if (take("=")) {
        ASSIGN_OR_RETURN(made.value, expression());
      }
    } else {
      RETURN_IF_ERROR(assignment(made));
    }
    if (!is("}") && now().kind != Token::kEnd) RETURN_IF_ERROR(expect(";"));
    return made;
  }

  base::Status assignment(ScriptStatement& made) {
    ASSIGN_OR_RETURN(ScriptExpressionPtr first, expression());
    const bool counts = is("++") || is("--");
    if (!counts && !(now().kind == Token::kOperator && contains(kAssignments, now().text))) {
      made.value = std::move(first);
      return {};
    }
    if (first->kind != Kind::kMember && first->kind != Kind::kIndex && first->kind != Kind::kName)
      return Error(ErrorCode::kIllegalArgument, "invalid assignment: cannot assign a value to this expression");
    made.kind = ScriptStatement::Kind::kAssign;
    made.target = std::move(first);
    made.op = counts ? now().text.substr(0, 1) + "=" : now().text;
    ++at_;
    if (counts) {
      made.value = literal(base::JsonTree(int64_t{1}));
      return {};
    }
    ASSIGN_OR_RETURN(made.value, expression());
    return {};
  }

  base::Result<ScriptStatement> if_statement() {
    ++at_;
    ScriptStatement made;
    made.kind = ScriptStatement::Kind::kIf;
    RETURN_IF_ERROR(expect("("));
    ASSIGN_OR_RETURN(made.value, expression());
    RETURN_IF_ERROR(expect(")"));
    ASSIGN_OR_RETURN(made.body, block());
    if (is_word("else")) {
      ++at_;
      ASSIGN_OR_RETURN(made.otherwise, block());
    }
    return made;
  }

  base::Result<ScriptExpressionPtr> expression() {
    if (++depth_ > kMaxDepth) return Error(ErrorCode::kIllegalArgument, "the script is nested deeper than [{}]", kMaxDepth);
    auto parsed = conditional();
    --depth_;
    return parsed;
  }

  base::Result<ScriptExpressionPtr> conditional() {
    ASSIGN_OR_RETURN(ScriptExpressionPtr condition, binary(0));
    if (take("?:")) {
      auto made = node(Kind::kBinary, "?:");
      made->parts.push_back(std::move(condition));
      ASSIGN_OR_RETURN(ScriptExpressionPtr other, expression());
      made->parts.push_back(std::move(other));
      return made;
    }
    if (!take("?")) return condition;
    auto made = node(Kind::kConditional);
    made->parts.push_back(std::move(condition));
    ASSIGN_OR_RETURN(ScriptExpressionPtr yes, expression());
    made->parts.push_back(std::move(yes));
    RETURN_IF_ERROR(expect(":"));
    ASSIGN_OR_RETURN(ScriptExpressionPtr no, expression());
    made->parts.push_back(std::move(no));
    return made;
  }

  base::Result<ScriptExpressionPtr> binary(size_t level) {
    if (level == kLevels.size()) return unary();
    ASSIGN_OR_RETURN(ScriptExpressionPtr left, binary(level + 1));
    int length = 0;
    while (now().kind == Token::kOperator && contains(kLevels[level], now().text)) {
      if (++length > kMaxDepth) return Error(ErrorCode::kIllegalArgument, "the script chains more than [{}] operators", kMaxDepth);
      auto made = node(Kind::kBinary, now().text.substr(0, 2));
      ++at_;
      ASSIGN_OR_RETURN(ScriptExpressionPtr right, binary(level + 1));
      made->parts.push_back(std::move(left));
      made->parts.push_back(std::move(right));
      left = std::move(made);
    }
    return left;
  }

  base::Result<ScriptExpressionPtr> unary() {
    if (!is("!") && !is("-")) return postfix();
    if (++depth_ > kMaxDepth) return Error(ErrorCode::kIllegalArgument, "the script is nested deeper than [{}]", kMaxDepth);
    auto made = node(Kind::kUnary, now().text);
    ++at_;
    ASSIGN_OR_RETURN(ScriptExpressionPtr operand, unary());
    --depth_;
    made->parts.push_back(std::move(operand));
    return made;
  }

  base::Result<ScriptExpressionPtr> postfix() {
    ASSIGN_OR_RETURN(ScriptExpressionPtr value, primary());
    for (int length = 0;; ++length) {
      if (length > kMaxDepth) return Error(ErrorCode::kIllegalArgument, "the script chains more than [{}] members", kMaxDepth);
      if (is(".") || is("?.")) {
        const bool null_safe = is("?.");
        ++at_;
        if (now().kind != Token::kName && now().kind != Token::kInteger) return unexpected("a name");
        auto made = node(Kind::kMember, now().text);
        made->null_safe = null_safe;
        ++at_;
        made->parts.push_back(std::move(value));
        if (take("(")) {
          made->kind = Kind::kCall;
          RETURN_IF_ERROR(list_until(")", *made));
        }
        value = std::move(made);
      } else if (take("[")) {
        auto made = node(Kind::kIndex);
        made->parts.push_back(std::move(value));
        ASSIGN_OR_RETURN(ScriptExpressionPtr key, expression());
        made->parts.push_back(std::move(key));
        RETURN_IF_ERROR(expect("]"));
        value = std::move(made);
      } else {
        return value;
      }
    }
  }

  base::Status list_until(std::string_view end, Expression& out) {
    if (take(end)) return {};
    do {
      ASSIGN_OR_RETURN(ScriptExpressionPtr element, expression());
      out.parts.push_back(std::move(element));
    } while (take(","));
    return expect(end);
  }

  /// Behind '[': a list or a map.
  base::Result<ScriptExpressionPtr> collection() {
    if (is(":") && after().text == "]") {
      at_ += 2;
      return node(Kind::kMap);
    }
    auto made = node(Kind::kList);
    if (take("]")) return made;
    ASSIGN_OR_RETURN(ScriptExpressionPtr first, expression());
    made->parts.push_back(std::move(first));
    if (!take(":")) {
      if (take("]")) return made;
      RETURN_IF_ERROR(expect(","));
      RETURN_IF_ERROR(list_until("]", *made));
      return made;
    }
    made->kind = Kind::kMap;
    while (true) {
      ASSIGN_OR_RETURN(ScriptExpressionPtr value, expression());
      made->parts.push_back(std::move(value));
      if (!take(",")) break;
      ASSIGN_OR_RETURN(ScriptExpressionPtr key, expression());
      made->parts.push_back(std::move(key));
      RETURN_IF_ERROR(expect(":"));
    }
    RETURN_IF_ERROR(expect("]"));
    return made;
  }

  base::Result<ScriptExpressionPtr> primary() {
    const ScriptToken token = now();
    if (token.kind == Token::kEnd) return unexpected("an expression");
    if (token.kind == Token::kName && (contains(kUnsupported, token.text) || contains(kTypes, token.text)))
      return unexpected("an expression");
    ++at_;
    switch (token.kind) {
      case Token::kString: return literal(base::JsonTree(token.text));
      case Token::kInteger: return integer(token.text);
      case Token::kDouble: {
        double value = 0;
        std::from_chars(token.text.data(), token.text.data() + token.text.size(), value);
        return literal(base::JsonTree(value));
      }
      case Token::kName:
        if (token.text == "true" || token.text == "false") return literal(base::JsonTree(token.text == "true"));
        if (token.text == "null") return literal({});
        return node(Kind::kName, token.text);
      default: break;
    }
    if (token.text == "[") return collection();
    if (token.text == "(") {
      ASSIGN_OR_RETURN(ScriptExpressionPtr inner, expression());
      RETURN_IF_ERROR(expect(")"));
      return inner;
    }
    --at_;
    return unexpected("an expression");
  }

  static base::Result<ScriptExpressionPtr> integer(const std::string& text) {
    int64_t value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault != std::errc() || end != text.data() + text.size())
      return Error(ErrorCode::kIllegalArgument, "Invalid int constant [{}].", text);
    return literal(base::JsonTree(value));
  }

  std::vector<ScriptToken> tokens_;
  size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

base::Result<std::vector<ScriptStatement>> parse_script(std::string_view source) {
  if (source.size() > kMaxBytes) {
    return Error(
        ErrorCode::kIllegalArgument,
        "exceeded max allowed inline script size in bytes [{}] with size [{}] for script: the limit is [script.max_size_in_bytes]",
        kMaxBytes, source.size());
  }
  ASSIGN_OR_RETURN(std::vector<ScriptToken> tokens, tokenize_script(source));
  if (tokens.size() > kMaxTokens) {
    return Error(ErrorCode::kIllegalArgument, "the script has [{}] tokens, at most [{}] are read", tokens.size(), kMaxTokens);
  }
  return Parser(std::move(tokens)).script();
}

}  // namespace selene::ingest
