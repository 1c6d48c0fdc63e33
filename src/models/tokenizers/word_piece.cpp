#include "models/tokenizers/word_piece.h"

#include <algorithm>

#include "models/tokenizers/piece_model.h"

namespace selene::models {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;

constexpr int64_t kMaxCharsPerWord = 100'000;

/// WordPiece as a model behind any pre-tokenizer.
class WordPieceModel final : public PieceModel {
 public:
  explicit WordPieceModel(WordPiece model) : model_(model) {}
  std::unique_ptr<Scratch> make_scratch() const override { return std::make_unique<Scratch>(); }
  void tokenize(TextPiece piece, Scratch&, TokenSink& sink) const override {
    const auto is_lead = [](char c) { return (static_cast<uint8_t>(c) & 0xC0) != 0x80; };
    const auto range = [&](size_t begin, size_t end) { return sink.keeps_offsets() ? piece.range(begin, end) : ByteRange(); };
    if (std::count_if(piece.text.begin(), piece.text.end(), is_lead) > model_.max_chars_per_word()) {
      return sink.add(model_.unk_id(), range(0, piece.text.size()));
    }
    model_.tokenize(piece.text, sink, range);
  }

 private:
  WordPiece model_;
};

}  // namespace

base::Result<WordPiece> parse_word_piece(JsonValue model, const Vocabulary& vocabulary) {
  const JsonValue unk = model["unk_token"];
  const JsonValue prefix = model["continuing_subword_prefix"];
  const JsonValue max_chars = model["max_input_chars_per_word"];
  if (!unk.is_string() || vocabulary.id(unk.as_string()) < 0) {
    return Error(ErrorCode::kIllegalArgument, "[model.unk_token] must be a token of the vocabulary");
  }
  if (prefix.exists() && !prefix.is_string())
    return Error(ErrorCode::kIllegalArgument, "[model.continuing_subword_prefix] must be a string");
  if (max_chars.exists() && (!max_chars.is_integer() || max_chars.as_int64() < 1 || max_chars.as_int64() > kMaxCharsPerWord)) {
    return Error(ErrorCode::kIllegalArgument, "[model.max_input_chars_per_word] must be between [1] and [{}]", kMaxCharsPerWord);
  }
  return WordPiece(vocabulary.trie(), prefix.exists() ? prefix.as_string() : std::string_view("##"), vocabulary.id(unk.as_string()),
                   max_chars.exists() ? static_cast<uint32_t>(max_chars.as_int64()) : 100);
}

base::Result<std::unique_ptr<PieceModel>> make_word_piece_model(JsonValue model, const Vocabulary& vocabulary) {
  ASSIGN_OR_RETURN(const WordPiece word_piece, parse_word_piece(model, vocabulary));
  return std::unique_ptr<PieceModel>(std::make_unique<WordPieceModel>(word_piece));
}

}  // namespace selene::models
