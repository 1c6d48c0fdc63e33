#include "models/tokenizers/section_encoder.h"

#include "models/tokenizers/bert_section_encoder.h"
#include "models/tokenizers/generic_section_encoder.h"

namespace selene::models {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;

/// Old files have no type: a list of tokens is Unigram's, merges are BPE's.
std::string_view model_type(JsonValue model) {
  if (model["type"].is_string()) return model["type"].as_string();
  if (model["vocab"].is_array()) return "Unigram";
  return model["merges"].is_array() ? "BPE" : "WordPiece";
}

Error unknown_model(std::string_view type) {
  return Error(ErrorCode::kIllegalArgument, "unknown tokenizer model [{}]; supported are [BPE, Unigram, WordPiece]", type);
}

base::Result<std::unique_ptr<PieceModel>> make_model(JsonValue model, const Vocabulary& vocabulary, TextUnits units) {
  const std::string_view type = model_type(model);
  if (type == "BPE") return make_bpe(model, vocabulary, units);
  if (units == TextUnits::kBytes)
    return Error(ErrorCode::kIllegalArgument, "pre_tokenizer [ByteLevel] works with the model [BPE], not with [{}]", type);
  if (type == "Unigram") return make_unigram(model, vocabulary);
  if (type == "WordPiece") return make_word_piece_model(model, vocabulary);
  return unknown_model(type);
}

}  // namespace

base::Result<Vocabulary> parse_vocabulary(JsonValue model) {
  const std::string_view type = model_type(model);
  if (type == "Unigram") return parse_unigram_vocabulary(model["vocab"]);
  if (type == "WordPiece" || type == "BPE") return Vocabulary::parse(model["vocab"]);
  return unknown_model(type);
}

base::Result<std::unique_ptr<SectionEncoder>> make_section_encoder(JsonValue tokenizer_json, const Vocabulary& vocabulary,
                                                                   std::vector<AddedToken> normalized_tokens) {
  const JsonValue model = tokenizer_json["model"];
  const JsonValue normalizer = tokenizer_json["normalizer"];
  if (model_type(model) == "WordPiece" && is_bert_section(normalizer, tokenizer_json["pre_tokenizer"])) {
    ASSIGN_OR_RETURN(const WordPiece word_piece, parse_word_piece(model, vocabulary));
    return make_bert_section_encoder(normalizer, word_piece, std::move(normalized_tokens));
  }
  ASSIGN_OR_RETURN(TextNormalizers normalizers, parse_normalizers(normalizer));
  ASSIGN_OR_RETURN(PreTokenizers pre_tokenizers, parse_pre_tokenizers(tokenizer_json["pre_tokenizer"]));
  ASSIGN_OR_RETURN(auto piece_model, make_model(model, vocabulary, pre_tokenizers.units));
  if (const std::string_view start = piece_model->word_start(); !start.empty()) {
    pre_tokenizers.steps.push_back(make_word_start_splitter(std::string(start)));
  }
  return make_generic_section_encoder(std::move(normalizers), std::move(normalized_tokens), std::move(pre_tokenizers),
                                      std::move(piece_model));
}

}  // namespace selene::models
