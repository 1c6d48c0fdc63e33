#include "index/analysis/filters/synonym_filter.h"

#include <algorithm>

namespace selene::index {
namespace {

/// A token on its way out: one of the input, or a synonym with the offsets it covers.
struct OutToken {
  std::string term;
  TokenBuffer::Token token;
};

void replace_all(TokenBuffer& tokens, const std::vector<OutToken>& out, uint32_t num_positions) {
  tokens.mutable_tokens().clear();
  tokens.mutable_bytes().clear();
  for (const OutToken& from : out) {
    tokens.add(from.term, from.token.position, from.token.start_offset, from.token.end_offset, from.token.type);
    TokenBuffer::Token& added = tokens.mutable_tokens().back();
    added.keyword = from.token.keyword;
    added.position_length = from.token.position_length;
  }
  tokens.set_num_positions(num_positions);
}

uint32_t increment_at(const std::vector<TokenBuffer::Token>& tokens, size_t i) {
  return i == 0 ? tokens[0].position + 1 : tokens[i].position - tokens[i - 1].position;
}

}  // namespace

void SynonymFilter::apply(TokenBuffer& tokens) const {
  const std::vector<TokenBuffer::Token> in = tokens.tokens();
  if (in.empty()) return;
  /// Synonyms by how far in front of the current input they stand.
  struct Pending {
    std::string term;
    TokenBuffer::Token token;
    bool own_end;
  };
  std::vector<std::vector<Pending>> pending;
  std::vector<bool> consumed(in.size(), false);
  std::vector<OutToken> out;
  uint32_t position = UINT32_MAX;
  size_t skip_until = 0;
  TokenBuffer::Token last{};
  const auto roll = [&](size_t i) {
    const bool kept = i < in.size() && !consumed[i];
    std::vector<Pending> here;
    if (!pending.empty()) {
      here = std::move(pending.front());
      pending.erase(pending.begin());
    }
    if (i < in.size()) last = in[i];
    if (!kept && here.empty()) return;
    position += kept ? increment_at(in, i) : 1;
    if (kept) {
      out.push_back({std::string(tokens.term(in[i])), in[i]});
      out.back().token.position = position;
    }
    for (Pending& synonym : here) {
      synonym.token.position = position;
      if (!synonym.own_end) {
        synonym.token.start_offset = last.start_offset;
        synonym.token.end_offset = last.end_offset;
      }
      out.push_back({std::move(synonym.term), synonym.token});
    }
  };
  for (size_t i = 0; i < in.size(); ++i) {
    size_t length = 0;
    const SynonymMap::Entry* const entry = i >= skip_until ? map_.longest(tokens, i, length) : nullptr;
    if (entry != nullptr) {
      skip_until = i + length;
      for (const SynonymMap::Words& words : entry->outputs) {
        if (pending.size() < words.size()) pending.resize(words.size());
        for (size_t k = 0; k < words.size(); ++k) {
          TokenBuffer::Token token = in[std::min(i + k, i + length - 1)];
          token.type = TokenType::kSynonym;
          token.keyword = false;
          token.position_length = 1;
          const bool whole = words.size() == 1;
          if (whole) {
            token.start_offset = in[i].start_offset;
            token.end_offset = in[i + length - 1].end_offset;
            if (entry->keep_original) token.position_length = static_cast<uint16_t>(length);
          }
          pending[k].push_back({words[k], token, whole});
        }
      }
      for (size_t k = i; !entry->keep_original && k < i + length; ++k) consumed[k] = true;
    }
    roll(i);
  }
  while (!pending.empty()) roll(in.size());
  replace_all(tokens, out, std::max(position + 1, tokens.num_positions()));
}

void SynonymGraphFilter::apply(TokenBuffer& tokens) const {
  const std::vector<TokenBuffer::Token> in = tokens.tokens();
  if (in.empty()) return;
  const uint32_t holes_behind = tokens.num_positions() - std::min(tokens.num_positions(), in.back().position + 1);
  std::vector<OutToken> out;
  int64_t last_node = -1;
  int64_t next_node = 0;
  const auto emit = [&](std::string term, const TokenBuffer::Token& like, int64_t start, int64_t end) {
    out.push_back({std::move(term), like});
    out.back().token.position = static_cast<uint32_t>(start);
    out.back().token.position_length = static_cast<uint16_t>(std::max<int64_t>(1, end - start));
    last_node = start;
  };
  for (size_t i = 0; i < in.size();) {
    size_t length = 0;
    const SynonymMap::Entry* const entry = map_.longest(tokens, i, length);
    if (entry == nullptr) {
      const int64_t start = last_node + increment_at(in, i);
      next_node = start + in[i].position_length;
      emit(std::string(tokens.term(in[i])), in[i], start, next_node);
      ++i;
      continue;
    }
    std::vector<SynonymMap::Words> paths = entry->outputs;
    if (entry->keep_original) {
      SynonymMap::Words original;
      for (size_t k = i; k < i + length; ++k) original.emplace_back(tokens.term(in[k]));
      paths.push_back(std::move(original));
    }
    const auto like = [&](size_t path, size_t word) {
      if (entry->keep_original && path + 1 == paths.size()) return in[i + word];
      TokenBuffer::Token token = in[i];
      token.end_offset = in[i + length - 1].end_offset;
      token.type = TokenType::kSynonym;
      token.keyword = false;
      return token;
    };
    int64_t inner_nodes = 0;
    for (const SynonymMap::Words& path : paths) inner_nodes += static_cast<int64_t>(path.size()) - 1;
    const int64_t start = next_node;
    const int64_t end = start + inner_nodes + 1;
    // The first tokens of all paths leave the start node, then each path goes on by itself.
    int64_t free_node = start + 1;
    std::vector<int64_t> first_ends;
    for (size_t p = 0; p < paths.size(); ++p) {
      const int64_t first_end = paths[p].size() == 1 ? end : free_node;
      free_node += static_cast<int64_t>(paths[p].size()) - 1;
      first_ends.push_back(first_end);
      emit(paths[p].front(), like(p, 0), start, first_end);
    }
    for (size_t p = 0; p < paths.size(); ++p) {
      int64_t node = first_ends[p];
      for (size_t k = 1; k < paths[p].size(); ++k, ++node)
        emit(paths[p][k], like(p, k), node, k + 1 == paths[p].size() ? end : node + 1);
    }
    next_node = end;
    last_node = end - 1;
    i += length;
  }
  replace_all(tokens, out, static_cast<uint32_t>(next_node) + holes_behind);
}

}  // namespace selene::index
