#include "models/tokenizers/generic_section_encoder.h"

#include <array>
#include <bit>
#include <cstring>
#include <functional>
#include <mutex>

#include "models/tokenizers/utf8.h"
#include "models/tokenizers/word_cache.h"

namespace selene::models {
namespace {

/// Appends `piece` with U+FFFD for what is ill-formed.
void repair(TextPiece piece, NormalizedText& out) {
  std::string bytes;
  for (size_t pos = 0; pos < piece.text.size();) {
    const size_t begin = pos;
    bytes.clear();
    append_utf8(bytes, decode_utf8(piece.text, pos));
    out.append(bytes, piece.range(begin, pos));
  }
}

bool is_well_formed(std::string_view text) {
  if (is_ascii(text)) return true;
  for (size_t pos = 0; pos < text.size();) {
    if (static_cast<uint8_t>(text[pos]) < 0x80) {
      ++pos;
      continue;
    }
    const size_t begin = pos;
    if (decode_utf8(text, pos) == kReplacementCharacter && text.substr(begin, pos - begin) != "\xEF\xBF\xBD") return false;
  }
  return true;
}

/// Words that are encoded together.
constexpr size_t kBlock = 16;

/// Tokens of a block's words. Room for as many as the cache keeps of each, or for one word of any size it may have.
struct BlockTokens {
  static_assert(kBlock * WordCache::kMaxTokens >= WordTokens::kMaxBytes && WordCache::kMaxBytes <= WordTokens::kMaxBytes);
  std::array<int32_t, kBlock * WordCache::kMaxTokens> ids;
  std::array<ByteRange, kBlock * WordCache::kMaxTokens> offsets;
  size_t size = 0;

  void add(const TextPiece& word, const WordCache::Entry& known, bool keeps_offsets) {
    std::memcpy(ids.data() + size, known.ids.data(), sizeof known.ids);  // all: that has no branch
    if (keeps_offsets) add_offsets(word, known.ends, known.is_ascii);
    size += known.num_tokens;
  }
  /// Of a word that the cache has just learnt: reading its entry would wait until that is written.
  void add_new(const TextPiece& word, std::span<const int32_t> word_ids, uint32_t ends, bool is_ascii, bool keeps_offsets) {
    std::copy(word_ids.begin(), word_ids.end(), ids.begin() + static_cast<std::ptrdiff_t>(size));
    if (keeps_offsets) add_offsets(word, ends, is_ascii);
    size += word_ids.size();
  }
  void add_offsets(const TextPiece& word, uint32_t ends, bool is_ascii) {
    const bool is_plain = is_ascii && word.origin == nullptr;
    ByteRange* out = offsets.data() + size;
    uint32_t begin = 0;
    for (; ends != 0; ends &= ends - 1) {
      const auto end = static_cast<uint32_t>(std::countr_zero(ends));
      *out++ = is_plain ? ByteRange(word.base + begin, word.base + end) : word.range(begin, end);
      begin = end;
    }
  }
  void move_to(TokenSink& sink) {
    sink.append(std::span(ids).first(size), offsets.data());
    size = 0;
  }
};

/// What one encode call works with; kept from call to call for the words it has learnt.
struct Workspace {
  std::unique_ptr<PieceModel::Scratch> scratch;
  WordCache cache;
  BlockTokens tokens;
  std::vector<TextPiece> pieces;
  std::vector<TextPiece> cut;
  std::vector<NormalizedText> changed;  // by pre-tokenizer step
};

/// Workspaces nobody uses at the moment, at most kMaxKept of them. Thread-safe.
class WorkspacePool {
 public:
  std::unique_ptr<Workspace> take(const PieceModel& model) {
    {
      const std::lock_guard lock(mutex_);
      if (!kept_.empty()) {
        std::unique_ptr<Workspace> workspace = std::move(kept_.back());
        kept_.pop_back();
        return workspace;
      }
    }
    auto workspace = std::make_unique<Workspace>();
    workspace->scratch = model.make_scratch();
    return workspace;
  }
  void give_back(std::unique_ptr<Workspace> workspace) {
    const std::lock_guard lock(mutex_);
    if (kept_.size() < kMaxKept) kept_.push_back(std::move(workspace));
  }

 private:
  static constexpr size_t kMaxKept = 8;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Workspace>> kept_;
};

class GenericSectionEncoder final : public SectionEncoder {
 public:
  GenericSectionEncoder(TextNormalizers normalizers, std::vector<AddedToken> normalized_tokens, PreTokenizers pre_tokenizers,
                        std::unique_ptr<PieceModel> model)
      : normalizers_(std::move(normalizers)), pre_tokenizers_(std::move(pre_tokenizers)), model_(std::move(model)) {
    for (AddedToken& token : normalized_tokens) {
      NormalizedText first;
      NormalizedText second;
      token.content = std::string(normalize({token.content}, first, second).text);
    }
    tokens_ = AddedTokenMatcher(std::move(normalized_tokens));
  }

  void encode(TextPiece section, TokenSink& sink) const override {
    NormalizedText texts[2];
    for (NormalizedText& text : texts) text.keeps_origin = sink.keeps_offsets() || pre_tokenizers_.needs_origin;
    const TextPiece whole = normalize(section, texts[0], texts[1]);
    std::unique_ptr<Workspace> workspace = workspaces_.take(*model_);
    encode_normalized(whole, *workspace, sink);
    workspaces_.give_back(std::move(workspace));
  }

 private:
  void encode_normalized(const TextPiece& whole, Workspace& workspace, TokenSink& sink) const {
    size_t begin = 0;
    for (const AddedTokenMatcher::Match& match : tokens_.find(whole.text)) {
      encode_words(whole.slice(begin, match.begin), workspace, sink);
      if (sink.full()) return;
      sink.add(match.id, sink.keeps_offsets() ? whole.range(match.begin, match.end) : ByteRange());
      begin = match.end;
    }
    encode_words(whole.slice(begin, whole.text.size()), workspace, sink);
  }

  /// The text after all steps: a view of `section` or of one of the two buffers, which take turns.
  TextPiece normalize(TextPiece section, NormalizedText& first, NormalizedText& second) const {
    TextPiece piece = section;
    NormalizedText* out = &first;
    const auto finish_step = [&] {
      piece = out->piece();
      out = out == &first ? &second : &first;
    };
    if (!is_well_formed(piece.text)) {
      repair(piece, *out);
      finish_step();
    }
    for (const auto& normalizer : normalizers_) {
      if (normalizer->leaves(piece.text)) continue;
      out->text.clear();
      out->origin.clear();
      normalizer->normalize(piece, *out);
      finish_step();
    }
    return piece;
  }

  void encode_words(TextPiece piece, Workspace& workspace, TokenSink& sink) const {
    if (piece.text.empty() || sink.full()) return;
    std::vector<TextPiece>& pieces = workspace.pieces;
    std::vector<TextPiece>& cut = workspace.cut;
    pieces.assign(1, piece);
    std::vector<NormalizedText>& changed = workspace.changed;
    changed.resize(pre_tokenizers_.steps.size());
    for (size_t i = 0; i < changed.size(); ++i) {
      changed[i].text.clear();
      changed[i].origin.clear();
      changed[i].keeps_origin = sink.keeps_offsets();
      cut.clear();
      pre_tokenizers_.steps[i]->split(pieces, changed[i], cut);
      pieces.swap(cut);
    }
    const std::span<const TextPiece> words(pieces);
    for (size_t begin = 0; begin < words.size() && !sink.full(); begin += kBlock) {
      encode_block(words.subspan(begin, std::min(kBlock, words.size() - begin)), piece.text, workspace, sink);
    }
    sink.trim();
  }

  /// Words whose places in the cache are fetched at the same time. `whole`: the text that most of them are views of.
  /// May give more tokens than the sink wants.
  void encode_block(std::span<const TextPiece> words, std::string_view whole, Workspace& workspace, TokenSink& sink) const {
    std::array<WordCache::Key, kBlock> keys;
    for (size_t i = 0; i < words.size(); ++i) {
      const std::string_view word = words[i].text;
      if (!WordCache::holds(word)) continue;
      keys[i] = workspace.cache.key(word, num_readable(word, whole, workspace));
    }
    BlockTokens& tokens = workspace.tokens;
    for (size_t i = 0; i < words.size(); ++i) {
      if (!WordCache::holds(words[i].text)) {
        tokens.move_to(sink);
        if (sink.full()) return;
        if (!words[i].text.empty()) model_->tokenize(words[i], *workspace.scratch, sink);
      } else if (const WordCache::Entry* known = workspace.cache.find(keys[i])) {
        tokens.add(words[i], *known, sink.keeps_offsets());
      } else {
        encode_new_word(words[i], keys[i], workspace, tokens, sink);
      }
    }
    tokens.move_to(sink);
  }

  /// How many bytes of the text that the word is a view of lie at its beginning and behind it.
  static size_t num_readable(std::string_view word, std::string_view whole, const Workspace& workspace) {
    const auto behind = [&](std::string_view text) -> size_t {
      const std::less_equal<> not_behind;
      const bool is_view = not_behind(text.data(), word.data()) && not_behind(word.data() + word.size(), text.data() + text.size());
      return is_view ? static_cast<size_t>(text.data() + text.size() - word.data()) : 0;
    };
    if (const size_t size = behind(whole); size != 0) return size;
    for (const NormalizedText& text : workspace.changed) {
      if (const size_t size = behind(text.text); size != 0) return size;
    }
    return word.size();
  }

  /// What the cache does not know: it learns it unless there are too many tokens.
  void encode_new_word(const TextPiece& word, const WordCache::Key& key, Workspace& workspace, BlockTokens& tokens,
                       TokenSink& sink) const {
    WordTokens learnt;
    if (!model_->tokenize_word(word.text, *workspace.scratch, learnt)) {
      tokens.move_to(sink);
      return model_->tokenize(word, *workspace.scratch, sink);
    }
    const auto ids = std::span(learnt.ids).first(learnt.num_tokens);
    if (ids.size() <= WordCache::kMaxTokens) {
      workspace.cache.put(key, ids, learnt.ends);
      return tokens.add_new(word, ids, learnt.ends, key.is_ascii, sink.keeps_offsets());
    }
    tokens.move_to(sink);
    tokens.add_new(word, ids, learnt.ends, key.is_ascii, sink.keeps_offsets());
    tokens.move_to(sink);
  }

  TextNormalizers normalizers_;
  AddedTokenMatcher tokens_;
  PreTokenizers pre_tokenizers_;
  std::unique_ptr<PieceModel> model_;
  mutable WorkspacePool workspaces_;
};

}  // namespace

std::unique_ptr<SectionEncoder> make_generic_section_encoder(TextNormalizers normalizers, std::vector<AddedToken> normalized_tokens,
                                                             PreTokenizers pre_tokenizers, std::unique_ptr<PieceModel> model) {
  return std::make_unique<GenericSectionEncoder>(std::move(normalizers), std::move(normalized_tokens), std::move(pre_tokenizers),
                                                 std::move(model));
}

}  // namespace selene::models
