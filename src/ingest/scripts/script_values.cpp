#include "ingest/scripts/script_values.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "search/script/script_operations.h"

namespace selene::ingest {

using base::Error;
using base::ErrorCode;
using base::JsonTree;
using base::Result;

namespace {

std::string_view type_name(const JsonTree& value) {
  if (value.is_null()) return "null";
  if (value.is_bool()) return "java.lang.Boolean";
  if (value.is_integer()) return "java.lang.Long";
  if (value.is_double()) return "java.lang.Double";
  if (value.is_string()) return "java.lang.String";
  return value.is_array() ? "java.util.ArrayList" : "java.util.HashMap";
}

Error cannot_apply(std::string_view op, const JsonTree& a, const JsonTree& b) {
  return Error(ErrorCode::kIllegalArgument, "Cannot apply [{}] operation to types [{}] and [{}].", op, type_name(a), type_name(b));
}

JsonTree double_arithmetic(char op, double a, double b) {
  if (op == '+') return JsonTree(a + b);
  if (op == '-') return JsonTree(a - b);
  if (op == '*') return JsonTree(a * b);
  return JsonTree(op == '/' ? a / b : std::fmod(a, b));
}

bool compare_as(std::string_view op, auto a, auto b) {
  if (op == "<") return a < b;
  if (op == "<=") return a <= b;
  return op == ">" ? a > b : a >= b;
}

bool values_equal(const JsonTree& a, const JsonTree& b) {
  if (a.is_number() && b.is_number() && (a.is_double() || b.is_double())) return a.as_double() == b.as_double();
  return a == b;
}

struct Method {
  std::string_view name;
  size_t num_arguments;
  Result<JsonTree> (*call)(JsonTree& value, const std::vector<JsonTree>& arguments);
};

const std::string& text(const JsonTree& value) { return value.as_string(); }
JsonTree number(size_t value) { return JsonTree(static_cast<int64_t>(value)); }

std::string mapped(std::string text, char low, char high, int shift) {
  for (char& c : text) {
    if (c >= low && c <= high) c = static_cast<char>(c + shift);
  }
  return text;
}

std::string trimmed(const std::string& text) {
  const size_t begin = text.find_first_not_of(" \t\r\n");
  return begin == std::string::npos ? std::string() : text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

Result<std::string> text_argument(const JsonTree& argument) {
  if (argument.is_string()) return argument.as_string();
  return Error(ErrorCode::kIllegalArgument, "Cannot cast from [{}] to [java.lang.String].", type_name(argument));
}

Result<size_t> position_argument(const JsonTree& argument, size_t limit) {
  if (!argument.is_integer()) return Error(ErrorCode::kIllegalArgument, "Cannot cast from [{}] to [int].", type_name(argument));
  const int64_t position = argument.as_int64();
  if (position >= 0 && static_cast<size_t>(position) <= limit) return static_cast<size_t>(position);
  return Error(ErrorCode::kIllegalArgument, "index [{}] is out of bounds for length [{}]", position, limit);
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  if (from.empty()) return text;
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

Result<JsonTree> substring(const JsonTree& value, const std::vector<JsonTree>& arguments) {
  ASSIGN_OR_RETURN(const size_t begin, position_argument(arguments[0], text(value).size()));
  size_t end = text(value).size();
  if (arguments.size() == 2) {
    ASSIGN_OR_RETURN(end, position_argument(arguments[1], end));
  }
  if (end < begin) return Error(ErrorCode::kIllegalArgument, "begin {}, end {}, length {}", begin, end, text(value).size());
  return JsonTree(text(value).substr(begin, end - begin));
}

Result<JsonTree> split(const JsonTree& value, const std::vector<JsonTree>& arguments) {
  ASSIGN_OR_RETURN(const std::string token, text_argument(arguments[0]));
  if (token.empty()) return Error(ErrorCode::kIllegalArgument, "the token to split on must not be empty");
  JsonTree parts = JsonTree::array();
  std::string_view rest = text(value);
  for (size_t at = rest.find(token); at != std::string_view::npos; at = rest.find(token)) {
    parts.as_array().emplace_back(rest.substr(0, at));
    rest.remove_prefix(at + token.size());
  }
  parts.as_array().emplace_back(rest);
  return parts;
}

template <class Compare>
Result<JsonTree> with_text(const std::vector<JsonTree>& arguments, Compare compare) {
  ASSIGN_OR_RETURN(const std::string argument, text_argument(arguments[0]));
  return compare(argument);
}

using Arguments = const std::vector<JsonTree>&;

constexpr Method kStringMethods[] = {
    {"contains", 1,
     [](JsonTree& v, Arguments a) {
       return with_text(a, [&](const std::string& t) { return JsonTree(text(v).find(t) != std::string::npos); });
     }},
    {"startsWith", 1,
     [](JsonTree& v, Arguments a) { return with_text(a, [&](const std::string& t) { return JsonTree(text(v).starts_with(t)); }); }},
    {"endsWith", 1,
     [](JsonTree& v, Arguments a) { return with_text(a, [&](const std::string& t) { return JsonTree(text(v).ends_with(t)); }); }},
    {"equals", 1, [](JsonTree& v, Arguments a) -> Result<JsonTree> { return JsonTree(v == a[0]); }},
    {"indexOf", 1,
     [](JsonTree& v, Arguments a) { return with_text(a, [&](const std::string& t) { return number(text(v).find(t)); }); }},
    {"isEmpty", 0, [](JsonTree& v, Arguments) -> Result<JsonTree> { return JsonTree(text(v).empty()); }},
    {"length", 0, [](JsonTree& v, Arguments) -> Result<JsonTree> { return number(text(v).size()); }},
    {"replace", 2,
     [](JsonTree& v, Arguments a) -> Result<JsonTree> {
       ASSIGN_OR_RETURN(const std::string from, text_argument(a[0]));
       ASSIGN_OR_RETURN(const std::string to, text_argument(a[1]));
       return JsonTree(replaced(text(v), from, to));
     }},
    {"splitOnToken", 1, [](JsonTree& v, Arguments a) { return split(v, a); }},
    {"substring", 1, [](JsonTree& v, Arguments a) { return substring(v, a); }},
    {"substring", 2, [](JsonTree& v, Arguments a) { return substring(v, a); }},
    {"toLowerCase", 0, [](JsonTree& v, Arguments) -> Result<JsonTree> { return JsonTree(mapped(text(v), 'A', 'Z', 32)); }},
    {"toString", 0, [](JsonTree& v, Arguments) -> Result<JsonTree> { return v; }},
    {"toUpperCase", 0, [](JsonTree& v, Arguments) -> Result<JsonTree> { return JsonTree(mapped(text(v), 'a', 'z', -32)); }},
    {"trim", 0, [](JsonTree& v, Arguments) -> Result<JsonTree> { return JsonTree(trimmed(text(v))); }},
};

Result<JsonTree> list_remove(JsonTree& list, Arguments arguments) {
  JsonTree::Array& elements = list.as_array();
  if (arguments[0].is_integer()) {
    ASSIGN_OR_RETURN(const size_t position, position_argument(arguments[0], elements.empty() ? 0 : elements.size() - 1));
    if (position >= elements.size())
      return Error(ErrorCode::kIllegalArgument, "Index {} out of bounds for length {}", position, elements.size());
    JsonTree removed = std::move(elements[position]);
    elements.erase(elements.begin() + static_cast<std::ptrdiff_t>(position));
    return removed;
  }
  const auto at = std::find(elements.begin(), elements.end(), arguments[0]);
  if (at == elements.end()) return JsonTree(false);
  elements.erase(at);
  return JsonTree(true);
}

Result<JsonTree> list_insert(JsonTree& list, Arguments arguments) {
  ASSIGN_OR_RETURN(const size_t position, position_argument(arguments[0], list.as_array().size()));
  list.as_array().insert(list.as_array().begin() + static_cast<std::ptrdiff_t>(position), arguments[1]);
  return JsonTree();
}

int64_t index_in(const JsonTree& list, const JsonTree& wanted) {
  const auto& elements = list.as_array();
  const auto at = std::find_if(elements.begin(), elements.end(), [&](const JsonTree& e) { return values_equal(e, wanted); });
  return at == elements.end() ? -1 : at - elements.begin();
}

constexpr Method kListMethods[] = {
    {"add", 1,
     [](JsonTree& v, Arguments a) -> Result<JsonTree> {
       v.as_array().push_back(a[0]);
       return JsonTree(true);
     }},
    {"add", 2, &list_insert},
    {"addAll", 1,
     [](JsonTree& v, Arguments a) -> Result<JsonTree> {
       if (!a[0].is_array())
         return Error(ErrorCode::kIllegalArgument, "Cannot cast from [{}] to [java.util.Collection].", type_name(a[0]));
       v.as_array().insert(v.as_array().end(), a[0].as_array().begin(), a[0].as_array().end());
       return JsonTree(!a[0].as_array().empty());
     }},
    {"clear", 0,
     [](JsonTree& v, Arguments) -> Result<JsonTree> {
       v.as_array().clear();
       return JsonTree();
     }},
    {"contains", 1, [](JsonTree& v, Arguments a) -> Result<JsonTree> { return JsonTree(index_in(v, a[0]) >= 0); }},
    {"indexOf", 1, [](JsonTree& v, Arguments a) -> Result<JsonTree> { return JsonTree(index_in(v, a[0])); }},
    {"isEmpty", 0, [](JsonTree& v, Arguments) -> Result<JsonTree> { return JsonTree(v.as_array().empty()); }},
    {"length", 0, [](JsonTree& v, Arguments) -> Result<JsonTree> { return number(v.as_array().size()); }},
    {"remove", 1, &list_remove},
    {"size", 0, [](JsonTree& v, Arguments) -> Result<JsonTree> { return number(v.as_array().size()); }},
};

Result<JsonTree> map_get(JsonTree& map, Arguments arguments) {
  ASSIGN_OR_RETURN(const std::string key, text_argument(arguments[0]));
  const JsonTree* const found = map.find(key);
  if (found != nullptr) return *found;
  return arguments.size() == 2 ? arguments[1] : JsonTree();
}

constexpr Method kMapMethods[] = {
    {"containsKey", 1,
     [](JsonTree& v, Arguments a) { return with_text(a, [&](const std::string& t) { return JsonTree(v.find(t) != nullptr); }); }},
    {"get", 1, &map_get},
    {"getOrDefault", 2, &map_get},
    {"isEmpty", 0, [](JsonTree& v, Arguments) -> Result<JsonTree> { return JsonTree(v.as_object().empty()); }},
    {"put", 2,
     [](JsonTree& v, Arguments a) {
       return with_text(a, [&](const std::string& t) {
         v.set(t, a[1]);
         return JsonTree();
       });
     }},
    {"putAll", 1,
     [](JsonTree& v, Arguments a) -> Result<JsonTree> {
       if (!a[0].is_object())
         return Error(ErrorCode::kIllegalArgument, "Cannot cast from [{}] to [java.util.Map].", type_name(a[0]));
       for (const JsonTree::Member& member : a[0].as_object()) v.set(member.key, member.value);
       return JsonTree();
     }},
    {"remove", 1,
     [](JsonTree& v, Arguments a) -> Result<JsonTree> {
       ASSIGN_OR_RETURN(JsonTree removed, map_get(v, a));
       v.remove(text(a[0]));
       return removed;
     }},
    {"size", 0, [](JsonTree& v, Arguments) -> Result<JsonTree> { return number(v.as_object().size()); }},
};

}  // namespace

std::string java_text(const JsonTree& value) {
  if (value.is_string()) return value.as_string();
  std::string out;
  if (value.is_array()) {
    for (const JsonTree& element : value.as_array()) out.append(out.empty() ? "" : ", ").append(java_text(element));
    return "[" + out + "]";
  }
  if (value.is_object()) {
    for (const JsonTree::Member& member : value.as_object())
      out.append(out.empty() ? "" : ", ").append(member.key).append("=").append(java_text(member.value));
    return "{" + out + "}";
  }
  return value.to_json();
}

Result<JsonTree> apply_operator(std::string_view op, const JsonTree& a, const JsonTree& b) {
  if (op == "==") return JsonTree(values_equal(a, b));
  if (op == "!=") return JsonTree(!values_equal(a, b));
  if (op == "+" && (a.is_string() || b.is_string())) return JsonTree(java_text(a) + java_text(b));
  if (!a.is_number() || !b.is_number()) return cannot_apply(op, a, b);
  const bool integers = a.is_integer() && b.is_integer();
  if (op.front() == '<' || op.front() == '>') {
    return JsonTree(integers ? compare_as(op, a.as_int64(), b.as_int64()) : compare_as(op, a.as_double(), b.as_double()));
  }
  if (integers) {
    ASSIGN_OR_RETURN(const int64_t whole, search::whole_arithmetic(op.front(), a.as_int64(), b.as_int64()));
    return JsonTree(whole);
  }
  return double_arithmetic(op.front(), a.as_double(), b.as_double());
}

Result<JsonTree> call_method(JsonTree& value, std::string_view method, const std::vector<JsonTree>& arguments) {
  std::span<const Method> methods;
  if (value.is_string()) methods = kStringMethods;
  if (value.is_array()) methods = kListMethods;
  if (value.is_object()) methods = kMapMethods;
  for (const Method& one : methods) {
    if (one.name == method && one.num_arguments == arguments.size()) return one.call(value, arguments);
  }
  if (method == "toString" && arguments.empty() && !value.is_null()) return JsonTree(java_text(value));
  if (value.is_null())
    return Error(ErrorCode::kIllegalArgument, "cannot access method/field [{}] from a null def reference", method);
  return Error(ErrorCode::kIllegalArgument, "dynamic method [{}, {}/{}] not found", type_name(value), method, arguments.size());
}

}  // namespace selene::ingest
