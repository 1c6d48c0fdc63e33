#include "models/archives/torchscript_graph.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>

namespace selene::models {
namespace {

using base::Error;
using base::ErrorCode;

struct OpName {
  std::string_view text;
  TorchOp op;
};
constexpr std::array kOps = {
    OpName{"__and__", TorchOp::kAnd},
    OpName{"abs", TorchOp::kAbs},
    OpName{"add", TorchOp::kAdd},
    OpName{"add_", TorchOp::kAddInPlace},
    OpName{"amax", TorchOp::kAmax},
    OpName{"arange", TorchOp::kArange},
    OpName{"argmax", TorchOp::kArgmax},
    OpName{"bitwise_not", TorchOp::kBitwiseNot},
    OpName{"bmm", TorchOp::kBmm},
    OpName{"cat", TorchOp::kCat},
    OpName{"ceil", TorchOp::kCeil},
    OpName{"clamp", TorchOp::kClamp},
    OpName{"clamp_min", TorchOp::kClampMin},
    OpName{"clone", TorchOp::kClone},
    OpName{"contiguous", TorchOp::kContiguous},
    OpName{"cumsum", TorchOp::kCumsum},
    OpName{"detach", TorchOp::kDetach},
    OpName{"device", TorchOp::kDevice},
    OpName{"div", TorchOp::kDiv},
    OpName{"dropout", TorchOp::kDropout},
    OpName{"embedding", TorchOp::kEmbedding},
    OpName{"eq", TorchOp::kEq},
    OpName{"expand", TorchOp::kExpand},
    OpName{"expand_as", TorchOp::kExpandAs},
    OpName{"flatten", TorchOp::kFlatten},
    OpName{"floor_divide", TorchOp::kFloorDivide},
    OpName{"full_like", TorchOp::kFullLike},
    OpName{"gather", TorchOp::kGather},
    OpName{"ge", TorchOp::kGe},
    OpName{"gelu", TorchOp::kGelu},
    OpName{"gt", TorchOp::kGt},
    OpName{"int", TorchOp::kInt},
    OpName{"layer_norm", TorchOp::kLayerNorm},
    OpName{"le", TorchOp::kLe},
    OpName{"linalg_vector_norm", TorchOp::kLinalgVectorNorm},
    OpName{"linear", TorchOp::kLinear},
    OpName{"log", TorchOp::kLog},
    OpName{"lt", TorchOp::kLt},
    OpName{"masked_fill", TorchOp::kMaskedFill},
    OpName{"matmul", TorchOp::kMatmul},
    OpName{"min", TorchOp::kMin},
    OpName{"mul", TorchOp::kMul},
    OpName{"ne", TorchOp::kNe},
    OpName{"neg", TorchOp::kNeg},
    OpName{"ops.prim.NumToTensor", TorchOp::kNumToTensor},
    OpName{"ops.prim.device", TorchOp::kPrimDevice},
    OpName{"ops.quantized.linear_dynamic", TorchOp::kQuantizedLinear},
    OpName{"permute", TorchOp::kPermute},
    OpName{"pow", TorchOp::kPow},
    OpName{"relu", TorchOp::kRelu},
    OpName{"repeat", TorchOp::kRepeat},
    OpName{"reshape", TorchOp::kReshape},
    OpName{"rsub", TorchOp::kRsub},
    OpName{"scaled_dot_product_attention", TorchOp::kSdpa},
    OpName{"select", TorchOp::kSelect},
    OpName{"sigmoid", TorchOp::kSigmoid},
    OpName{"sign", TorchOp::kSign},
    OpName{"silu", TorchOp::kSilu},
    OpName{"size", TorchOp::kSize},
    OpName{"slice", TorchOp::kSlice},
    OpName{"softmax", TorchOp::kSoftmax},
    OpName{"sqrt", TorchOp::kSqrt},
    OpName{"squeeze", TorchOp::kSqueeze},
    OpName{"sub", TorchOp::kSub},
    OpName{"sum", TorchOp::kSum},
    OpName{"tanh", TorchOp::kTanh},
    OpName{"tensor", TorchOp::kTensor},
    OpName{"to", TorchOp::kTo},
    OpName{"transpose", TorchOp::kTranspose},
    OpName{"type_as", TorchOp::kTypeAs},
    OpName{"unsqueeze", TorchOp::kUnsqueeze},
    OpName{"view", TorchOp::kView},
    OpName{"where", TorchOp::kWhere},
};

std::optional<TorchOp> find_op(std::string_view text) {
  const auto* found =
      std::lower_bound(kOps.begin(), kOps.end(), text, [](const OpName& name, std::string_view t) { return name.text < t; });
  return found != kOps.end() && found->text == text ? std::optional(found->op) : std::nullopt;
}

template <class... Args>
Error bad(base::format_string<Args...> fmt, Args&&... args) {
  return Error(ErrorCode::kIllegalArgument, "the model's code is refused: " + base::format(fmt, std::forward<Args>(args)...));
}

bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// One line of the text without its indentation.
struct Line {
  size_t indent = 0;
  std::string_view text;
  size_t number = 0;
};

std::vector<Line> split_lines(std::string_view text) {
  std::vector<Line> lines;
  for (size_t number = 1; !text.empty(); ++number) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    const size_t indent = std::min(line.find_first_not_of(' '), line.size());
    if (indent < line.size()) lines.push_back({indent, line.substr(indent), number});
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

/// The names that assignments of one block gave, over those of the block around it.
class Scope {
 public:
  explicit Scope(const Scope* outer) : outer_(outer) {}
  const GraphArg* find(std::string_view name) const {
    if (const auto found = names_.find(name); found != names_.end()) return &found->second;
    return outer_ != nullptr ? outer_->find(name) : nullptr;
  }
  void set(std::string_view name, GraphArg value) { names_.insert_or_assign(std::string(name), std::move(value)); }
  const std::map<std::string, GraphArg, std::less<>>& own() const { return names_; }

 private:
  const Scope* outer_;
  std::map<std::string, GraphArg, std::less<>> names_;
};

class GraphParser {
 public:
  explicit GraphParser(std::string_view text) : lines_(split_lines(text)) {}

  base::Result<TorchGraph> parse();

 private:
  base::Status parse_header();
  base::Status parse_arguments(std::string_view list);
  base::Status parse_block(size_t indent, Scope& scope, int depth);
  base::Status parse_if(size_t indent, Scope& scope, int depth);
  base::Status parse_statement(const Line& line, Scope& scope);
  base::Status parse_return(const Scope& scope);

  base::Result<GraphArg> expression(const Scope& scope, int depth);
  base::Result<GraphArg> number();
  base::Result<GraphArg> text_literal();
  base::Result<GraphArg> list(const Scope& scope, int depth);
  base::Result<GraphArg> call(std::string_view name, const Scope& scope, int depth);
  base::Result<GraphArg> constant(std::string_view name);
  base::Result<GraphArg> named_value(std::string_view name, const Scope& scope, int depth);
  base::Status call_argument(GraphNode& node, const Scope& scope, int depth);

  base::Result<NodeId> add(GraphNode node);
  std::string_view take_name(bool dotted);
  void skip_blanks();
  bool accept(char c);
  char peek() const { return rest_.empty() ? '\0' : rest_.front(); }
  Error syntax() const { return bad("line [{}] is not understood at [{}]", line_number_, rest_.substr(0, 40)); }

  std::vector<Line> lines_;
  size_t next_line_ = 0;
  std::string_view rest_;  // of the line at hand
  size_t line_number_ = 0;
  TorchGraph graph_;
  std::map<int64_t, NodeId> constants_;
  bool returned_ = false;
};

void GraphParser::skip_blanks() {
  while (peek() == ' ') rest_.remove_prefix(1);
}

bool GraphParser::accept(char c) {
  skip_blanks();
  if (peek() != c || rest_.empty()) return false;
  rest_.remove_prefix(1);
  return true;
}

std::string_view GraphParser::take_name(bool dotted) {
  skip_blanks();
  size_t end = 0;
  while (end < rest_.size() &&
         (is_name_start(rest_[end]) || (end > 0 && (is_digit(rest_[end]) || (dotted && rest_[end] == '.'))))) {
    ++end;
  }
  const std::string_view name = rest_.substr(0, end);
  rest_.remove_prefix(end);
  return name;
}

base::Result<NodeId> GraphParser::add(GraphNode node) {
  if (graph_.nodes.size() >= TorchGraph::kMaxNodes) return bad("it has more than [{}] operations", TorchGraph::kMaxNodes);
  graph_.nodes.push_back(std::move(node));
  return static_cast<NodeId>(graph_.nodes.size() - 1);
}

base::Result<GraphArg> GraphParser::number() {
  const size_t end = std::min(rest_.find_first_not_of("+-.0123456789e"), rest_.size());
  const std::string_view digits = rest_.substr(0, end);
  const bool is_float = digits.find_first_of(".e") != std::string_view::npos;
  GraphArg arg;
  std::from_chars_result parsed{};
  if (is_float) {
    double value = 0;
    parsed = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    arg.value = value;
  } else {
    int64_t value = 0;
    parsed = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    arg.value = value;
  }
  if (parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size()) return syntax();
  rest_.remove_prefix(end);
  return arg;
}

base::Result<GraphArg> GraphParser::text_literal() {
  const size_t end = rest_.find('"', 1);
  if (end == std::string_view::npos || end > 64 || rest_.substr(0, end).find('\\') != std::string_view::npos) return syntax();
  GraphArg arg{std::string(rest_.substr(1, end - 1))};
  rest_.remove_prefix(end + 1);
  return arg;
}

base::Result<GraphArg> GraphParser::list(const Scope& scope, int depth) {
  GraphList items;
  rest_.remove_prefix(1);
  if (accept(']')) return GraphArg{std::move(items)};
  do {
    ASSIGN_OR_RETURN(GraphArg item, expression(scope, depth + 1));
    if (item.as<GraphList>() != nullptr || items.size() == TorchGraph::kMaxArgs) return syntax();
    items.push_back(std::move(item));
  } while (accept(','));
  if (!accept(']')) return syntax();
  return GraphArg{std::move(items)};
}

base::Result<GraphArg> GraphParser::constant(std::string_view name) {
  int64_t index = 0;
  const auto parsed = std::from_chars(name.data(), name.data() + name.size(), index);
  if (parsed.ec != std::errc() || parsed.ptr != name.data() + name.size() || index < 0) return syntax();
  auto found = constants_.find(index);
  if (found == constants_.end()) {
    GraphNode node{.op = TorchOp::kConstant, .args = {}, .named_args = {}, .index = index, .users = {}};
    ASSIGN_OR_RETURN(const NodeId id, add(std::move(node)));
    found = constants_.emplace(index, id).first;
  }
  return GraphArg{GraphNodeRef{found->second}};
}

/// An argument of a call: an expression, or `name=expression`.
base::Status GraphParser::call_argument(GraphNode& node, const Scope& scope, int depth) {
  skip_blanks();
  const std::string_view before = rest_;
  const std::string_view name = take_name(false);
  if (!name.empty() && accept('=')) {
    ASSIGN_OR_RETURN(GraphArg value, expression(scope, depth));
    node.named_args.emplace_back(std::string(name), std::move(value));
    return {};
  }
  rest_ = before;
  if (!node.named_args.empty()) return syntax();
  ASSIGN_OR_RETURN(GraphArg value, expression(scope, depth));
  node.args.push_back(std::move(value));
  return {};
}

base::Result<GraphArg> GraphParser::call(std::string_view name, const Scope& scope, int depth) {
  std::string_view op_text = name;
  if (op_text.starts_with("torch.")) op_text.remove_prefix(6);
  const auto op = find_op(op_text);
  if (!op) return bad("operator [{}] is not one that an encoder is made of", op_text.substr(0, 100));
  GraphNode node;
  node.op = *op;
  if (!accept(')')) {
    do {
      RETURN_IF_ERROR(call_argument(node, scope, depth + 1));
      if (node.args.size() + node.named_args.size() > TorchGraph::kMaxArgs) return syntax();
    } while (accept(','));
    if (!accept(')')) return syntax();
  }
  ASSIGN_OR_RETURN(const NodeId id, add(std::move(node)));
  return GraphArg{GraphNodeRef{id}};
}

base::Result<GraphArg> GraphParser::named_value(std::string_view name, const Scope& scope, int depth) {
  if (accept('(')) return call(name, scope, depth);
  if (name.starts_with("CONSTANTS.c")) return constant(name.substr(11));
  if (name == "None") return GraphArg{};
  if (name == "True" || name == "False") return GraphArg{name == "True"};
  const GraphArg* found = scope.find(name);
  if (found == nullptr) return bad("line [{}]: [{}] is not defined", line_number_, name.substr(0, 100));
  return *found;
}

base::Result<GraphArg> GraphParser::expression(const Scope& scope, int depth) {
  if (depth > TorchGraph::kMaxDepth) return bad("line [{}] nests more than [{}] calls", line_number_, TorchGraph::kMaxDepth);
  skip_blanks();
  const char c = peek();
  if (c == '-' || is_digit(c)) return number();
  if (c == '"') return text_literal();
  if (c == '[') return list(scope, depth);
  if (!is_name_start(c)) return syntax();
  return named_value(take_name(true), scope, depth);
}

base::Status GraphParser::parse_return(const Scope& scope) {
  if (accept('(')) {
    GraphList items;
    do {
      if (accept(')')) break;
      ASSIGN_OR_RETURN(GraphArg item, expression(scope, 0));
      if (item.as<GraphList>() != nullptr || items.size() == TorchGraph::kMaxArgs) return syntax();
      items.push_back(std::move(item));
    } while (accept(','));
    accept(')');
    graph_.result.value = std::move(items);
  } else {
    ASSIGN_OR_RETURN(graph_.result, expression(scope, 0));
  }
  returned_ = true;
  return {};
}

base::Status GraphParser::parse_statement(const Line& line, Scope& scope) {
  rest_ = line.text;
  line_number_ = line.number;
  const std::string_view name = take_name(false);
  if (name.empty()) return syntax();
  if (name == "pass" && rest_.empty()) return {};
  if (name == "return") {
    RETURN_IF_ERROR(parse_return(scope));
  } else {
    if (!accept('=')) return syntax();
    ASSIGN_OR_RETURN(GraphArg value, expression(scope, 0));
    scope.set(name, std::move(value));
  }
  skip_blanks();
  if (!rest_.empty()) return syntax();
  return {};
}

/// `if name:` ... `else:` ...: names that both branches give, or that change, become kPhi nodes.
base::Status GraphParser::parse_if(size_t indent, Scope& scope, int depth) {
  const Line& line = lines_[next_line_];
  line_number_ = line.number;
  rest_ = line.text;
  take_name(false);
  ASSIGN_OR_RETURN(const GraphArg condition, expression(scope, 0));
  if (!accept(':') || !rest_.empty() || condition.as<GraphNodeRef>() == nullptr) return syntax();
  ++next_line_;
  Scope then_scope(&scope);
  Scope else_scope(&scope);
  RETURN_IF_ERROR(parse_block(indent, then_scope, depth + 1));
  if (next_line_ < lines_.size() && lines_[next_line_].indent == indent && lines_[next_line_].text == "else:") {
    ++next_line_;
    RETURN_IF_ERROR(parse_block(indent, else_scope, depth + 1));
  }
  for (const auto* branch : {&then_scope, &else_scope}) {
    for (const auto& [name, value] : branch->own()) {
      if (branch == &else_scope && then_scope.own().contains(name)) continue;
      const GraphArg* then_value = then_scope.find(name);
      const GraphArg* else_value = else_scope.find(name);
      if (then_value == nullptr || else_value == nullptr) continue;
      GraphNode phi;
      phi.op = TorchOp::kPhi;
      phi.args = {condition, *then_value, *else_value};
      ASSIGN_OR_RETURN(const NodeId id, add(std::move(phi)));
      scope.set(name, GraphArg{GraphNodeRef{id}});
    }
  }
  return {};
}

/// The lines that are indented deeper than `indent`.
base::Status GraphParser::parse_block(size_t indent, Scope& scope, int depth) {
  if (depth > 4) return bad("line [{}] nests more than 4 conditions", line_number_);
  if (next_line_ >= lines_.size() || lines_[next_line_].indent <= indent)
    return bad("line [{}] begins an empty block", line_number_);
  const size_t own_indent = lines_[next_line_].indent;
  while (next_line_ < lines_.size() && lines_[next_line_].indent > indent) {
    const Line& line = lines_[next_line_];
    if (line.indent != own_indent || returned_) return bad("line [{}] is not where a statement can stand", line.number);
    if (line.text.starts_with("if ")) {
      RETURN_IF_ERROR(parse_if(own_indent, scope, depth));
    } else {
      if (depth > 0 && line.text.starts_with("return")) return bad("line [{}] returns from a condition", line.number);
      ++next_line_;
      RETURN_IF_ERROR(parse_statement(line, scope));
    }
  }
  return {};
}

/// `self: Type, name: Tensor, ...`
base::Status GraphParser::parse_arguments(std::string_view list) {
  for (size_t i = 0; !list.empty(); ++i) {
    const size_t comma = std::min(list.find(','), list.size());
    std::string_view argument = list.substr(0, comma);
    list.remove_prefix(std::min(comma + 1, list.size()));
    argument.remove_prefix(std::min(argument.find_first_not_of(' '), argument.size()));
    const size_t colon = argument.find(':');
    if (colon == std::string_view::npos || i > 8) return bad("the arguments of forward are not understood");
    const std::string_view type = argument.substr(colon + 1);
    if (i == 0) {
      if (argument.substr(0, colon) != "self") return bad("forward is not a method");
      continue;
    }
    if (type != " Tensor") return bad("argument [{}] of forward is not a tensor", argument.substr(0, colon));
    graph_.inputs.emplace_back(argument.substr(0, colon));
  }
  return {};
}

/// Everything up to the `:` of `def forward(...)`, which may take several lines.
base::Status GraphParser::parse_header() {
  while (next_line_ < lines_.size() && !lines_[next_line_].text.starts_with("def ")) {
    const std::string_view text = lines_[next_line_].text;
    const bool expected = text.starts_with("class ") || text == "__parameters__ = []" || text == "__buffers__ = []";
    if (!expected) return bad("line [{}] is not one of a frozen module: [{}]", lines_[next_line_].number, text.substr(0, 60));
    ++next_line_;
  }
  std::string header;
  while (next_line_ < lines_.size()) {
    header += lines_[next_line_].text;
    line_number_ = lines_[next_line_].number;
    ++next_line_;
    if (header.ends_with(':') || header.size() > 4096) break;
    header += ' ';
  }
  constexpr std::string_view kForward = "def forward(";
  const size_t end = header.find(") -> ");
  if (!header.starts_with(kForward) || !header.ends_with(':') || end == std::string::npos) return bad("it has no method forward");
  return parse_arguments(std::string_view(header).substr(kForward.size(), end - kForward.size()));
}

base::Result<TorchGraph> GraphParser::parse() {
  RETURN_IF_ERROR(parse_header());
  const size_t def_indent = 2;
  Scope scope(nullptr);
  for (size_t i = 0; i < graph_.inputs.size(); ++i) {
    GraphNode input{.op = TorchOp::kInput, .args = {}, .named_args = {}, .index = static_cast<int64_t>(i), .users = {}};
    ASSIGN_OR_RETURN(const NodeId id, add(std::move(input)));
    scope.set(graph_.inputs[i], GraphArg{GraphNodeRef{id}});
  }
  RETURN_IF_ERROR(parse_block(def_indent, scope, 0));
  if (next_line_ < lines_.size()) return bad("line [{}]: a module with more than one method", lines_[next_line_].number);
  if (!returned_) return bad("forward returns nothing");
  const auto add_users = [this](const GraphArg& arg, NodeId user) {
    if (const auto* ref = arg.as<GraphNodeRef>()) graph_.nodes[ref->id].users.push_back(user);
    if (const auto* items = arg.as<GraphList>()) {
      for (const GraphArg& item : *items) {
        if (const auto* ref = item.as<GraphNodeRef>()) graph_.nodes[ref->id].users.push_back(user);
      }
    }
  };
  for (NodeId id = 0; id < graph_.nodes.size(); ++id) {
    for (const GraphArg& arg : graph_.nodes[id].args) add_users(arg, id);
    for (const auto& [name, arg] : graph_.nodes[id].named_args) add_users(arg, id);
  }
  return std::move(graph_);
}

}  // namespace

std::string_view torch_op_name(TorchOp op) {
  switch (op) {
    case TorchOp::kInput: return "input";
    case TorchOp::kConstant: return "constant";
    case TorchOp::kPhi: return "if";
    default: break;
  }
  const auto* found = std::find_if(kOps.begin(), kOps.end(), [op](const OpName& name) { return name.op == op; });
  return found == kOps.end() ? "?" : found->text;
}

base::Result<TorchGraph> TorchGraph::parse(std::string_view text) {
  if (text.size() > kMaxTextBytes) return bad("it has [{}] bytes; at most [{}] are read", text.size(), kMaxTextBytes);
  return GraphParser(text).parse();
}

}  // namespace selene::models
