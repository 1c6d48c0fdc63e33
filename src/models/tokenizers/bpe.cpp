#include <algorithm>
#include <array>
#include <optional>

#include "models/tokenizers/piece_model.h"
#include "models/tokenizers/utf8.h"

namespace selene::models {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;

struct Merge {
  uint32_t rank;  // the lower, the earlier
  int32_t id;     // of the joined token
};

/// (left id, right id) to merge. Open addressing, at most half full.
class MergeTable {
 public:
  explicit MergeTable(size_t num_merges) {
    size_t capacity = 16;
    while (capacity < num_merges * 2 + 1) capacity *= 2;
    slots_.resize(capacity);
  }
  /// Of equal pairs the last one counts.
  void insert(int32_t left, int32_t right, Merge merge) {
    Slot& slot = slots_[place(key(left, right))];
    slot = {key(left, right), merge};
  }
  const Merge* find(int32_t left, int32_t right) const {
    const Slot& slot = slots_[place(key(left, right))];
    return slot.key == kEmpty ? nullptr : &slot.merge;
  }

 private:
  static constexpr uint64_t kEmpty = ~uint64_t{0};
  struct Slot {
    uint64_t key = kEmpty;
    Merge merge = {};
  };
  static uint64_t key(int32_t left, int32_t right) {
    return uint64_t{static_cast<uint32_t>(left)} << 32 | static_cast<uint32_t>(right);
  }
  size_t place(uint64_t key) const {
    size_t i = static_cast<size_t>((key * 0x9E3779B97F4A7C15ULL) >> 20) & (slots_.size() - 1);
    while (slots_[i].key != kEmpty && slots_[i].key != key) i = (i + 1) & (slots_.size() - 1);
    return i;
  }
  std::vector<Slot> slots_;
};

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

/// Byte pair encoding: characters (or bytes) are joined, the pair of the lowest rank first, leftmost among equals.
/// Source: Sennrich et al., "Neural Machine Translation of Rare Words with Subword Units", 2016.
class Bpe final : public PieceModel {
 public:
  static base::Result<std::unique_ptr<PieceModel>> make(const Vocabulary& vocabulary, MergeTable merges, BpeOptions options) {
    std::unique_ptr<Bpe> model(new Bpe(vocabulary, std::move(merges), options));
    if (options.units == TextUnits::kBytes && !model->build_byte_trie(vocabulary)) {
      return Error(ErrorCode::kIllegalArgument, "the vocabulary is too large");
    }
    model->find_whole_tokens(vocabulary);
    return std::unique_ptr<PieceModel>(std::move(model));
  }

  std::unique_ptr<Scratch> make_scratch() const override { return std::make_unique<Word>(); }

  void tokenize(TextPiece piece, Scratch& scratch, TokenSink& sink) const override {
    const int32_t whole = trie().find(piece.text);
    if (whole >= 0 && (options_.ignore_merges || is_whole_[static_cast<size_t>(whole)])) {
      sink.add(whole, sink.keeps_offsets() ? piece.range(0, piece.text.size()) : ByteRange());
      return;
    }
    auto& word = static_cast<Word&>(scratch);
    join(piece.text, word);
    size_t begin = 0;
    for (int32_t i = word.symbols.empty() ? -1 : 0; i >= 0; i = word.symbols[static_cast<size_t>(i)].next) {
      const Symbol& symbol = word.symbols[static_cast<size_t>(i)];
      const size_t end = begin + symbol.size;
      sink.add(symbol.id, sink.keeps_offsets() ? piece.range(begin, end) : ByteRange());
      begin = end;
    }
  }

 private:
  struct Symbol {
    int32_t id;
    uint32_t size;  // bytes; 0: joined to the one before
    int32_t previous;
    int32_t next;
  };
  struct Candidate {
    uint32_t rank;
    int32_t position;
    int32_t id;
    /// Heaps keep the greatest in front.
    friend bool operator<(const Candidate& a, const Candidate& b) {
      return a.rank != b.rank ? a.rank > b.rank : a.position > b.position;
    }
  };
  struct Word final : Scratch {
    std::vector<Symbol> symbols;
    std::vector<Candidate> heap;
  };

  Bpe(const Vocabulary& vocabulary, MergeTable merges, BpeOptions options)
      : vocabulary_trie_(&vocabulary.trie()), merges_(std::move(merges)), options_(options) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    for (size_t byte = 0; byte < byte_ids_.size(); ++byte) {
      byte_ids_[byte] = vocabulary.id(std::string("<0x") + kHex[byte >> 4] + kHex[byte & 15] + ">");
    }
  }

  const ByteTrie& trie() const { return options_.units == TextUnits::kBytes ? byte_trie_ : *vocabulary_trie_; }

  bool build_byte_trie(const Vocabulary& vocabulary) {
    std::vector<std::string> keys;
    std::vector<int32_t> ids;
    for (int32_t id = 0; id < vocabulary.size(); ++id) {
      std::optional<std::string> bytes = bytes_of_letters(vocabulary.token(id));
      if (!bytes.has_value() || bytes->empty()) continue;
      keys.push_back(std::move(*bytes));
      ids.push_back(id);
    }
    std::vector<ByteTrie::Entry> entries;
    for (size_t i = 0; i < keys.size(); ++i) entries.push_back({keys[i], ids[i]});
    if (!byte_trie_.build(std::move(entries))) return false;
    for (size_t byte = 0; byte < unit_ids_.size(); ++byte) {
      const char unit = static_cast<char>(byte);
      unit_ids_[byte] = byte_trie_.find({&unit, 1});
    }
    return true;
  }

  /// Marks the tokens that their own text is joined to: such a piece needs no joining.
  void find_whole_tokens(const Vocabulary& vocabulary) {
    is_whole_.assign(static_cast<size_t>(vocabulary.size()), false);
    Word word;
    for (int32_t id = 0; id < vocabulary.size(); ++id) {
      const std::string_view token = vocabulary.token(id);
      const std::optional<std::string> bytes = options_.units == TextUnits::kBytes ? bytes_of_letters(token) : std::string(token);
      if (!bytes.has_value() || bytes->empty() || trie().find(*bytes) != id) continue;
      join(*bytes, word);
      is_whole_[static_cast<size_t>(id)] = !word.symbols.empty() && word.symbols[0].next < 0 && word.symbols[0].id == id;
    }
  }

  void join(std::string_view text, Word& word) const {
    word.symbols.clear();
    if (options_.units == TextUnits::kBytes) {
      for (size_t i = 0; i < text.size(); ++i) {
        const int32_t id = unit_ids_[static_cast<uint8_t>(text[i])];
        if (id < 0) {
          start_unit(text.substr(i, 1), word.symbols);
        } else {
          word.symbols.push_back({id, 1, 0, 0});
        }
      }
    } else {
      for (size_t pos = 0; pos < text.size();) {
        const size_t begin = pos;
        decode_utf8(text, pos);
        start_unit(text.substr(begin, pos - begin), word.symbols);
      }
    }
    if (word.symbols.size() <= kMaxShortWord) return join_short(word.symbols);
    for (size_t i = 0; i < word.symbols.size(); ++i) {
      word.symbols[i].previous = static_cast<int32_t>(i) - 1;
      word.symbols[i].next = i + 1 < word.symbols.size() ? static_cast<int32_t>(i) + 1 : -1;
    }
    join_symbols(word);
  }

  /// The symbols that a character or byte starts as.
  void start_unit(std::string_view unit, std::vector<Symbol>& symbols) const {
    if (const int32_t id = trie().find(unit); id >= 0) {
      symbols.push_back({id, static_cast<uint32_t>(unit.size()), 0, 0});
      return;
    }
    const auto has_byte = [this](char c) { return byte_ids_[static_cast<uint8_t>(c)] >= 0; };
    if (options_.byte_fallback && std::all_of(unit.begin(), unit.end(), has_byte)) {
      for (const char c : unit) symbols.push_back({byte_ids_[static_cast<uint8_t>(c)], 1, 0, 0});
      return;
    }
    if (!options_.unk_id.has_value()) return;
    if (options_.fuse_unk && !symbols.empty() && symbols.back().id == *options_.unk_id) {
      symbols.back().size += static_cast<uint32_t>(unit.size());
      return;
    }
    symbols.push_back({*options_.unk_id, static_cast<uint32_t>(unit.size()), 0, 0});
  }

  /// Short words: the best pair is looked for in a plain array each time, which costs less than keeping a heap.
  void join_short(std::vector<Symbol>& symbols) const {
    std::array<Merge, kMaxShortWord> merges;  // of each symbol with the next one
    size_t num_symbols = symbols.size();
    const auto look_up = [&](size_t i) {
      const Merge* merge = merges_.find(symbols[i].id, symbols[i + 1].id);
      merges[i] = merge == nullptr ? Merge{kNoMerge, -1} : *merge;
    };
    for (size_t i = 0; i + 1 < num_symbols; ++i) look_up(i);
    while (num_symbols > 1) {
      const size_t num_pairs = num_symbols - 1;
      size_t best = 0;
      for (size_t i = 1; i < num_pairs; ++i) best = merges[i].rank < merges[best].rank ? i : best;
      if (merges[best].rank == kNoMerge) break;
      symbols[best].id = merges[best].id;
      symbols[best].size += symbols[best + 1].size;
      for (size_t i = best + 1; i < num_pairs; ++i) {
        symbols[i] = symbols[i + 1];
        merges[i - 1] = merges[i];
      }
      --num_symbols;
      if (best > 0) look_up(best - 1);
      if (best + 1 < num_symbols) look_up(best);
    }
    symbols.resize(num_symbols);
    for (size_t i = 0; i < num_symbols; ++i) symbols[i].next = i + 1 < num_symbols ? static_cast<int32_t>(i) + 1 : -1;
  }

  void offer(Word& word, int32_t left) const {
    if (left < 0) return;
    const Symbol& symbol = word.symbols[static_cast<size_t>(left)];
    if (symbol.next < 0) return;
    const Merge* merge = merges_.find(symbol.id, word.symbols[static_cast<size_t>(symbol.next)].id);
    if (merge == nullptr) return;
    word.heap.push_back({merge->rank, left, merge->id});
    std::push_heap(word.heap.begin(), word.heap.end());
  }

  void join_symbols(Word& word) const {
    word.heap.clear();
    for (size_t i = 0; i + 1 < word.symbols.size(); ++i) offer(word, static_cast<int32_t>(i));
    while (!word.heap.empty()) {
      std::pop_heap(word.heap.begin(), word.heap.end());
      const Candidate best = word.heap.back();
      word.heap.pop_back();
      Symbol& left = word.symbols[static_cast<size_t>(best.position)];
      if (left.size == 0 || left.next < 0) continue;
      Symbol& right = word.symbols[static_cast<size_t>(left.next)];
      // The pair may have changed since it was offered.
      const Merge* merge = merges_.find(left.id, right.id);
      if (merge == nullptr || merge->id != best.id) continue;
      left.id = best.id;
      left.size += right.size;
      right.size = 0;
      left.next = right.next;
      if (left.next >= 0) word.symbols[static_cast<size_t>(left.next)].previous = best.position;
      offer(word, left.previous);
      offer(word, best.position);
    }
  }

  static constexpr size_t kMaxShortWord = 32;
  static constexpr uint32_t kNoMerge = UINT32_MAX;

  const ByteTrie* vocabulary_trie_;
  ByteTrie byte_trie_;  // of TextUnits::kBytes: by the bytes that tokens stand for
  MergeTable merges_;
  BpeOptions options_;
  std::array<int32_t, 256> byte_ids_;
  std::array<int32_t, 256> unit_ids_{};  // of TextUnits::kBytes: the token of each byte
  std::vector<bool> is_whole_;
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
