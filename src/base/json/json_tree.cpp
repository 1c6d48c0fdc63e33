#include "base/json/json_tree.h"

#include <algorithm>

namespace selene::base {

JsonTree::JsonTree(const JsonTree&) = default;
JsonTree::JsonTree(JsonTree&&) noexcept = default;
JsonTree& JsonTree::operator=(const JsonTree&) = default;
JsonTree& JsonTree::operator=(JsonTree&&) noexcept = default;
JsonTree::~JsonTree() = default;

JsonTree JsonTree::object() {
  JsonTree tree;
  tree.value_ = Object();
  return tree;
}

JsonTree JsonTree::from(JsonValue value) {
  switch (value.type()) {
    case JsonType::kNull: return {};
    case JsonType::kBool: return JsonTree(value.as_bool());
    case JsonType::kInt64: return JsonTree(value.as_int64());
    case JsonType::kUint64: return JsonTree(value.as_uint64());
    case JsonType::kDouble: return JsonTree(value.as_double());
    case JsonType::kString: return JsonTree(value.as_string());
    case JsonType::kArray: {
      JsonTree tree = array();
      for (const JsonValue element : value.as_array()) tree.as_array().push_back(from(element));
      return tree;
    }
    case JsonType::kObject: {
      JsonTree tree = object();
      for (const auto [key, member] : value.as_object()) tree.as_object().push_back({std::string(key), from(member)});
      return tree;
    }
  }
  return {};
}

int64_t JsonTree::as_int64() const {
  if (const auto* wide = std::get_if<uint64_t>(&value_)) return static_cast<int64_t>(*wide);
  return *std::get_if<int64_t>(&value_);
}

double JsonTree::as_double() const {
  if (const auto* number = std::get_if<double>(&value_)) return *number;
  if (const auto* wide = std::get_if<uint64_t>(&value_)) return static_cast<double>(*wide);
  return static_cast<double>(*std::get_if<int64_t>(&value_));
}

JsonTree* JsonTree::find(std::string_view key) {
  auto* const members = std::get_if<Object>(&value_);
  if (members == nullptr) return nullptr;
  const auto it = std::find_if(members->begin(), members->end(), [&](const Member& member) { return member.key == key; });
  return it == members->end() ? nullptr : &it->value;
}

const JsonTree* JsonTree::find(std::string_view key) const {
  const auto* const members = std::get_if<Object>(&value_);
  if (members == nullptr) return nullptr;
  const auto it = std::find_if(members->begin(), members->end(), [&](const Member& member) { return member.key == key; });
  return it == members->end() ? nullptr : &it->value;
}

JsonTree& JsonTree::set(std::string_view key, JsonTree value) {
  if (JsonTree* const present = find(key)) return *present = std::move(value);
  return as_object().emplace_back(Member{std::string(key), std::move(value)}).value;
}

bool JsonTree::remove(std::string_view key) {
  return std::erase_if(as_object(), [&](const Member& member) { return member.key == key; }) > 0;
}

bool JsonTree::operator==(const JsonTree& other) const {
  if (value_.index() != other.value_.index()) return false;
  if (is_array()) return as_array() == other.as_array();
  if (!is_object()) {
    return std::visit(
        [&](const auto& mine) {
          using T = std::decay_t<decltype(mine)>;
          if constexpr (std::is_same_v<T, Array> || std::is_same_v<T, Object>) {
            return false;
          } else {
            return mine == *std::get_if<T>(&other.value_);
          }
        },
        value_);
  }
  if (as_object().size() != other.as_object().size()) return false;
  return std::all_of(as_object().begin(), as_object().end(), [&](const Member& member) {
    const JsonTree* const theirs = other.find(member.key);
    return theirs != nullptr && *theirs == member.value;
  });
}

void JsonTree::write(JsonWriter& out) const {
  if (is_null()) {
    out.null();
  } else if (is_bool()) {
    out.value(as_bool());
  } else if (const auto* wide = std::get_if<uint64_t>(&value_)) {
    out.value(*wide);
  } else if (is_integer()) {
    out.value(as_int64());
  } else if (is_double()) {
    out.value(as_double());
  } else if (is_string()) {
    out.value(as_string());
  } else if (is_array()) {
    out.begin_array();
    for (const JsonTree& element : as_array()) element.write(out);
    out.end_array();
  } else {
    out.begin_object();
    for (const Member& member : as_object()) {
      out.key(member.key);
      member.value.write(out);
    }
    out.end_object();
  }
}

std::string JsonTree::to_json() const {
  JsonWriter out;
  write(out);
  return out.take();
}

}  // namespace selene::base
