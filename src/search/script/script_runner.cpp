#include "search/script/script_runner.h"

#include <xxhash.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "base/json/json_writer.h"
#include "index/mapping/document_parser.h"
#include "search/script/doc_field.h"
#include "search/script/script_functions.h"
#include "search/script/script_operations.h"

namespace selene::search {

using base::Error;
using base::ErrorCode;
using base::JsonValue;
using base::Result;
using base::Status;
using Kind = ScriptNodeKind;

class ScriptRunner::Evaluator {
 public:
  Evaluator(const Script& script, const index::Mapping& mapping, const index::SegmentReader& segment, std::string_view salt)
      : script_(script), mapping_(mapping), segment_(segment), salt_(salt) {
    slots_.resize(static_cast<size_t>(script.tree().num_slots));
  }

  Result<ScriptValue> run(index::DocId doc, float score) {
    doc_ = doc;
    score_ = score;
    returned_ = false;
    for (auto& [name, field] : fields_) field.move_to(doc);
    return block(*script_.tree().root);
  }
  size_t place() const { return place_; }
  void set_param(std::string name, ScriptValue value) { more_params_.insert_or_assign(std::move(name), std::move(value)); }

 private:
  // ---- statements

  Result<ScriptValue> block(const ScriptNode& node) {
    ScriptValue last;
    for (const ScriptNodePtr& child : node.children) {
      ASSIGN_OR_RETURN(last, evaluate(*child));
      if (returned_) break;
    }
    return last;
  }

  Result<ScriptValue> if_else(const ScriptNode& node) {
    ASSIGN_OR_RETURN(const ScriptValue value, evaluate(*node.children[0]));
    ASSIGN_OR_RETURN(const bool condition, script_boolean(value));
    if (condition) return evaluate(*node.children[1]);
    return node.children.size() > 2 ? evaluate(*node.children[2]) : Result<ScriptValue>(ScriptValue());
  }

  Result<ScriptValue> assign(const ScriptNode& node) {
    ASSIGN_OR_RETURN(ScriptValue value, evaluate(*node.children[0]));
    if ((node.text == "double" || node.text == "float") && is_number(value)) value = to_double(value);
    if ((node.text == "long" || node.text == "int") && std::holds_alternative<double>(value)) {
      return at(node, Error(ErrorCode::kIllegalArgument, "Cannot cast from [double] to [{}].", node.text));
    }
    return slots_[static_cast<size_t>(node.number)] = std::move(value);
  }

  // ---- expressions

  Error at(const ScriptNode& node, Error error) {
    place_ = node.offset;
    return error;
  }
  template <class T>
  Result<T> at(const ScriptNode& node, Result<T> result) {
    if (!result) place_ = node.offset;
    return result;
  }

  Result<ScriptValue> evaluate(const ScriptNode& node) {
    switch (node.kind) {
      case Kind::kConstant: return node.value;
      case Kind::kVariable: return slots_[static_cast<size_t>(node.number)];
      case Kind::kParams: return ScriptValue(script_.params());
      case Kind::kDoc: return at(node, Error(ErrorCode::kIllegalArgument, "[doc] must be followed by a field"));
      case Kind::kScore: return ScriptValue(static_cast<double>(score_));
      case Kind::kField: return at(node, Error(ErrorCode::kIllegalArgument, "a field is no value: use doc[<field>].value"));
      case Kind::kMember: return member(node);
      case Kind::kMethod: return method(node);
      case Kind::kIndex: return element(node);
      case Kind::kCall: return call(node);
      case Kind::kMath: return math(node);
      case Kind::kNot:
      case Kind::kNegate: return unary(node);
      case Kind::kBinary: return binary(node);
      case Kind::kConditional:
      case Kind::kIf: return if_else(node);
      case Kind::kAssign: return assign(node);
      case Kind::kBlock: return block(node);
      case Kind::kReturn: {
        Result<ScriptValue> value = evaluate(*node.children[0]);
        returned_ = true;
        return value;
      }
    }
    return ScriptValue();
  }

  Result<ScriptValue> unary(const ScriptNode& node) {
    ASSIGN_OR_RETURN(const ScriptValue value, evaluate(*node.children[0]));
    if (node.kind == Kind::kNot) {
      ASSIGN_OR_RETURN(const bool truth, at(node, script_boolean(value)));
      return ScriptValue(!truth);
    }
    if (std::holds_alternative<int64_t>(value)) return script_arithmetic('-', int64_t{0}, value);
    ASSIGN_OR_RETURN(const double real, at(node, script_number(value)));
    return ScriptValue(-real);
  }

  Result<ScriptValue> binary(const ScriptNode& node) {
    ASSIGN_OR_RETURN(const ScriptValue left, evaluate(*node.children[0]));
    if (node.text == "&&" || node.text == "||") {
      ASSIGN_OR_RETURN(const bool truth, at(node, script_boolean(left)));
      if (truth == (node.text == "||")) return ScriptValue(truth);
      ASSIGN_OR_RETURN(const ScriptValue other, evaluate(*node.children[1]));
      ASSIGN_OR_RETURN(const bool second, at(node, script_boolean(other)));
      return ScriptValue(second);
    }
    ASSIGN_OR_RETURN(const ScriptValue right, evaluate(*node.children[1]));
    if (node.text.starts_with("==")) return ScriptValue(script_equals(left, right));
    if (node.text.starts_with("!=")) return ScriptValue(!script_equals(left, right));
    if (node.text.starts_with('<') || node.text.starts_with('>')) return at(node, script_compare(node.text, left, right));
    return at(node, script_arithmetic(node.text.front(), left, right));
  }

  Result<ScriptValue> math(const ScriptNode& node) {
    if (node.children.empty()) return ScriptValue(math_constant(node.text));
    std::vector<double> arguments;
    bool whole = true;
    for (const ScriptNodePtr& child : node.children) {
      ASSIGN_OR_RETURN(const ScriptValue value, evaluate(*child));
      ASSIGN_OR_RETURN(const double real, at(node, script_number(value)));
      whole = whole && std::holds_alternative<int64_t>(value);
      arguments.push_back(real);
    }
    const double result = math_function(node.text, arguments);
    const bool keeps = node.text == "abs" || node.text == "max" || node.text == "min";
    const bool fits = std::abs(result) < 9.2e18;
    if (fits && ((whole && keeps) || node.text == "round")) return ScriptValue(static_cast<int64_t>(result));
    return ScriptValue(result);
  }

  // ---- params and fields

  Result<DocField*> field(const ScriptNode& name_node) {
    ASSIGN_OR_RETURN(const ScriptValue name, evaluate(name_node));
    return field_named(name_node, script_text(name));
  }

  Result<DocField*> field_named(const ScriptNode& node, const std::string& name) {
    if (const auto known = fields_.find(name); known != fields_.end()) return &known->second;
    const index::MappedField* const mapped = mapping_.find(name);
    if (mapped == nullptr) return at(node, Error(ErrorCode::kIllegalArgument, "No field found for [{}] in mapping", name));
    if (mapped->type == index::FieldType::kText) {
      return at(node, Error(ErrorCode::kIllegalArgument,
                            "Fielddata is disabled on [{}]. Text fields are not optimised for operations that require per-document "
                            "field data like aggregations and sorting, so these operations are disabled by default. Please use a "
                            "keyword field instead.",
                            name));
    }
    DocField& opened = fields_.try_emplace(name, *mapped, segment_).first->second;
    opened.move_to(doc_);
    return &opened;
  }

  Result<ScriptValue> param(const ScriptNode& node, JsonValue map, std::string_view key) {
    if (!map.is_object()) {
      if (!map.exists()) return ScriptValue();
      return at(node, Error(ErrorCode::kIllegalArgument, "[{}] is no key of a list", key));
    }
    const JsonValue value = map[key];
    return value.exists() ? script_value_of(value) : ScriptValue();
  }

  Result<ScriptValue> member(const ScriptNode& node) {
    const ScriptNode& object = *node.children[0];
    if (object.kind == Kind::kField) return field_member(node, object);
    if (const auto more = more_params_.find(node.text); object.kind == Kind::kParams && more != more_params_.end())
      return more->second;
    ASSIGN_OR_RETURN(const ScriptValue value, evaluate(object));
    if (std::holds_alternative<JsonValue>(value)) {
      const JsonValue json = std::get<JsonValue>(value);
      if (json.is_array() && node.text == "length") return ScriptValue(static_cast<int64_t>(json.as_array().size()));
      return param(node, json, node.text);
    }
    if (std::holds_alternative<int64_t>(value)) return at(node, date_part(std::get<int64_t>(value), node.text));
    return at(node, Error(ErrorCode::kIllegalArgument, "dynamic getter [{}, {}] not found", script_type_name(value), node.text));
  }

  Result<ScriptValue> field_member(const ScriptNode& node, const ScriptNode& object) {
    ASSIGN_OR_RETURN(DocField* const found, field(*object.children[0]));
    const std::string& name = node.text;
    if (name == "value") return at(node, found->value(0));
    if (name == "length") return ScriptValue(int64_t{found->size()});
    if (name == "empty") return ScriptValue(found->size() == 0);
    if (name == "magnitude") {
      ASSIGN_OR_RETURN(const auto vector, at(node, found->vector(std::nullopt)));
      return ScriptValue(std::sqrt(dot_product(vector, vector)));
    }
    return at(node, Error(ErrorCode::kIllegalArgument, "dynamic getter [ScriptDocValues, {}] not found", name));
  }

  Result<ScriptValue> method(const ScriptNode& node) {
    const ScriptNode& object = *node.children[0];
    std::vector<ScriptValue> arguments;
    for (size_t i = 1; i < node.children.size(); ++i) {
      ASSIGN_OR_RETURN(ScriptValue value, evaluate(*node.children[i]));
      arguments.push_back(std::move(value));
    }
    if (object.kind == Kind::kDoc) {
      if (node.text != "containsKey" || arguments.size() != 1)
        return at(node, Error(ErrorCode::kIllegalArgument, "dynamic method [doc, {}/{}] not found", node.text, arguments.size()));
      return ScriptValue(mapping_.find(script_text(arguments[0])) != nullptr);
    }
    if (object.kind == Kind::kField) return field_method(node, object, arguments);
    ASSIGN_OR_RETURN(const ScriptValue value, evaluate(object));
    if (std::holds_alternative<std::string>(value))
      return at(node, call_on_text(std::get<std::string>(value), node.text, arguments));
    if (std::holds_alternative<int64_t>(value) && arguments.empty())
      return at(node, date_part(std::get<int64_t>(value), node.text));
    if (std::holds_alternative<JsonValue>(value)) return json_method(node, std::get<JsonValue>(value), arguments);
    return at(node, Error(ErrorCode::kIllegalArgument, "dynamic method [{}, {}/{}] not found", script_type_name(value), node.text,
                          arguments.size()));
  }

  Result<ScriptValue> json_method(const ScriptNode& node, JsonValue json, const std::vector<ScriptValue>& arguments) {
    if (node.text == "size" && arguments.empty())
      return ScriptValue(static_cast<int64_t>(json.is_array() ? json.as_array().size() : json.as_object().size()));
    if (node.text == "get" && arguments.size() == 1) return json_element(node, json, arguments[0]);
    if (node.text == "containsKey" && arguments.size() == 1) return ScriptValue(json[script_text(arguments[0])].exists());
    if (node.text == "contains" && arguments.size() == 1 && json.is_array()) {
      for (const JsonValue element : json.as_array()) {
        if (script_equals(script_value_of(element), arguments[0])) return ScriptValue(true);
      }
      return ScriptValue(false);
    }
    if (node.text == "getOrDefault" && arguments.size() == 2 && json.is_object()) {
      const JsonValue found = json[script_text(arguments[0])];
      return found.exists() ? script_value_of(found) : arguments[1];
    }
    return at(node,
              Error(ErrorCode::kIllegalArgument, "dynamic method [java.util.Map, {}/{}] not found", node.text, arguments.size()));
  }

  Result<ScriptValue> field_method(const ScriptNode& node, const ScriptNode& object, const std::vector<ScriptValue>& arguments) {
    ASSIGN_OR_RETURN(DocField* const found, field(*object.children[0]));
    const std::string& name = node.text;
    if (name == "size" && arguments.empty()) return ScriptValue(int64_t{found->size()});
    if ((name == "isEmpty" || name == "empty") && arguments.empty()) return ScriptValue(found->size() == 0);
    if (name == "getValue" && arguments.empty()) return at(node, found->value(0));
    if (name == "get" && arguments.size() == 1 && std::holds_alternative<int64_t>(arguments[0]))
      return at(node, found->value(static_cast<int32_t>(std::get<int64_t>(arguments[0]))));
    if (name == "contains" && arguments.size() == 1) {
      for (int32_t i = 0; i < found->size(); ++i) {
        ASSIGN_OR_RETURN(const ScriptValue value, at(node, found->value(i)));
        if (script_equals(value, arguments[0])) return ScriptValue(true);
      }
      return ScriptValue(false);
    }
    return at(node,
              Error(ErrorCode::kIllegalArgument, "dynamic method [ScriptDocValues, {}/{}] not found", name, arguments.size()));
  }

  Result<ScriptValue> element(const ScriptNode& node) {
    const ScriptNode& object = *node.children[0];
    ASSIGN_OR_RETURN(const ScriptValue key, evaluate(*node.children[1]));
    if (object.kind == Kind::kField) {
      ASSIGN_OR_RETURN(DocField* const found, field(*object.children[0]));
      if (!std::holds_alternative<int64_t>(key))
        return at(node, Error(ErrorCode::kIllegalArgument, "the values of a field are numbered"));
      return at(node, found->value(static_cast<int32_t>(std::get<int64_t>(key))));
    }
    ASSIGN_OR_RETURN(const ScriptValue value, evaluate(object));
    if (!std::holds_alternative<JsonValue>(value)) {
      return at(node, Error(ErrorCode::kIllegalArgument, "Cannot use [{}] as a list or map.", script_type_name(value)));
    }
    return json_element(node, std::get<JsonValue>(value), key);
  }

  Result<ScriptValue> json_element(const ScriptNode& node, JsonValue json, const ScriptValue& key) {
    if (!json.is_array()) return param(node, json, script_text(key));
    const int64_t wanted = std::holds_alternative<int64_t>(key) ? std::get<int64_t>(key) : -1;
    int64_t i = 0;
    for (const JsonValue value : json.as_array()) {
      if (i++ == wanted) return script_value_of(value);
    }
    return at(node, Error(ErrorCode::kArrayIndexOutOfBounds, "Index {} out of bounds for length {}", wanted, i));
  }

  // ---- functions

  Result<std::vector<double>> numbers(const ScriptNode& node) {
    std::vector<double> values;
    for (const ScriptNodePtr& child : node.children) {
      ASSIGN_OR_RETURN(const ScriptValue value, evaluate(*child));
      ASSIGN_OR_RETURN(const double real, at(node, script_number(value)));
      values.push_back(real);
    }
    return values;
  }

  Result<ScriptValue> call(const ScriptNode& node) {
    const std::string& name = node.text;
    if (name.starts_with('(')) return cast(node);
    if (name == "saturation" || name == "sigmoid") {
      ASSIGN_OR_RETURN(const auto v, numbers(node));
      return ScriptValue(name == "saturation" ? saturation(v[0], v[1]) : sigmoid(v[0], v[1], v[2]));
    }
    if (name.starts_with("decay")) return decay(node);
    if (name == "randomScore") return random_score(node);
    return vector_function(node);
  }

  Result<ScriptValue> cast(const ScriptNode& node) {
    ASSIGN_OR_RETURN(const ScriptValue value, evaluate(*node.children[0]));
    const std::string& type = node.text;
    if (type == "(def)") return value;
    if (type == "(String)") return ScriptValue(script_text(value));
    if (type == "(boolean)") {
      ASSIGN_OR_RETURN(const bool truth, at(node, script_boolean(value)));
      return ScriptValue(truth);
    }
    ASSIGN_OR_RETURN(const double real, at(node, script_number(value)));
    if (type == "(double)" || type == "(float)") return ScriptValue(real);
    if (std::holds_alternative<int64_t>(value)) return value;
    const double limit = 9.2e18;
    return ScriptValue(std::isnan(real) ? int64_t{0} : static_cast<int64_t>(std::clamp(std::trunc(real), -limit, limit)));
  }

  Result<ScriptValue> decay(const ScriptNode& node) {
    const std::string& name = node.text;
    const DecayShape shape = name.ends_with("Gauss") ? DecayShape::kGauss
                             : name.ends_with("Exp") ? DecayShape::kExp
                                                     : DecayShape::kLinear;
    if (!name.starts_with("decayDate")) {
      ASSIGN_OR_RETURN(const auto v, numbers(node));
      return ScriptValue(decay_at(shape, decay_distance(v[4], v[0], v[2]), v[1], v[3]));
    }
    std::vector<ScriptValue> v;
    for (const ScriptNodePtr& child : node.children) {
      ASSIGN_OR_RETURN(ScriptValue value, evaluate(*child));
      v.push_back(std::move(value));
    }
    ASSIGN_OR_RETURN(const int64_t origin, at(node, index::parse_date(script_text(v[0]), "strict_date_optional_time||epoch_millis",
                                                                      0, index::DateRounding::kDown)));
    ASSIGN_OR_RETURN(const double scale, at(node, script_duration_ms(v[1])));
    ASSIGN_OR_RETURN(const double offset, at(node, script_duration_ms(v[2])));
    ASSIGN_OR_RETURN(const double left, at(node, script_number(v[3])));
    ASSIGN_OR_RETURN(const double value, at(node, script_number(v[4])));
    return ScriptValue(decay_at(shape, decay_distance(value, static_cast<double>(origin), offset), scale, left));
  }

  Result<ScriptValue> random_score(const ScriptNode& node) {
    ASSIGN_OR_RETURN(const ScriptValue seed_value, evaluate(*node.children[0]));
    ASSIGN_OR_RETURN(const double seed, at(node, script_number(seed_value)));
    uint64_t hash = XXH3_64bits_withSeed(salt_.data(), salt_.size(), static_cast<uint64_t>(static_cast<int64_t>(seed)));
    std::string key = std::to_string(doc_);
    if (node.children.size() > 1) {
      ASSIGN_OR_RETURN(DocField* const found, field(*node.children[1]));
      ASSIGN_OR_RETURN(const ScriptValue value, at(node, found->value(0)));
      key = script_text(value);
    }
    hash = XXH3_64bits_withSeed(key.data(), key.size(), hash);
    return ScriptValue(static_cast<double>(hash & 0xFFFFFF) / 16777216.0);
  }

  Result<ScriptValue> vector_function(const ScriptNode& node) {
    ASSIGN_OR_RETURN(const auto* const query, query_vector(node));
    const ScriptNode& target = *node.children[1];
    DocField* found = nullptr;
    if (target.kind == Kind::kField) {
      ASSIGN_OR_RETURN(found, field(*target.children[0]));
    } else {
      ASSIGN_OR_RETURN(found, field(target));
    }
    ASSIGN_OR_RETURN(const auto stored, at(node, found->vector(query->size())));
    if (node.text == "dotProduct") return ScriptValue(dot_product(*query, stored));
    if (node.text == "cosineSimilarity") return ScriptValue(cosine_similarity(*query, stored));
    if (node.text == "l1norm") return ScriptValue(l1_norm(*query, stored));
    if (node.text == "l2norm") return ScriptValue(l2_norm(*query, stored));
    return ScriptValue(hamming_distance(*query, stored));
  }

  /// Read once for all documents.
  Result<const std::vector<float>*> query_vector(const ScriptNode& node) {
    if (const auto known = vectors_.find(&node); known != vectors_.end()) return &known->second;
    ASSIGN_OR_RETURN(const ScriptValue value, evaluate(*node.children[0]));
    const JsonValue json = std::holds_alternative<JsonValue>(value) ? std::get<JsonValue>(value) : JsonValue();
    if (!json.is_array())
      return at(node, Error(ErrorCode::kIllegalArgument, "Cannot cast [{}] to a vector: a list of numbers is needed",
                            script_type_name(value)));
    std::vector<float> vector;
    for (const JsonValue element : json.as_array()) {
      if (!element.is_number())
        return at(node, Error(ErrorCode::kIllegalArgument, "the query vector holds a value that is no number"));
      vector.push_back(static_cast<float>(element.as_double()));
    }
    return &vectors_.emplace(&node, std::move(vector)).first->second;
  }

  const Script& script_;
  const index::Mapping& mapping_;
  const index::SegmentReader& segment_;
  std::string salt_;
  std::map<std::string, DocField, std::less<>> fields_;
  std::map<const ScriptNode*, std::vector<float>> vectors_;
  std::map<std::string, ScriptValue, std::less<>> more_params_;
  std::vector<ScriptValue> slots_;
  index::DocId doc_ = 0;
  float score_ = 0;
  bool returned_ = false;
  size_t place_ = 0;
};

ScriptRunner::ScriptRunner(const Script& script, const index::Mapping& mapping, const index::SegmentReader& segment,
                           std::string_view salt)
    : script_(script), evaluator_(std::make_unique<Evaluator>(script, mapping, segment, salt)) {}
ScriptRunner::~ScriptRunner() = default;

void ScriptRunner::set_param(std::string name, ScriptValue value) { evaluator_->set_param(std::move(name), std::move(value)); }

Result<ScriptValue> ScriptRunner::run(index::DocId doc, float score) {
  Result<ScriptValue> value = evaluator_->run(doc, score);
  if (value) return value;
  return script_error(script_, "runtime error", evaluator_->place(), std::move(value).error());
}

Result<double> ScriptRunner::run_number(index::DocId doc, float score) {
  ASSIGN_OR_RETURN(const ScriptValue value, run(doc, score));
  Result<double> real = script_number(value);
  if (real) return real;
  return script_error(script_, "runtime error", 0, std::move(real).error());
}

Result<bool> ScriptRunner::run_boolean(index::DocId doc, float score) {
  ASSIGN_OR_RETURN(const ScriptValue value, run(doc, score));
  Result<bool> truth = script_boolean(value);
  if (truth) return truth;
  return script_error(script_, "runtime error", 0, std::move(truth).error());
}

namespace {

bool uses_score(const ScriptNode& node) {
  if (node.kind == Kind::kScore) return true;
  for (const ScriptNodePtr& child : node.children) {
    if (uses_score(*child)) return true;
  }
  return false;
}

}  // namespace

bool uses_score(const Script& script) { return uses_score(*script.tree().root); }

}  // namespace selene::search
