#include "base/json/json_writer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/unicode.h"

namespace selene::base {
namespace {

/// Java's Double.toString layout of a finite number: plain from 1e-3 to 1e7, else d.dddE±n; always with a fraction.
template <class Float>
void append_java_number(std::string& out, Float v) {
  if (v == 0) {
    out += std::signbit(v) ? "-0.0" : "0.0";
    return;
  }
  std::array<char, 64> buffer;
  char* const last = buffer.data() + buffer.size();
  const char* end = std::to_chars(buffer.data(), last, v, std::chars_format::scientific).ptr;
  // Where one digit suffices, Java shows the nearest two (4.9E-324).
  if (std::string_view(buffer.data(), static_cast<size_t>(end - buffer.data())).find('.') == std::string_view::npos)
    end = std::to_chars(buffer.data(), last, v, std::chars_format::scientific, 1).ptr;
  std::string_view text(buffer.data(), static_cast<size_t>(end - buffer.data()));
  if (text.front() == '-') {
    out.push_back('-');
    text.remove_prefix(1);
  }
  const size_t e = text.find('e');
  int exponent = 0;
  const size_t digits_of_exponent = text[e + 1] == '+' ? e + 2 : e + 1;
  std::from_chars(text.data() + digits_of_exponent, text.data() + text.size(), exponent);
  std::string digits(1, text[0]);
  digits.append(text.substr(2, e - 2));
  if (digits[1] == '0' && digits.size() == 2) digits.pop_back();
  const auto count = static_cast<int>(digits.size());
  if (exponent < -3 || exponent >= 7) {
    out.push_back(digits[0]);
    out.push_back('.');
    out.append(count > 1 ? std::string_view(digits).substr(1) : "0");
    out.push_back('E');
    out += std::to_string(exponent);
  } else if (exponent < 0) {
    out += "0.";
    out.append(static_cast<size_t>(-exponent - 1), '0');
    out += digits;
  } else if (count <= exponent + 1) {
    out += digits;
    out.append(static_cast<size_t>(exponent + 1 - count), '0');
    out += ".0";
  } else {
    out.append(digits, 0, static_cast<size_t>(exponent) + 1);
    out.push_back('.');
    out.append(digits, static_cast<size_t>(exponent) + 1);
  }
}

template <class Float>
void append_float(std::string& out, Float v) {
  if (std::isfinite(v)) {
    append_java_number(out, v);
  } else {
    out += std::isnan(v) ? "\"NaN\"" : v > 0 ? "\"Infinity\"" : "\"-Infinity\"";
  }
}

void append_escaped(std::string& out, char c) {
  constexpr std::string_view kHex = "0123456789abcdef";
  switch (c) {
    case '"': out += "\\\""; break;
    case '\\': out += "\\\\"; break;
    case '\n': out += "\\n"; break;
    case '\r': out += "\\r"; break;
    case '\t': out += "\\t"; break;
    case '\b': out += "\\b"; break;
    case '\f': out += "\\f"; break;
    default:
      out += "\\u00";
      out.push_back(kHex[static_cast<unsigned char>(c) >> 4]);
      out.push_back(kHex[static_cast<unsigned char>(c) & 15]);
  }
}

void append_quoted(std::string& out, std::string_view text) {
  out.push_back('"');
  size_t clean = 0;
  for (size_t i = 0; i < text.size();) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c < 0x80 && c != '"' && c != '\\') {
      ++i;
      continue;
    }
    if (c >= 0x80) {
      if (const size_t length = utf8_sequence_length(text, i); length != 0) {
        i += length;
        continue;
      }
    }
    out.append(text.substr(clean, i - clean));
    if (c >= 0x80) {
      out += "\xEF\xBF\xBD";
    } else {
      append_escaped(out, text[i]);
    }
    clean = ++i;
  }
  out.append(text.substr(clean));
  out.push_back('"');
}

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

size_t string_end(std::string_view json, size_t quote) {
  size_t i = quote + 1;
  while (i < json.size() && json[i] != '"') i += json[i] == '\\' ? 2 : 1;
  return std::min(i + 1, json.size());
}

}  // namespace

void JsonWriter::separate() {
  if (need_comma_) out_.push_back(',');
  need_comma_ = true;
}

JsonWriter& JsonWriter::begin_object() {
  separate();
  out_.push_back('{');
  need_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::end_object() {
  out_.push_back('}');
  need_comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::begin_array() {
  separate();
  out_.push_back('[');
  need_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::end_array() {
  out_.push_back(']');
  need_comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  separate();
  append_quoted(out_, name);
  out_.push_back(':');
  need_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::null() { return raw("null"); }
JsonWriter& JsonWriter::value(bool v) { return raw(v ? "true" : "false"); }

JsonWriter& JsonWriter::value(float v) {
  separate();
  append_float(out_, v);
  return *this;
}

JsonWriter& JsonWriter::value(double v) {
  separate();
  append_float(out_, v);
  return *this;
}

JsonWriter& JsonWriter::value(std::string_view v) {
  separate();
  append_quoted(out_, v);
  return *this;
}

JsonWriter& JsonWriter::integer(int64_t v) { return raw(std::to_string(v)); }
JsonWriter& JsonWriter::unsigned_integer(uint64_t v) { return raw(std::to_string(v)); }

JsonWriter& JsonWriter::raw(std::string_view json) {
  separate();
  out_.append(json);
  return *this;
}

JsonWriter& JsonWriter::value(JsonValue v) {
  switch (v.type()) {
    case JsonType::kNull: return null();
    case JsonType::kBool: return value(v.as_bool());
    case JsonType::kInt64: return integer(v.as_int64());
    case JsonType::kUint64: return unsigned_integer(v.as_uint64());
    case JsonType::kDouble: return value(v.as_double());
    case JsonType::kString: return value(v.as_string());
    case JsonType::kArray:
      begin_array();
      for (const JsonValue element : v.as_array()) value(element);
      return end_array();
    case JsonType::kObject:
      begin_object();
      for (const auto [name, member] : v.as_object()) key(name).value(member);
      return end_object();
  }
  return *this;
}

std::string format_number(double v) {
  std::string out;
  append_float(out, v);
  return out;
}

std::string format_number(float v) {
  std::string out;
  append_float(out, v);
  return out;
}

std::string quote(std::string_view text) {
  std::string out;
  append_quoted(out, text);
  return out;
}

std::string pretty_json(std::string_view json) {
  std::string out;
  out.reserve(json.size() + json.size() / 2);
  size_t depth = 0;
  const auto new_line = [&] {
    out.push_back('\n');
    out.append(depth * 2, ' ');
  };
  for (size_t i = 0; i < json.size();) {
    const char c = json[i];
    if (is_blank(c)) {
      ++i;
    } else if (c == '"') {
      const size_t end = string_end(json, i);
      out.append(json.substr(i, end - i));
      i = end;
    } else if (c == '{' || c == '[') {
      size_t next = i + 1;
      while (next < json.size() && is_blank(json[next])) ++next;
      if (next < json.size() && (json[next] == '}' || json[next] == ']')) {
        // Elasticsearch prints empty containers as "{ }" and "[ ]".
        out.push_back(c);
        out.push_back(' ');
        out.push_back(json[next]);
        i = next + 1;
        continue;
      }
      out.push_back(c);
      ++depth;
      new_line();
      ++i;
    } else if (c == '}' || c == ']') {
      --depth;
      new_line();
      out.push_back(c);
      ++i;
    } else if (c == ',') {
      out.push_back(c);
      new_line();
      ++i;
    } else if (c == ':') {
      out += " : ";
      ++i;
    } else {
      out.push_back(c);
      ++i;
    }
  }
  out.push_back('\n');
  return out;
}

}  // namespace selene::base
