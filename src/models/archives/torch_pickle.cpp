#include "models/archives/torch_pickle.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <map>

namespace selene::models {
namespace {

using base::Error;
using base::ErrorCode;

constexpr size_t kMaxValues = 200'000;  // a model of 24 layers has about 10,000
constexpr size_t kMaxStringBytes = 256;
constexpr std::string_view kPackedLinear = "__torch__.torch.classes.quantized LinearPackedParamsBase";
constexpr std::string_view kRebuildTensor = "torch._utils _rebuild_tensor_v2";
constexpr std::string_view kRebuildQuantized = "torch._utils _rebuild_qtensor";
constexpr std::string_view kOrderedDict = "collections OrderedDict";
constexpr std::string_view kPerTensorAffine = "torch per_tensor_affine";
constexpr std::array kNames = {kPackedLinear, kRebuildTensor, kRebuildQuantized, kOrderedDict, kPerTensorAffine};

constexpr std::array<std::pair<std::string_view, DType>, 11> kStorages = {{
    {"torch FloatStorage", DType::kF32},
    {"torch HalfStorage", DType::kF16},
    {"torch BFloat16Storage", DType::kBf16},
    {"torch DoubleStorage", DType::kF64},
    {"torch LongStorage", DType::kI64},
    {"torch IntStorage", DType::kI32},
    {"torch ShortStorage", DType::kI16},
    {"torch CharStorage", DType::kI8},
    {"torch QInt8Storage", DType::kI8},
    {"torch ByteStorage", DType::kU8},
    {"torch BoolStorage", DType::kBool},
}};

template <class... Args>
Error bad(base::format_string<Args...> fmt, Args&&... args) {
  return Error(ErrorCode::kIllegalArgument, "the pickle is refused: " + base::format(fmt, std::forward<Args>(args)...));
}

using ValueId = uint32_t;

struct Mark {};
struct Dict {};
struct Name {
  std::string text;  // "module name"
};
struct Tuple {
  std::vector<ValueId> items;
};
struct Object {
  std::string name;
  std::optional<TorchPackedLinear> packed;
};
using Value =
    std::variant<std::monostate, bool, int64_t, double, std::string, Mark, Dict, Name, Tuple, Object, TorchStorage, TorchTensor>;

std::optional<DType> storage_type(std::string_view name) {
  const auto found = std::find_if(kStorages.begin(), kStorages.end(), [name](const auto& entry) { return entry.first == name; });
  return found == kStorages.end() ? std::nullopt : std::optional(found->second);
}

/// Whether all elements lie inside the storage.
bool lies_inside(const TorchTensor& tensor) {
  int64_t count = 1;
  int64_t last = tensor.offset;
  if (tensor.offset < 0 || tensor.shape.size() != tensor.strides.size()) return false;
  for (size_t d = 0; d < tensor.shape.size(); ++d) {
    if (tensor.shape[d] < 0 || tensor.strides[d] < 0) return false;
    int64_t step = 0;
    if (__builtin_mul_overflow(count, tensor.shape[d], &count)) return false;
    if (__builtin_mul_overflow(std::max<int64_t>(tensor.shape[d] - 1, 0), tensor.strides[d], &step)) return false;
    if (__builtin_add_overflow(last, step, &last)) return false;
  }
  // A tensor that reads elements twice could be larger than its storage without bound.
  return count == 0 || (last < tensor.storage.num_elements && count <= tensor.storage.num_elements);
}

/// Runs one pickle. The values never move or vanish while it runs; the stack and the memo hold their numbers.
class Machine {
 public:
  explicit Machine(std::string_view pickle) : bytes_(pickle) {}

  /// The value at STOP.
  base::Result<ValueId> run();
  const Value& value(ValueId id) const { return values_[id]; }
  template <class T>
  const T* as(ValueId id) const {
    return std::get_if<T>(&values_[id]);
  }

 private:
  base::Status step(uint8_t opcode);
  base::Status step_number(uint8_t opcode);
  base::Status step_memo(uint8_t opcode);
  base::Status step_tuple(uint8_t opcode);

  base::Result<std::string_view> take(size_t count);
  base::Result<std::string_view> take_line();
  template <class Int>
  base::Result<Int> take_int();

  void push(Value value) {
    values_.push_back(std::move(value));
    stack_.push_back(static_cast<ValueId>(values_.size() - 1));
  }
  base::Result<ValueId> pop();
  base::Result<Tuple> pop_to_mark();
  base::Status push_name();
  base::Status push_storage();
  base::Status reduce();
  base::Status new_object();
  base::Status build();

  /// The tuple of that number; moves when a value is pushed.
  base::Result<const Tuple*> tuple(ValueId id) const;
  base::Result<std::vector<int64_t>> integers(ValueId id) const;
  base::Result<TorchTensor> rebuild(const Tuple& arguments, bool quantized) const;
  base::Result<TorchTensor::Affine> affine(ValueId id) const;

  std::string_view bytes_;
  size_t at_ = 0;
  std::vector<Value> values_;
  std::vector<ValueId> stack_;
  std::map<uint32_t, ValueId> memo_;
};

base::Result<std::string_view> Machine::take(size_t count) {
  if (count > bytes_.size() - at_) return bad("it ends in the middle of an opcode");
  const std::string_view taken = bytes_.substr(at_, count);
  at_ += count;
  return taken;
}

base::Result<std::string_view> Machine::take_line() {
  const size_t end = bytes_.find('\n', at_);
  if (end == std::string_view::npos || end - at_ > 1000) return bad("a name does not end");
  const std::string_view line = bytes_.substr(at_, end - at_);
  at_ = end + 1;
  return line;
}

template <class Int>
base::Result<Int> Machine::take_int() {
  ASSIGN_OR_RETURN(const std::string_view raw, take(sizeof(Int)));
  Int value;
  std::memcpy(&value, raw.data(), sizeof value);
  return value;
}

base::Result<ValueId> Machine::pop() {
  if (stack_.empty() || as<Mark>(stack_.back()) != nullptr) return bad("an opcode finds too few values");
  const ValueId top = stack_.back();
  stack_.pop_back();
  return top;
}

base::Result<Tuple> Machine::pop_to_mark() {
  const auto mark = std::find_if(stack_.rbegin(), stack_.rend(), [this](ValueId id) { return as<Mark>(id) != nullptr; });
  if (mark == stack_.rend()) return bad("a tuple has no mark");
  Tuple items{{mark.base(), stack_.end()}};
  stack_.erase(mark.base() - 1, stack_.end());
  return items;
}

base::Status Machine::push_name() {
  ASSIGN_OR_RETURN(const std::string_view module, take_line());
  ASSIGN_OR_RETURN(const std::string_view name, take_line());
  std::string full = std::string(module) + " " + std::string(name);
  const bool known = std::find(kNames.begin(), kNames.end(), full) != kNames.end() || storage_type(full).has_value() ||
                     (full.starts_with("__torch__.") && !full.starts_with("__torch__.torch."));
  if (!known) return bad("the name [{}] is not on the list of what an archive may refer to", full);
  push(Name{std::move(full)});
  return {};
}

base::Result<const Tuple*> Machine::tuple(ValueId id) const {
  const auto* found = as<Tuple>(id);
  if (found == nullptr) return bad("an argument is not a tuple");
  return found;
}

base::Result<std::vector<int64_t>> Machine::integers(ValueId id) const {
  ASSIGN_OR_RETURN(const Tuple* items, tuple(id));
  std::vector<int64_t> numbers;
  for (const ValueId item : items->items) {
    const auto* number = as<int64_t>(item);
    if (number == nullptr || numbers.size() == 8) return bad("a shape is not a tuple of at most 8 integers");
    numbers.push_back(*number);
  }
  return numbers;
}

/// ("storage", class, key, device, number of elements).
base::Status Machine::push_storage() {
  ASSIGN_OR_RETURN(const ValueId id, pop());
  ASSIGN_OR_RETURN(const Tuple* parts, tuple(id));
  if (parts->items.size() != 5) return bad("a persistent id has [{}] parts, not 5", parts->items.size());
  const auto* kind = as<std::string>(parts->items[0]);
  const auto* type = as<Name>(parts->items[1]);
  const auto* key = as<std::string>(parts->items[2]);
  const auto* count = as<int64_t>(parts->items[4]);
  if (kind == nullptr || *kind != "storage" || type == nullptr || key == nullptr || count == nullptr || *count < 0) {
    return bad("a persistent id is not that of a storage");
  }
  const auto dtype = storage_type(type->text);
  if (!dtype) return bad("[{}] is no storage class", type->text);
  push(TorchStorage{*dtype, *key, *count});
  return {};
}

base::Result<TorchTensor::Affine> Machine::affine(ValueId id) const {
  ASSIGN_OR_RETURN(const Tuple* parts, tuple(id));
  const auto* scheme = parts->items.size() == 3 ? as<Name>(parts->items[0]) : nullptr;
  if (scheme == nullptr || scheme->text != kPerTensorAffine) return bad("a quantization scheme other than per_tensor_affine");
  const auto* scale = as<double>(parts->items[1]);
  const auto* zero_point = as<int64_t>(parts->items[2]);
  if (scale == nullptr || zero_point == nullptr) return bad("scale and zero point of a tensor are not numbers");
  return TorchTensor::Affine{*scale, *zero_point};
}

/// (storage, offset, size, stride, ...): what _rebuild_tensor_v2 and _rebuild_qtensor begin with.
base::Result<TorchTensor> Machine::rebuild(const Tuple& arguments, bool quantized) const {
  if (arguments.items.size() < 6) return bad("a tensor has [{}] arguments, fewer than 6", arguments.items.size());
  const auto* storage = as<TorchStorage>(arguments.items[0]);
  const auto* offset = as<int64_t>(arguments.items[1]);
  if (storage == nullptr || offset == nullptr) return bad("a tensor has no storage or no offset");
  TorchTensor tensor;
  tensor.storage = *storage;
  tensor.offset = *offset;
  ASSIGN_OR_RETURN(tensor.shape, integers(arguments.items[2]));
  ASSIGN_OR_RETURN(tensor.strides, integers(arguments.items[3]));
  if (!lies_inside(tensor)) return bad("a tensor of storage [{}] lies outside it", storage->key);
  if (quantized) {
    ASSIGN_OR_RETURN(tensor.affine, affine(arguments.items[4]));
    if (storage->dtype != DType::kI8) return bad("quantized storage [{}] is not of int8", storage->key);
  }
  return tensor;
}

base::Status Machine::reduce() {
  ASSIGN_OR_RETURN(const ValueId arguments_id, pop());
  ASSIGN_OR_RETURN(const ValueId function_id, pop());
  ASSIGN_OR_RETURN(const Tuple* arguments, tuple(arguments_id));
  const auto* function = as<Name>(function_id);
  if (function == nullptr) return bad("REDUCE of something that is not a name");
  if (function->text == kOrderedDict) {
    if (!arguments->items.empty()) return bad("an OrderedDict that is not empty");
    push(Dict{});
    return {};
  }
  if (function->text != kRebuildTensor && function->text != kRebuildQuantized) {
    return bad("REDUCE of [{}]; nothing in an archive is called", function->text);
  }
  ASSIGN_OR_RETURN(TorchTensor tensor, rebuild(*arguments, function->text == kRebuildQuantized));
  push(std::move(tensor));
  return {};
}

base::Status Machine::new_object() {
  ASSIGN_OR_RETURN(const ValueId arguments_id, pop());
  ASSIGN_OR_RETURN(const ValueId class_id, pop());
  ASSIGN_OR_RETURN(const Tuple* arguments, tuple(arguments_id));
  const auto* name = as<Name>(class_id);
  if (name == nullptr || !name->text.starts_with("__torch__.") || !arguments->items.empty()) {
    return bad("NEWOBJ of something that is not a module");
  }
  push(Object{name->text, std::nullopt});
  return {};
}

base::Status Machine::build() {
  ASSIGN_OR_RETURN(const ValueId state, pop());
  ASSIGN_OR_RETURN(const ValueId target, pop());
  auto* object = std::get_if<Object>(&values_[target]);
  if (object == nullptr) return bad("BUILD of something that is not an object");
  stack_.push_back(target);
  if (object->name != kPackedLinear) {
    if (as<Dict>(state) == nullptr) return bad("module [{}] has a state of its own: it is not frozen", object->name);
    return {};
  }
  ASSIGN_OR_RETURN(const Tuple* parts, tuple(state));
  const auto* weight = parts->items.size() == 2 ? as<TorchTensor>(parts->items[0]) : nullptr;
  if (weight == nullptr || !weight->affine || weight->shape.size() != 2) return bad("a packed linear layer has no int8 weight");
  TorchPackedLinear packed{*weight, std::nullopt};
  if (const auto* bias = as<TorchTensor>(parts->items[1])) {
    packed.bias = *bias;
  } else if (as<std::monostate>(parts->items[1]) == nullptr) {
    return bad("the bias of a packed linear layer is neither a tensor nor None");
  }
  object->packed = std::move(packed);
  return {};
}

base::Status Machine::step_number(uint8_t opcode) {
  switch (opcode) {
    case 'K': {
      ASSIGN_OR_RETURN(const auto number, take_int<uint8_t>());
      push(int64_t{number});
      return {};
    }
    case 'M': {
      ASSIGN_OR_RETURN(const auto number, take_int<uint16_t>());
      push(int64_t{number});
      return {};
    }
    case 'J': {
      ASSIGN_OR_RETURN(const auto number, take_int<int32_t>());
      push(int64_t{number});
      return {};
    }
    case 0x8A: {  // LONG1
      ASSIGN_OR_RETURN(const auto size, take_int<uint8_t>());
      if (size > 8) return bad("an integer of [{}] bytes", size);
      ASSIGN_OR_RETURN(const std::string_view raw, take(size));
      uint64_t number = size > 0 && (raw.back() & 0x80) != 0 ? UINT64_MAX : 0;
      std::memcpy(&number, raw.data(), raw.size());
      push(static_cast<int64_t>(number));
      return {};
    }
    default: {  // BINFLOAT, big-endian
      ASSIGN_OR_RETURN(const auto raw, take_int<uint64_t>());
      push(std::bit_cast<double>(__builtin_bswap64(raw)));
      return {};
    }
  }
}

base::Status Machine::step_memo(uint8_t opcode) {
  uint32_t slot = 0;
  if (opcode == 'q' || opcode == 'h') {
    ASSIGN_OR_RETURN(slot, take_int<uint8_t>());
  } else {
    ASSIGN_OR_RETURN(slot, take_int<uint32_t>());
  }
  if (opcode == 'q' || opcode == 'r') {  // BINPUT, LONG_BINPUT
    if (stack_.empty() || as<Mark>(stack_.back()) != nullptr) return bad("an opcode finds too few values");
    memo_[slot] = stack_.back();
    return {};
  }
  const auto found = memo_.find(slot);
  if (found == memo_.end()) return bad("memo slot [{}] is empty", slot);
  stack_.push_back(found->second);
  return {};
}

base::Status Machine::step_tuple(uint8_t opcode) {
  Tuple items;
  if (opcode == 't') {
    ASSIGN_OR_RETURN(items, pop_to_mark());
  } else if (opcode != ')') {
    const size_t count = opcode - size_t{0x84};  // TUPLE1 is 0x85
    for (size_t i = 0; i < count; ++i) {
      ASSIGN_OR_RETURN(const ValueId item, pop());
      items.items.insert(items.items.begin(), item);
    }
  }
  push(std::move(items));
  return {};
}

base::Status Machine::step(uint8_t opcode) {
  switch (opcode) {
    case 0x80: {  // PROTO
      ASSIGN_OR_RETURN(const auto version, take_int<uint8_t>());
      if (version != 2) return bad("protocol [{}]; 2 is read", version);
      return {};
    }
    case '(': push(Mark{}); return {};
    case '}': push(Dict{}); return {};
    case 'N': push(std::monostate{}); return {};
    case 0x88: push(true); return {};
    case 0x89: push(false); return {};
    case 'K':
    case 'M':
    case 'J':
    case 'G':
    case 0x8A: return step_number(opcode);
    case 'q':
    case 'r':
    case 'h':
    case 'j': return step_memo(opcode);
    case ')':
    case 't':
    case 0x85:
    case 0x86:
    case 0x87: return step_tuple(opcode);
    case 'X': {  // BINUNICODE
      ASSIGN_OR_RETURN(const auto size, take_int<uint32_t>());
      if (size > kMaxStringBytes) return bad("a text of [{}] bytes", size);
      ASSIGN_OR_RETURN(const std::string_view text, take(size));
      push(std::string(text));
      return {};
    }
    case 'u': {  // SETITEMS
      ASSIGN_OR_RETURN(const Tuple items, pop_to_mark());
      if (!items.items.empty()) return bad("the module has attributes: it is not frozen");
      return {};
    }
    case 'c': return push_name();
    case 'Q': return push_storage();
    case 'R': return reduce();
    case 0x81: return new_object();
    case 'b': return build();
    default: return bad("opcode [{}] at byte [{}] is not on the list", static_cast<int>(opcode), at_ - 1);
  }
}

base::Result<ValueId> Machine::run() {
  if (bytes_.size() > kMaxPickleBytes) return bad("it has [{}] bytes; at most [{}] are read", bytes_.size(), kMaxPickleBytes);
  while (at_ < bytes_.size()) {
    const auto opcode = static_cast<uint8_t>(bytes_[at_++]);
    if (opcode != '.') {
      RETURN_IF_ERROR(step(opcode));
      if (values_.size() > kMaxValues) return bad("it holds more than [{}] values", kMaxValues);
      continue;
    }
    ASSIGN_OR_RETURN(const ValueId result, pop());
    if (!stack_.empty() || at_ != bytes_.size()) return bad("something is left over at its end");
    return result;
  }
  return bad("it has no STOP");
}

base::Result<TorchConstant> constant(const Value& value) {
  if (const auto* number = std::get_if<int64_t>(&value)) return TorchConstant(*number);
  if (const auto* number = std::get_if<double>(&value)) return TorchConstant(*number);
  if (const auto* flag = std::get_if<bool>(&value)) return TorchConstant(*flag);
  if (const auto* text = std::get_if<std::string>(&value)) return TorchConstant(*text);
  if (const auto* tensor = std::get_if<TorchTensor>(&value)) {
    if (tensor->affine) return bad("a quantized tensor outside a linear layer");
    return TorchConstant(*tensor);
  }
  if (const auto* object = std::get_if<Object>(&value); object != nullptr && object->packed) return TorchConstant(*object->packed);
  if (std::holds_alternative<std::monostate>(value)) return TorchConstant(std::monostate{});
  return bad("a constant that is neither a tensor, a number nor a packed linear layer");
}

}  // namespace

base::Result<std::string> read_module_class(std::string_view pickle) {
  Machine machine(pickle);
  ASSIGN_OR_RETURN(const ValueId result, machine.run());
  const auto* module = machine.as<Object>(result);
  if (module == nullptr || module->packed || module->name == kPackedLinear) return bad("data.pkl holds no module");
  return module->name;
}

base::Result<std::vector<TorchConstant>> read_torch_constants(std::string_view pickle) {
  Machine machine(pickle);
  ASSIGN_OR_RETURN(const ValueId result, machine.run());
  const auto* tuple = machine.as<Tuple>(result);
  if (tuple == nullptr) return bad("constants.pkl holds no tuple");
  if (tuple->items.size() > kMaxValues) return bad("it holds more than [{}] constants", kMaxValues);
  std::vector<TorchConstant> constants;
  constants.reserve(tuple->items.size());
  for (const ValueId id : tuple->items) {
    ASSIGN_OR_RETURN(TorchConstant one, constant(machine.value(id)));
    constants.push_back(std::move(one));
  }
  return constants;
}

}  // namespace selene::models
