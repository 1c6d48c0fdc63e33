#include "index/analysis/filters/shingle_filter.h"

#include <algorithm>

namespace selene::index {
namespace {

/// One position: a token, or a hole.
struct Slot {
  const TokenBuffer::Token* token;
  uint32_t position;
  uint32_t start_offset;
  uint32_t end_offset;
};

/// Tokens with at most `max_holes` holes before each, as no shingle spans more.
std::vector<Slot> make_slots(const TokenBuffer& tokens, uint32_t max_holes) {
  std::vector<Slot> slots;
  uint32_t next = 0;
  uint32_t end = 0;
  const auto add_holes = [&](uint32_t position, uint32_t offset) {
    const uint32_t holes = position > next ? std::min(position - next, max_holes) : 0;
    for (uint32_t i = holes; i > 0; --i) slots.push_back({nullptr, position - i, offset, offset});
  };
  for (const TokenBuffer::Token& token : tokens.tokens()) {
    add_holes(token.position, token.start_offset);
    slots.push_back({&token, token.position, token.start_offset, token.end_offset});
    next = token.position + 1;
    end = token.end_offset;
  }
  add_holes(tokens.num_positions(), std::max(end, tokens.text_end()));
  return slots;
}

}  // namespace

void ShingleFilter::apply(TokenBuffer& tokens) const {
  const auto min = static_cast<size_t>(options_.min_shingle_size);
  const auto max = static_cast<size_t>(options_.max_shingle_size);
  const std::vector<Slot> slots = make_slots(tokens, static_cast<uint32_t>(max - 1));
  TokenBuffer result;
  const bool unigrams = options_.output_unigrams || (options_.output_unigrams_if_no_shingles && slots.size() < min);
  std::string text;
  uint32_t position = 0;  // of the next place that gives something; one that gives nothing takes none
  for (size_t i = 0; i < slots.size(); ++i) {
    const size_t before = result.tokens().size();
    if (unigrams && slots[i].token != nullptr) {
      const TokenBuffer::Token& token = *slots[i].token;
      result.add(tokens.term(token), position, token.start_offset, token.end_offset, token.type);
    }
    text.clear();
    bool any_token = false;
    for (size_t n = 1; n <= max && i + n <= slots.size(); ++n) {
      const Slot& last = slots[i + n - 1];
      if (n > 1) text += options_.token_separator;
      if (last.token == nullptr) {
        text += options_.filler_token;
      } else {
        text += tokens.term(*last.token);
        any_token = true;
      }
      if (n < min || !any_token) continue;
      result.add(text, position, slots[i].start_offset, last.end_offset, TokenType::kShingle);
      result.mutable_tokens().back().position_length = static_cast<uint16_t>(options_.output_unigrams ? n : n - min + 1);
    }
    if (result.tokens().size() > before) ++position;
  }
  result.set_num_positions(position);
  tokens = std::move(result);
}

}  // namespace selene::index
