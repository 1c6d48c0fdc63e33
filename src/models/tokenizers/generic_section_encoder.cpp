#include "models/tokenizers/generic_section_encoder.h"

#include "models/tokenizers/utf8.h"

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
    const std::unique_ptr<PieceModel::Scratch> scratch = model_->make_scratch();
    size_t begin = 0;
    for (const AddedTokenMatcher::Match& match : tokens_.find(whole.text)) {
      encode_words(whole.slice(begin, match.begin), *scratch, sink);
      if (sink.full()) return;
      sink.add(match.id, sink.keeps_offsets() ? whole.range(match.begin, match.end) : ByteRange());
      begin = match.end;
    }
    encode_words(whole.slice(begin, whole.text.size()), *scratch, sink);
  }

 private:
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

  void encode_words(TextPiece piece, PieceModel::Scratch& scratch, TokenSink& sink) const {
    if (piece.text.empty() || sink.full()) return;
    std::vector<TextPiece> pieces = {piece};
    std::vector<TextPiece> cut;
    std::vector<NormalizedText> changed(pre_tokenizers_.steps.size());
    for (size_t i = 0; i < changed.size(); ++i) {
      changed[i].keeps_origin = sink.keeps_offsets();
      cut.clear();
      pre_tokenizers_.steps[i]->split(pieces, changed[i], cut);
      pieces.swap(cut);
    }
    for (const TextPiece& word : pieces) {
      if (sink.full()) break;
      if (!word.text.empty()) model_->tokenize(word, scratch, sink);
    }
    sink.trim();
  }

  TextNormalizers normalizers_;
  AddedTokenMatcher tokens_;
  PreTokenizers pre_tokenizers_;
  std::unique_ptr<PieceModel> model_;
};

}  // namespace

std::unique_ptr<SectionEncoder> make_generic_section_encoder(TextNormalizers normalizers, std::vector<AddedToken> normalized_tokens,
                                                             PreTokenizers pre_tokenizers, std::unique_ptr<PieceModel> model) {
  return std::make_unique<GenericSectionEncoder>(std::move(normalizers), std::move(normalized_tokens), std::move(pre_tokenizers),
                                                 std::move(model));
}

}  // namespace selene::models
