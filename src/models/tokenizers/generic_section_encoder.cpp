#include "models/tokenizers/generic_section_encoder.h"

#include <array>
#include <mutex>

#include "models/tokenizers/utf8.h"
#include "models/tokenizers/word_block.h"
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

/// What one encode call works with; kept from call to call for the words it has learnt.
struct Workspace {
  std::unique_ptr<PieceModel::Scratch> scratch;
  WordCache cache;
  BlockTokens tokens;
  NewWords new_words;
  std::string text;  // a copy with kTextPadding
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
    workspace.text.assign(piece.text);
    workspace.text.append(kTextPadding, '\0');
    piece.text = std::string_view(workspace.text).substr(0, piece.text.size());
    pieces.assign(1, piece);
    std::vector<NormalizedText>& changed = workspace.changed;
    changed.resize(pre_tokenizers_.steps.size());
    for (size_t i = 0; i < changed.size(); ++i) {
      changed[i].text.clear();
      changed[i].origin.clear();
      changed[i].keeps_origin = sink.keeps_offsets();
      cut.clear();
      pre_tokenizers_.steps[i]->split(pieces, changed[i], cut);
      changed[i].text.append(kTextPadding, '\0');
      pieces.swap(cut);
    }
    const std::span<const TextPiece> words(pieces);
    for (size_t begin = 0; begin < words.size() && !sink.full();) {
      size_t end = begin;
      while (end < words.size() && end - begin < kBlock && WordCache::holds(words[end].text)) ++end;
      if (end > begin) {
        encode_block(words.subspan(begin, end - begin), workspace, sink);
      } else if (const TextPiece& word = words[end++]; !word.text.empty()) {
        model_->tokenize(word, *workspace.scratch, sink);
      }
      begin = end;
    }
    sink.trim();
  }

  /// Words whose places in the cache are fetched at the same time and that are tokenized together if it does not know them.
  /// May give more tokens than the sink wants.  REQUIRES: at most kBlock that the cache can hold.
  void encode_block(std::span<const TextPiece> words, Workspace& workspace, TokenSink& sink) const {
    std::array<WordCache::Key, kBlock> keys;
    for (size_t i = 0; i < words.size(); ++i) keys[i] = workspace.cache.key(words[i].text);
    std::array<const WordCache::Entry*, kBlock> entries;
    std::array<uint8_t, kBlock> new_places;
    size_t num_new = 0;
    for (size_t i = 0; i < words.size(); ++i) {
      entries[i] = keys[i].place;
      new_places[num_new] = static_cast<uint8_t>(i);
      num_new += WordCache::knows(keys[i]) ? 0 : 1;
    }
    NewWords& new_words = workspace.new_words;
    for (size_t i = 0; i < num_new; ++i) {
      new_words.words[i].text = keys[new_places[i]].view();
      entries[new_places[i]] = &new_words.entries[i];
    }
    model_->tokenize_words(std::span(new_words.words).first(num_new), *workspace.scratch);
    for (size_t i = 0; i < num_new; ++i) new_words.make_entry(i, keys[new_places[i]], workspace.cache);
    add_tokens(words, std::span(entries).first(words.size()), workspace, sink);
    // Now that nobody reads what may have to make room.
    for (size_t i = 0; i < num_new; ++i) {
      if (new_words.rooms[i] != nullptr) *new_words.rooms[i] = new_words.entries[i];
    }
  }

  void add_tokens(std::span<const TextPiece> words, std::span<const WordCache::Entry* const> entries, Workspace& workspace,
                  TokenSink& sink) const {
    BlockTokens& tokens = workspace.tokens;
    for (size_t i = 0; i < words.size(); ++i) {
      if (!sink.keeps_offsets()) i += tokens.add_ids(entries.subspan(i));
      if (i == words.size()) break;
      if (is_cached(*entries[i])) {
        tokens.add(words[i], *entries[i]);
        continue;
      }
      tokens.move_to(sink);
      const WordTokens& many = workspace.new_words.tokens_of(entries[i]);
      if (many.num_tokens == 0) {
        model_->tokenize(words[i], *workspace.scratch, sink);
      } else {
        tokens.add(words[i], many, entries[i]->is_ascii, sink.keeps_offsets());
        tokens.move_to(sink);
      }
    }
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
