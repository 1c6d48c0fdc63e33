#include "index/analysis/filters/word_delimiter_filter.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <string>
#include <utility>

#include "index/analysis/utf8.h"

namespace selene::index {
namespace {

using Options = WordDelimiterFilter::Options;
using Token = TokenBuffer::Token;

uint8_t type_of(char32_t c, const Options& options) {
  if (const auto given = options.types.find(c); given != options.types.end()) return given->second;
  // Lucene looks at UTF-16 units: both halves of a pair are letters and digits at once.
  if (c > 0xFFFF) return WordDelimiterFilter::kAlpha | WordDelimiterFilter::kDigit;
  switch (u_charType(static_cast<UChar32>(c))) {
    case U_UPPERCASE_LETTER: return WordDelimiterFilter::kUpper;
    case U_LOWERCASE_LETTER: return WordDelimiterFilter::kLower;
    case U_TITLECASE_LETTER:
    case U_MODIFIER_LETTER:
    case U_OTHER_LETTER:
    case U_NON_SPACING_MARK:
    case U_ENCLOSING_MARK:
    case U_COMBINING_SPACING_MARK: return WordDelimiterFilter::kAlpha;
    case U_DECIMAL_DIGIT_NUMBER:
    case U_LETTER_NUMBER:
    case U_OTHER_NUMBER: return WordDelimiterFilter::kDigit;
    default: return WordDelimiterFilter::kDelimiter;
  }
}

bool is_alpha(uint8_t type) { return (type & WordDelimiterFilter::kAlpha) != 0; }
bool is_digit(uint8_t type) { return (type & WordDelimiterFilter::kDigit) != 0; }
bool is_delimiter(uint8_t type) { return (type & WordDelimiterFilter::kDelimiter) != 0; }

/// A run of one kind inside of a term, [begin, end) in characters.
struct Part {
  size_t begin;
  size_t end;
  uint8_t type;
};

/// A term cut into parts.
class Parts {
 public:
  Parts(std::string_view term, const Options& options) : options_(options) {
    for (size_t pos = 0; pos < term.size();) {
      byte_of_.push_back(pos);
      unit_of_.push_back(units_);
      const char32_t c = decode_utf8(term, pos);
      text_ += c;
      types_.push_back(type_of(c, options));
      units_ += utf16_units(c);
    }
    byte_of_.push_back(term.size());
    unit_of_.push_back(units_);
    cut();
  }

  const std::vector<Part>& parts() const { return parts_; }
  size_t length() const { return text_.size(); }
  /// The only part, with nothing but delimiters around it.
  bool single_word() const { return parts_.size() == 1 && parts_[0].begin == bounds_begin_ && parts_[0].end == bounds_end_; }
  size_t byte(size_t at) const { return byte_of_[at]; }
  uint32_t unit(size_t at) const { return unit_of_[at]; }
  uint32_t num_units() const { return units_; }

 private:
  bool possessive_ends_at(size_t pos) const {
    return options_.stem_english_possessive && pos > 2 && text_[pos - 2] == U'\'' &&
           (text_[pos - 1] == U's' || text_[pos - 1] == U'S') && is_alpha(types_[pos - 3]) &&
           (pos == bounds_end_ || is_delimiter(types_[pos]));
  }

  bool breaks(uint8_t before, uint8_t after) const {
    if ((before & after) != 0) return false;
    if (!options_.split_on_case_change && is_alpha(before) && is_alpha(after)) return false;
    if ((before & WordDelimiterFilter::kUpper) != 0 && is_alpha(after)) return false;
    const bool numeric = (is_alpha(before) && is_digit(after)) || (is_digit(before) && is_alpha(after));
    return options_.split_on_numerics || !numeric;
  }

  void cut() {
    bounds_end_ = text_.size();
    while (bounds_begin_ < bounds_end_ && is_delimiter(types_[bounds_begin_])) ++bounds_begin_;
    while (bounds_end_ > bounds_begin_ && is_delimiter(types_[bounds_end_ - 1])) --bounds_end_;
    if (possessive_ends_at(bounds_end_)) bounds_end_ -= 2;
    for (size_t at = bounds_begin_; at < bounds_end_;) {
      while (at < bounds_end_ && is_delimiter(types_[at])) ++at;
      if (at >= bounds_end_) break;
      size_t end = at + 1;
      while (end < bounds_end_ && !breaks(types_[end - 1], types_[end])) ++end;
      const uint8_t first = types_[at];
      const bool cased = first == WordDelimiterFilter::kLower || first == WordDelimiterFilter::kUpper;
      parts_.push_back({at, end, cased ? WordDelimiterFilter::kAlpha : first});
      at = end;
      if (end + 1 < bounds_end_ && possessive_ends_at(end + 2)) at += 2;
    }
  }

  const Options& options_;
  std::u32string text_;
  std::vector<uint8_t> types_;
  std::vector<size_t> byte_of_;
  std::vector<uint32_t> unit_of_;
  uint32_t units_ = 0;
  size_t bounds_begin_ = 0;
  size_t bounds_end_ = 0;
  std::vector<Part> parts_;
};

/// Parts joined so far.
struct Joined {
  std::string text;
  size_t begin = 0;
  size_t end = 0;
  uint8_t type = 0;
  int32_t num_parts = 0;
  uint32_t position = 0;

  void add(std::string_view term, const Parts& parts, const Part& part, uint32_t at_position) {
    if (num_parts++ == 0) {
      begin = part.begin;
      type = part.type;
      position = at_position;
    }
    text += term.substr(parts.byte(part.begin), parts.byte(part.end) - parts.byte(part.begin));
    end = part.end;
  }
  void clear() { *this = Joined(); }
};

struct Output {
  std::string text;
  uint32_t position = 0;  ///< graph: in the term; else an increment
  uint32_t end_position = 0;
  uint32_t start_offset = 0;
  uint32_t end_offset = 0;
};

class Splitter {
 public:
  Splitter(const Options& options, std::string_view term, const Token& token)
      : options_(options),
        term_(term),
        token_(token),
        parts_(term, options),
        offsets_fit_(token.end_offset - token.start_offset == parts_.num_units() && (options.adjust_offsets || !options.graph)) {}

  const Parts& parts() const { return parts_; }
  bool generates(uint8_t type) const {
    return (options_.generate_word_parts && is_alpha(type)) || (options_.generate_number_parts && is_digit(type));
  }
  bool joins(uint8_t type) const {
    return (options_.catenate_words && is_alpha(type)) || (options_.catenate_numbers && is_digit(type));
  }
  Output output(std::string text, size_t begin, size_t end) const {
    Output out{std::move(text), 0, 0, token_.start_offset, token_.end_offset};
    if (!offsets_fit_) return out;
    out.start_offset = token_.start_offset + parts_.unit(begin);
    out.end_offset = token_.start_offset + parts_.unit(end);
    return out;
  }
  Output output(const Part& part) const {
    return output(std::string(term_.substr(parts_.byte(part.begin), parts_.byte(part.end) - parts_.byte(part.begin))), part.begin,
                  part.end);
  }

  /// Positions are nodes of a graph inside of the term.
  std::vector<Output> graph() {
    std::vector<Output> out;
    uint32_t position = 0;
    const auto put = [&](Output made, uint32_t begin, uint32_t end) {
      made.position = begin;
      made.end_position = end;
      out.push_back(std::move(made));
    };
    int32_t last_joined = 0;
    const auto flush = [&](Joined& joined) {
      if (position == joined.position) ++position;
      last_joined = joined.num_parts;
      if (joined.num_parts != 1 || !generates(joined.type))
        put(output(joined.text, joined.begin, joined.end), joined.position, position);
      joined.clear();
    };
    Joined some;
    Joined all;
    if (parts_.single_word()) {
      put(output(parts_.parts()[0]), 0, 1);
      position = 1;
    } else {
      for (const Part& part : parts_.parts()) {
        if (some.num_parts > 0 && (some.type & part.type) == 0) flush(some);
        if (joins(part.type)) some.add(term_, parts_, part, position);
        if (options_.catenate_all) all.add(term_, parts_, part, position);
        if (!generates(part.type)) continue;
        put(output(part), position, position + 1);
        ++position;
      }
      if (some.num_parts > 0) flush(some);
      if (all.num_parts > last_joined) {
        if (position == all.position) ++position;
        put(output(all.text, all.begin, all.end), all.position, position);
      }
    }
    if (options_.preserve_original) {
      put({std::string(term_), 0, 0, token_.start_offset, token_.end_offset}, 0, std::max(position, 1U));
      std::rotate(out.begin(), out.end() - 1, out.end());  // before its equals
    }
    std::stable_sort(out.begin(), out.end(), [](const Output& a, const Output& b) {
      if (a.position != b.position) return a.position < b.position;
      if (a.end_position != b.end_position) return a.end_position > b.end_position;
      return a.start_offset < b.start_offset;
    });
    return out;
  }

  /// Position increments as WordDelimiterFilter gives them; `pending` is the increment that the first output takes over.
  std::vector<Output> flat(uint32_t& pending) {
    std::vector<Output> out;
    if (options_.preserve_original) {
      Output original{std::string(term_), pending, 0, token_.start_offset, token_.end_offset};
      pending = 0;
      out.push_back(std::move(original));
    }
    bool any = false;
    bool followed = !options_.preserve_original;
    const auto increment = [&](bool inject) {
      const uint32_t taken = pending;
      if (any) {
        pending = 0;
        return inject ? 0U : std::max(1U, taken);
      }
      any = true;
      if (!followed) {
        followed = true;
        return 0U;
      }
      pending = 0;
      return std::max(1U, taken);
    };
    const size_t first_buffered = out.size();
    if (parts_.single_word()) {
      Output made = output(parts_.parts()[0]);
      made.position = increment(false);
      out.push_back(std::move(made));
      return out;
    }
    int32_t last_joined = 0;
    const auto put = [&](Output made, bool inject) {
      made.position = increment(inject);
      out.push_back(std::move(made));
    };
    const auto flush = [&](Joined& joined) {
      last_joined = joined.num_parts;
      if (joined.num_parts != 1 || !generates(joined.type)) put(output(joined.text, joined.begin, joined.end), true);
      joined.clear();
    };
    Joined some;
    Joined all;
    for (const Part& part : parts_.parts()) {
      if (some.num_parts > 0 && (some.type & part.type) == 0) {
        flush(some);
        any = false;
      }
      if (joins(part.type)) some.add(term_, parts_, part, 0);
      if (options_.catenate_all) all.add(term_, parts_, part, 0);
      if (generates(part.type)) put(output(part), false);
    }
    if (some.num_parts > 0) flush(some);
    if (all.num_parts > last_joined) put(output(all.text, all.begin, all.end), true);
    std::stable_sort(out.begin() + static_cast<std::ptrdiff_t>(first_buffered), out.end(), [](const Output& a, const Output& b) {
      return a.start_offset != b.start_offset ? a.start_offset < b.start_offset : a.position > b.position;
    });
    return out;
  }

 private:
  const Options& options_;
  std::string_view term_;
  const Token& token_;
  Parts parts_;
  bool offsets_fit_;
};

}  // namespace

void WordDelimiterFilter::apply(TokenBuffer& tokens) const {
  const TokenBuffer in = tokens;
  uint32_t holes_behind = in.num_positions();
  if (!in.tokens().empty()) holes_behind -= std::min(holes_behind, in.tokens().back().position + 1);
  tokens.mutable_tokens().clear();
  tokens.mutable_bytes().clear();
  uint32_t pending = 0;            // increments not yet given to an output
  uint32_t position = UINT32_MAX;  // of the last output
  uint32_t previous_in = UINT32_MAX;
  bool first = true;
  const auto put = [&](std::string_view term, const Token& like, uint32_t start, uint32_t end, uint32_t increment,
                       uint32_t length) {
    if (first && increment == 0) increment = 1;
    first = false;
    position += increment;
    tokens.add(term, position, start, end, like.type);
    Token& added = tokens.mutable_tokens().back();
    added.keyword = like.keyword;
    added.position_length = static_cast<uint16_t>(length);
  };
  for (const Token& token : in.tokens()) {
    const std::string_view term = in.term(token);
    const uint32_t increment = token.position - previous_in;
    previous_in = token.position;
    pending += increment;
    Splitter splitter(options_, term, token);
    const auto& parts = splitter.parts().parts();
    const bool whole = parts.size() == 1 && parts[0].begin == 0 && parts[0].end == splitter.parts().length();
    if (whole || options_.protected_words.contains(term) || (options_.ignore_keywords && token.keyword)) {
      put(term, token, token.start_offset, token.end_offset, std::exchange(pending, 0), token.position_length);
      continue;
    }
    if (parts.empty()) {
      if (options_.preserve_original) {
        put(term, token, token.start_offset, token.end_offset, std::exchange(pending, 0), 1);
      } else if (!options_.graph && increment == 1 && !first) {
        --pending;
      }
      continue;
    }
    if (!options_.graph) {
      for (const Output& out : splitter.flat(pending)) put(out.text, token, out.start_offset, out.end_offset, out.position, 1);
      continue;
    }
    uint32_t at = 0;
    for (const Output& out : splitter.graph()) {
      put(out.text, token, out.start_offset, out.end_offset, pending + out.position - at, out.end_position - out.position);
      pending = 0;
      at = out.position;
    }
  }
  tokens.set_num_positions(position + 1 + pending + holes_behind);
}

}  // namespace selene::index
