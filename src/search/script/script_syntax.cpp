#include "search/script/script_syntax.h"

#include <algorithm>
#include <array>
#include <map>

#include "base/format.h"
#include "search/script/script_functions.h"
#include "search/script/script_lexer.h"

namespace selene::search {
namespace {

constexpr int kMaxNesting = 100;
constexpr std::array<std::string_view, 9> kTypeNames = {"def",   "double", "float",   "long",  "int",
                                                        "short", "byte",   "boolean", "String"};
constexpr std::array<std::string_view, 8> kRefused = {"for", "while", "do", "new", "try", "throw", "switch", "continue"};

using Kind = ScriptNodeKind;
using TokenKind = ScriptToken::Kind;

/// Recursive descent; after a failure everything returns null.
class Parser {
 public:
  Parser(const std::vector<ScriptToken>& tokens, ScriptSyntaxError& error) : tokens_(tokens), error_(error) {}

  std::unique_ptr<ScriptTree> run() {
    auto tree = std::make_unique<ScriptTree>();
    tree->root = make(Kind::kBlock);
    while (peek().kind != TokenKind::kEnd) {
      ScriptNodePtr next = statement();
      if (next == nullptr) return nullptr;
      tree->root->children.push_back(std::move(next));
    }
    tree->num_slots = static_cast<int32_t>(slots_.size());
    return tree;
  }

 private:
  const ScriptToken& peek(size_t ahead = 0) const { return tokens_[std::min(pos_ + ahead, tokens_.size() - 1)]; }
  const ScriptToken& take() {
    const ScriptToken& token = peek();
    if (pos_ + 1 < tokens_.size()) ++pos_;
    return token;
  }
  bool is(std::string_view symbol, size_t ahead = 0) const {
    return (peek(ahead).kind == TokenKind::kSymbol || peek(ahead).kind == TokenKind::kName) && peek(ahead).text == symbol;
  }
  bool accept(std::string_view symbol) {
    if (!is(symbol)) return false;
    take();
    return true;
  }
  ScriptNodePtr make(Kind kind, std::string text = {}) const {
    auto node = std::make_unique<ScriptNode>();
    node->kind = kind;
    node->text = std::move(text);
    node->offset = peek().offset;
    return node;
  }
  ScriptNodePtr fail(std::string reason) {
    if (error_.reason.empty()) error_ = {std::move(reason), peek().offset};
    return nullptr;
  }
  ScriptNodePtr unexpected(std::string_view wanted) {
    if (peek().kind == TokenKind::kEnd) return fail("unexpected end of script.");
    return fail(base::format("unexpected token ['{}'] was expecting {}.", peek().text, wanted));
  }
  bool expect(std::string_view symbol) {
    if (accept(symbol)) return true;
    unexpected(base::format("['{}']", symbol));
    return false;
  }

  class Depth {
   public:
    explicit Depth(Parser& parser) : parser_(parser) { ++parser_.depth_; }
    ~Depth() { --parser_.depth_; }
    Depth(const Depth&) = delete;
    Depth& operator=(const Depth&) = delete;

   private:
    Parser& parser_;
  };

  // ---- statements

  ScriptNodePtr statement() {
    const Depth depth(*this);
    if (depth_ > kMaxNesting) return fail(base::format("the script is nested more than {} deep", kMaxNesting));
    if (is("{")) return block();
    if (is("if")) return if_statement();
    for (const std::string_view word : kRefused) {
      if (is(word)) return fail(base::format("[{}] is not supported: scripts are expressions without loops", word));
    }
    ScriptNodePtr node;
    if (is("return")) {
      node = make(Kind::kReturn);
      take();
      if (!add(*node, expression())) return nullptr;
    } else if (is_declaration()) {
      node = declaration();
    } else if (peek().kind == TokenKind::kName && is("=", 1) && slots_.contains(peek().text)) {
      node = assignment();
    } else {
      node = expression();
    }
    if (node == nullptr) return nullptr;
    if (!accept(";") && peek().kind != TokenKind::kEnd && !is("}")) return unexpected("one of [';']");
    return node;
  }

  ScriptNodePtr block() {
    ScriptNodePtr node = make(Kind::kBlock);
    take();
    while (!is("}")) {
      if (peek().kind == TokenKind::kEnd) return unexpected("['}']");
      if (!add(*node, statement())) return nullptr;
    }
    take();
    return node;
  }

  ScriptNodePtr if_statement() {
    ScriptNodePtr node = make(Kind::kIf);
    take();
    if (!expect("(") || !add(*node, expression()) || !expect(")") || !add(*node, statement())) return nullptr;
    if (accept("else") && !add(*node, statement())) return nullptr;
    return node;
  }

  bool is_declaration() const {
    return peek().kind == TokenKind::kName && std::ranges::find(kTypeNames, peek().text) != kTypeNames.end() &&
           peek(1).kind == TokenKind::kName;
  }

  ScriptNodePtr declaration() {
    const std::string type = take().text;
    const std::string name = peek().text;
    if (slots_.contains(name)) return fail(base::format("variable [{}] is already defined in the scope", name));
    slots_.emplace(name, static_cast<int32_t>(slots_.size()));
    ScriptNodePtr node = make(Kind::kAssign, type);
    node->number = slots_.at(name);
    take();
    if (accept("=")) return add(*node, expression()) ? std::move(node) : nullptr;
    ScriptNodePtr initial = make(Kind::kConstant);
    if (type == "double" || type == "float") initial->value = 0.0;
    if (type == "long" || type == "int" || type == "short" || type == "byte") initial->value = int64_t{0};
    if (type == "boolean") initial->value = false;
    node->children.push_back(std::move(initial));
    return node;
  }

  ScriptNodePtr assignment() {
    ScriptNodePtr node = make(Kind::kAssign);
    node->number = slots_.at(take().text);
    take();
    return add(*node, expression()) ? std::move(node) : nullptr;
  }

  // ---- expressions

  static bool add(ScriptNode& parent, ScriptNodePtr child) {
    if (child == nullptr) return false;
    parent.children.push_back(std::move(child));
    return true;
  }

  ScriptNodePtr expression() {
    const Depth depth(*this);
    if (depth_ > kMaxNesting) return fail(base::format("the script is nested more than {} deep", kMaxNesting));
    ScriptNodePtr condition = binary(0);
    if (condition == nullptr || !is("?")) return condition;
    ScriptNodePtr node = make(Kind::kConditional);
    take();
    if (!add(*node, std::move(condition)) || !add(*node, expression()) || !expect(":") || !add(*node, expression())) return nullptr;
    return node;
  }

  /// Operators of each level, the loosest first.
  static constexpr std::array<std::array<std::string_view, 4>, 6> kLevels = {{{"||", "", "", ""},
                                                                              {"&&", "", "", ""},
                                                                              {"==", "!=", "===", "!=="},
                                                                              {"<", "<=", ">", ">="},
                                                                              {"+", "-", "", ""},
                                                                              {"*", "/", "%", ""}}};

  ScriptNodePtr binary(size_t level) {
    if (level == kLevels.size()) return unary();
    ScriptNodePtr left = binary(level + 1);
    int chain = 0;
    while (left != nullptr && peek().kind == TokenKind::kSymbol &&
           std::ranges::find(kLevels[level], peek().text) != kLevels[level].end()) {
      if (++chain > kMaxNesting * 10) return fail("the expression is too long");
      ScriptNodePtr node = make(Kind::kBinary, peek().text);
      take();
      if (!add(*node, std::move(left)) || !add(*node, binary(level + 1))) return nullptr;
      left = std::move(node);
    }
    return left;
  }

  ScriptNodePtr unary() {
    const Depth depth(*this);
    if (depth_ > kMaxNesting) return fail(base::format("the script is nested more than {} deep", kMaxNesting));
    if (is("!") || is("-")) {
      ScriptNodePtr node = make(is("!") ? Kind::kNot : Kind::kNegate);
      take();
      return add(*node, unary()) ? std::move(node) : nullptr;
    }
    if (accept("+")) return unary();
    if (is_cast()) {
      ScriptNodePtr node = make(Kind::kCall, "(" + peek(1).text + ")");
      take();
      take();
      take();
      return add(*node, unary()) ? std::move(node) : nullptr;
    }
    return postfix(primary());
  }

  bool is_cast() const {
    return is("(") && is(")", 2) && peek(1).kind == TokenKind::kName &&
           std::ranges::find(kTypeNames, peek(1).text) != kTypeNames.end();
  }

  ScriptNodePtr postfix(ScriptNodePtr node) {
    int chain = 0;
    while (node != nullptr && (is(".") || is("["))) {
      if (++chain > kMaxNesting) return fail("the expression is too long");
      const bool bracket = is("[");
      take();
      if (bracket) {
        node = index(std::move(node));
      } else if (peek().kind != TokenKind::kName) {
        return unexpected("an identifier");
      } else {
        node = member(std::move(node));
      }
    }
    return node;
  }

  ScriptNodePtr index(ScriptNodePtr object) {
    const bool doc = object->kind == Kind::kDoc;
    ScriptNodePtr node = make(doc ? Kind::kField : Kind::kIndex);
    if (!doc) node->children.push_back(std::move(object));
    if (!add(*node, expression()) || !expect("]")) return nullptr;
    return node;
  }

  ScriptNodePtr member(ScriptNodePtr object) {
    const std::string name = peek().text;
    const bool call = is("(", 1);
    if (object->kind == Kind::kDoc && !call) {
      ScriptNodePtr field = make(Kind::kField);
      ScriptNodePtr constant = make(Kind::kConstant);
      constant->value = name;
      field->children.push_back(std::move(constant));
      take();
      return field;
    }
    ScriptNodePtr node = make(call ? Kind::kMethod : Kind::kMember, name);
    take();
    node->children.push_back(std::move(object));
    if (!call) return node;
    return arguments(*node) ? std::move(node) : nullptr;
  }

  bool arguments(ScriptNode& node) {
    take();  // (
    if (accept(")")) return true;
    do {
      if (!add(node, expression())) return false;
    } while (accept(","));
    return expect(")");
  }

  ScriptNodePtr constant(ScriptValue value) {
    ScriptNodePtr node = make(Kind::kConstant);
    node->value = std::move(value);
    take();
    return node;
  }

  ScriptNodePtr primary() {
    const ScriptToken& token = peek();
    switch (token.kind) {
      case TokenKind::kInteger: return constant(token.integer);
      case TokenKind::kDouble: return constant(token.real);
      case TokenKind::kText: return constant(token.text);
      case TokenKind::kName: return name();
      default: break;
    }
    if (!is("(")) return unexpected("an expression");
    take();
    ScriptNodePtr inner = expression();
    return inner != nullptr && expect(")") ? std::move(inner) : nullptr;
  }

  ScriptNodePtr name() {
    const std::string word = peek().text;
    if (word == "true" || word == "false") return constant(word == "true");
    if (word == "null") return constant(std::monostate{});
    if (word == "Math") return math();
    if (is("(", 1)) return call();
    ScriptNodePtr node;
    if (const auto slot = slots_.find(word); slot != slots_.end()) {
      node = make(Kind::kVariable, word);
      node->number = slot->second;
    } else if (word == "params" || word == "doc" || word == "_score") {
      node = make(word == "params" ? Kind::kParams : word == "doc" ? Kind::kDoc : Kind::kScore, word);
    } else {
      return fail(base::format("cannot resolve symbol [{}]", word));
    }
    take();
    return node;
  }

  ScriptNodePtr math() {
    ScriptNodePtr node = make(Kind::kMath);
    take();
    if (!expect(".")) return nullptr;
    node->text = peek().text;
    const bool call = is("(", 1);
    take();
    if (call && !arguments(*node)) return nullptr;
    if (is_math_name(node->text, call ? static_cast<int>(node->children.size()) : -1)) return node;
    error_.offset = node->offset;
    error_.reason = call ? base::format("static method [java.lang.Math, {}/{}] not found", node->text, node->children.size())
                         : base::format("static field [java.lang.Math, {}] not found", node->text);
    return nullptr;
  }

  ScriptNodePtr call() {
    ScriptNodePtr node = make(Kind::kCall, peek().text);
    take();
    if (!arguments(*node)) return nullptr;
    if (is_script_function(node->text, node->children.size())) return node;
    error_ = {base::format("Unknown call [{}] with [{}] arguments.", node->text, node->children.size()), node->offset};
    return nullptr;
  }

  const std::vector<ScriptToken>& tokens_;
  ScriptSyntaxError& error_;
  size_t pos_ = 0;
  int depth_ = 0;
  std::map<std::string, int32_t, std::less<>> slots_;
};

}  // namespace

std::unique_ptr<ScriptTree> parse_script(std::string_view source, ScriptSyntaxError& error) {
  std::vector<ScriptToken> tokens;
  if (!read_script_tokens(source, tokens, error)) return nullptr;
  return Parser(tokens, error).run();
}

}  // namespace selene::search
