#include <algorithm>
#include <array>
#include <optional>

#include "models/tokenizers/merge_joiner.h"
#include "models/tokenizers/piece_model.h"
#include "models/tokenizers/token_search.h"
#include "models/tokenizers/utf8.h"
#include "models/tokenizers/word_joiner.h"

namespace selene::models {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;

/// The bytes that a token of a ByteLevel vocabulary stands for; nothing if it holds another character. Source: GPT-2's encoder.py.
std::optional<std::string> bytes_of_letters(std::string_view token) {
  static const std::array<int16_t, 0x144> byte_of = [] {
    std::array<int16_t, 0x144> table;
    table.fill(-1);
    int16_t stand_in = 0x100;
    for (int16_t byte = 0; byte < 256; ++byte) {
      const bool printable = (byte >= '!' && byte <= '~') || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
      table[static_cast<size_t>(printable ? byte : stand_in++)] = byte;
    }
    return table;
  }();
  std::string bytes;
  for (size_t pos = 0; pos < token.size();) {
    const char32_t c = decode_utf8(token, pos);
    if (c >= byte_of.size() || byte_of[c] < 0) return std::nullopt;
    bytes += static_cast<char>(byte_of[c]);
  }
  return bytes;
}

struct BpeOptions {
  std::optional<int32_t> unk_id = std::nullopt;
  bool fuse_unk = false;
  bool byte_fallback = false;
  bool ignore_merges = false;
  TextUnits units = TextUnits::kCharacters;
};

using Symbol = MergeJoiner::Symbol;

/// Byte pair encoding of characters or bytes. Words are looked through for tokens; what the search does not know, or all if the
/// merges are not of its kind, is joined merge by merge.
class Bpe final : public PieceModel {
 public:
  static base::Result<std::unique_ptr<PieceModel>> make(const Vocabulary& vocabulary, MergeTable merges, BpeOptions options) {
    std::unique_ptr<Bpe> model(new Bpe(vocabulary, std::move(merges), options));
    if (!model->learn(vocabulary)) return Error(ErrorCode::kIllegalArgument, "the vocabulary is too large");
    return std::unique_ptr<PieceModel>(std::move(model));
  }

  std::unique_ptr<Scratch> make_scratch() const override { return std::make_unique<Word>(); }

  void tokenize(TextPiece piece, Scratch& scratch, TokenSink& sink) const override {
    if (options_.ignore_merges) {
      if (const int32_t whole = trie().find(piece.text); whole >= 0) {
        sink.add(whole, sink.keeps_offsets() ? piece.range(0, piece.text.size()) : ByteRange());
        return;
      }
    }
    auto& word = static_cast<Word&>(scratch);
    encode(piece.text, word);
    size_t begin = 0;
    for (const Symbol& symbol : word.symbols) {
      const size_t end = begin + symbol.size;
      sink.add(symbol.id, sink.keeps_offsets() ? piece.range(begin, end) : ByteRange());
      begin = end;
    }
  }

  std::string_view word_start() const override { return cuts_at_words_ ? kWordStart : std::string_view(); }

  void tokenize_words(std::span<NewWord> words, Scratch& scratch) const override {
    if (!ranks_.has_value()) return PieceModel::tokenize_words(words, scratch);
    join_words(*ranks_, words);
    for (NewWord& word : words) {
      if (!starts_unjoined_[static_cast<uint8_t>(word.text.front())]) continue;
      const int32_t whole = trie().find(word.text);
      if (whole < 0) continue;
      word.tokens.ids[0] = whole;
      word.tokens.num_tokens = 1;
      word.tokens.ends = 1u << word.text.size();
    }
  }

 private:
  /// SentencePiece's stand-in for a space.
  static constexpr std::string_view kWordStart = "\u2581";

  struct Word final : Scratch {
    std::vector<Symbol> symbols;
    TokenSearch::Scratch search;
    MergeJoiner joiner;
  };

  Bpe(const Vocabulary& vocabulary, MergeTable merges, BpeOptions options)
      : vocabulary_trie_(&vocabulary.trie()), merges_(std::move(merges)), options_(options) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    for (size_t byte = 0; byte < byte_ids_.size(); ++byte) {
      byte_ids_[byte] = vocabulary.id(std::string("<0x") + kHex[byte >> 4] + kHex[byte & 15] + ">");
    }
  }

  bool works_on_bytes() const { return options_.units == TextUnits::kBytes; }
  const ByteTrie& trie() const { return works_on_bytes() ? byte_trie_ : *vocabulary_trie_; }

  bool learn(const Vocabulary& vocabulary) {
    std::vector<std::string> texts;  // by id: what the token stands for
    std::vector<ByteTrie::Entry> tokens;
    std::vector<uint8_t> is_unit;
    for (int32_t id = 0; id < vocabulary.size(); ++id) {
      const std::string_view token = vocabulary.token(id);
      texts.push_back(works_on_bytes() ? bytes_of_letters(token).value_or("") : std::string(token));
      is_unit.push_back(!texts.back().empty() && unit_size(texts.back(), 0) == texts.back().size() ? 1 : 0);
    }
    for (size_t id = 0; id < texts.size(); ++id) {
      if (!texts[id].empty()) tokens.push_back({texts[id], static_cast<int32_t>(id)});
    }
    if (works_on_bytes() && !byte_trie_.build(tokens)) return false;
    for (size_t byte = 0; byte < 256; ++byte) {
      const char unit = static_cast<char>(byte);
      unit_ids_[byte] = trie().find({&unit, 1});
    }
    knows_all_units_ = works_on_bytes() && std::find(unit_ids_.begin(), unit_ids_.end(), -1) == unit_ids_.end();
    const std::vector<MergeTable::Entry> merges = merges_.entries();
    if (knows_all_units_) ranks_ = RankTable::build(merges, unit_ids_);
    const bool cuts_at_unknown = !joins_stand_ins();
    if (cuts_at_unknown) search_ = TokenSearch::build(trie(), merges_, tokens, is_unit);
    if (options_.ignore_merges) learn_unjoined(tokens);
    const auto holds_start = [&](const MergeTable::Entry& merge) {
      return holds_word_start(texts[static_cast<size_t>(merge.merge.id)]);
    };
    cuts_at_words_ = cuts_at_unknown && !works_on_bytes() && !options_.ignore_merges && trie().find(kWordStart) >= 0 &&
                     keeps_all() && std::none_of(merges.begin(), merges.end(), holds_start);
    return true;
  }

  /// Only these must be looked for before they are joined.
  void learn_unjoined(std::span<const ByteTrie::Entry> tokens) {
    for (const ByteTrie::Entry& token : tokens) {
      if (search_.has_value() && search_->is_joined(token.value)) continue;
      starts_unjoined_[static_cast<uint8_t>(token.key.front())] = true;
    }
  }

  /// Whether no character becomes nothing: what is beside it would be joined.
  bool keeps_all() const {
    const bool has_bytes = options_.byte_fallback && std::find(byte_ids_.begin(), byte_ids_.end(), -1) == byte_ids_.end();
    return has_bytes || options_.unk_id.has_value();
  }
  /// Whether one stands behind something else.
  static bool holds_word_start(std::string_view token) {
    while (token.starts_with(kWordStart)) token.remove_prefix(kWordStart.size());
    return token.find(kWordStart) != std::string_view::npos;
  }

  /// Whether a merge takes what stands for unknown characters; these cut a text otherwise.
  bool joins_stand_ins() const {
    const std::vector<MergeTable::Entry> entries = merges_.entries();
    return std::any_of(entries.begin(), entries.end(), [this](const MergeTable::Entry& entry) {
      const auto stands_in = [this](int32_t id) {
        const bool is_byte = options_.byte_fallback && std::find(byte_ids_.begin(), byte_ids_.end(), id) != byte_ids_.end();
        return is_byte || id == options_.unk_id;
      };
      return stands_in(entry.left) || stands_in(entry.right);
    });
  }

  size_t unit_size(std::string_view text, size_t begin) const {
    if (works_on_bytes()) return 1;
    size_t end = begin;
    decode_utf8(text, end);
    return end - begin;
  }

  void encode(std::string_view text, Word& word) const {
    word.symbols.clear();
    if (search_.has_value() && search_between_unknown(text, word)) return;
    word.symbols.clear();
    for (size_t begin = 0; begin < text.size();) {
      const std::string_view unit = text.substr(begin, unit_size(text, begin));
      start_unit(unit, word.symbols);
      begin += unit.size();
    }
    word.joiner.join(merges_, word.symbols);
  }

  /// False if a character became nothing: what is beside it is then joined.
  bool search_between_unknown(std::string_view text, Word& word) const {
    if (knows_all_units_) return search_->encode(text, word.search, word.symbols);
    size_t begin = 0;
    for (size_t pos = 0; pos < text.size();) {
      const std::string_view unit = text.substr(pos, unit_size(text, pos));
      const size_t end = pos + unit.size();
      const bool is_known = trie().find(unit) >= 0;
      if (!is_known || end == text.size()) {
        const std::string_view known = text.substr(begin, (is_known ? end : pos) - begin);
        if (!known.empty() && !search_->encode(known, word.search, word.symbols)) return false;
        begin = end;
      }
      if (!is_known) {
        const size_t num_symbols = word.symbols.size();
        const bool is_fused = options_.fuse_unk && num_symbols > 0 && word.symbols.back().id == options_.unk_id;
        start_unit(unit, word.symbols);
        if (word.symbols.size() == num_symbols && !is_fused) return false;
      }
      pos = end;
    }
    return true;
  }

  /// The symbols that a character or byte starts as.
  void start_unit(std::string_view unit, std::vector<Symbol>& symbols) const {
    if (const int32_t id = trie().find(unit); id >= 0) {
      symbols.push_back({id, static_cast<uint32_t>(unit.size())});
      return;
    }
    const auto has_byte = [this](char c) { return byte_ids_[static_cast<uint8_t>(c)] >= 0; };
    if (options_.byte_fallback && std::all_of(unit.begin(), unit.end(), has_byte)) {
      for (const char c : unit) symbols.push_back({byte_ids_[static_cast<uint8_t>(c)], 1});
      return;
    }
    if (!options_.unk_id.has_value()) return;
    if (options_.fuse_unk && !symbols.empty() && symbols.back().id == *options_.unk_id) {
      symbols.back().size += static_cast<uint32_t>(unit.size());
      return;
    }
    symbols.push_back({*options_.unk_id, static_cast<uint32_t>(unit.size())});
  }

  const ByteTrie* vocabulary_trie_;
  ByteTrie byte_trie_;  // of TextUnits::kBytes: by the bytes that tokens stand for
  MergeTable merges_;
  BpeOptions options_;
  std::array<int32_t, 256> byte_ids_;
  std::array<bool, 256> starts_unjoined_{};  // by first byte: of options_.ignore_merges, a token whose text is not joined to it
  std::array<int32_t, 256> unit_ids_;        // of the tokens that are one byte, -1 where there is none
  bool knows_all_units_ = false;             // of TextUnits::kBytes
  bool cuts_at_words_ = false;
  std::optional<RankTable> ranks_;  // if all units are known and there are not too many
  std::optional<TokenSearch> search_;
};

/// "a b" or ["a", "b"].
std::optional<std::pair<std::string_view, std::string_view>> read_pair(JsonValue merge) {
  if (merge.is_string()) {
    const std::string_view text = merge.as_string();
    const size_t space = text.find(' ');
    if (space == std::string_view::npos || text.find(' ', space + 1) != std::string_view::npos) return std::nullopt;
    return std::pair(text.substr(0, space), text.substr(space + 1));
  }
  if (!merge.is_array() || merge.as_array().size() != 2) return std::nullopt;
  auto it = merge.as_array().begin();
  const JsonValue left = *it;
  const JsonValue right = *++it;
  if (!left.is_string() || !right.is_string()) return std::nullopt;
  return std::pair(left.as_string(), right.as_string());
}

base::Result<MergeTable> read_merges(JsonValue list, const Vocabulary& vocabulary) {
  if (!list.is_array()) return Error(ErrorCode::kIllegalArgument, "[model.merges] of a BPE model must be a list");
  MergeTable merges(list.as_array().size());
  uint32_t rank = 0;
  std::string joined;
  for (const JsonValue entry : list.as_array()) {
    const auto pair = read_pair(entry);
    if (!pair.has_value())
      return Error(ErrorCode::kIllegalArgument, "[model.merges] has an entry [{}] that is no pair of tokens", rank);
    joined.assign(pair->first).append(pair->second);
    const int32_t left = vocabulary.id(pair->first);
    const int32_t right = vocabulary.id(pair->second);
    const int32_t id = vocabulary.id(joined);
    if (left < 0 || right < 0 || id < 0) {
      return Error(ErrorCode::kIllegalArgument,
                   "[model.merges] joins [{}] and [{}], but not all of them and [{}] are in the vocabulary", pair->first,
                   pair->second, joined);
    }
    merges.insert(left, right, {rank++, id});
  }
  return merges;
}

bool switch_of(JsonValue section, std::string_view name) { return section[name].is_bool() && section[name].as_bool(); }

}  // namespace

base::Result<std::unique_ptr<PieceModel>> make_bpe(JsonValue model, const Vocabulary& vocabulary, TextUnits units) {
  for (const std::string_view name : {"dropout", "continuing_subword_prefix", "end_of_word_suffix"}) {
    const JsonValue value = model[name];
    const bool is_off =
        value.is_null() || (value.is_string() && value.as_string().empty()) || (value.is_number() && value.as_double() == 0);
    if (!is_off) return Error(ErrorCode::kIllegalArgument, "[model.{}] of a BPE model is not supported", name);
  }
  BpeOptions options{.fuse_unk = switch_of(model, "fuse_unk"),
                     .byte_fallback = switch_of(model, "byte_fallback"),
                     .ignore_merges = switch_of(model, "ignore_merges"),
                     .units = units};
  if (model["unk_token"].is_string()) {
    const int32_t id = vocabulary.id(model["unk_token"].as_string());
    if (id < 0) return Error(ErrorCode::kIllegalArgument, "[model.unk_token] must be a token of the vocabulary");
    options.unk_id = id;
  }
  ASSIGN_OR_RETURN(MergeTable merges, read_merges(model["merges"], vocabulary));
  return Bpe::make(vocabulary, std::move(merges), options);
}

}  // namespace selene::models
