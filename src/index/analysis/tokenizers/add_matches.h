#pragma once

#include <cstdint>
#include <string_view>

#include "index/analysis/analyzer.h"
#include "index/analysis/utf8.h"

namespace selene::index {

/// Adds the tokens that match(begin), an optional<WordMatch>, finds one behind the other; characters where none starts are left
/// out.
template <class Match>
void add_matches(std::string_view text, TokenBuffer& tokens, Match&& match) {
  tokens.clear();
  uint32_t position = 0;
  uint32_t offset = 0;
  for (size_t i = 0; i < text.size();) {
    if (const auto found = match(i)) {
      tokens.add(text.substr(i, found->end - i), position++, offset, offset + found->utf16_units, found->type);
      offset += found->utf16_units;
      i = found->end;
    } else {
      offset += utf16_units(decode_utf8(text, i));
    }
  }
  tokens.set_num_positions(position);
}

}  // namespace selene::index
