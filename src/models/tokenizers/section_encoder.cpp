#include "models/tokenizers/section_encoder.h"

#include "models/tokenizers/bert_section_encoder.h"

namespace selene::models {
namespace {

std::string_view type_of(base::JsonValue value) {
  return value["type"].is_string() ? value["type"].as_string() : std::string_view();
}

}  // namespace

base::Result<Vocabulary> parse_vocabulary(base::JsonValue model) {
  // Old files of WordPiece models have no type.
  const std::string_view type = model["type"].exists() ? type_of(model) : "WordPiece";
  if (type == "WordPiece") return Vocabulary::parse(model["vocab"]);
  return base::Error(base::ErrorCode::kIllegalArgument, "unknown tokenizer model [{}]; supported are [WordPiece]", type);
}

base::Result<std::unique_ptr<SectionEncoder>> make_section_encoder(base::JsonValue tokenizer_json, const Vocabulary& vocabulary,
                                                                   std::vector<AddedToken> normalized_tokens) {
  const base::JsonValue normalizer = tokenizer_json["normalizer"];
  const base::JsonValue pre_tokenizer = tokenizer_json["pre_tokenizer"];
  const base::JsonValue model = tokenizer_json["model"];
  ASSIGN_OR_RETURN(const WordPiece word_piece, parse_word_piece(model, vocabulary));
  if (!is_bert_section(normalizer, pre_tokenizer)) {
    return base::Error(
        base::ErrorCode::kIllegalArgument,
        "unsupported normalizer [{}] with pre_tokenizer [{}]; supported are [BertNormalizer] with [BertPreTokenizer]",
        type_of(normalizer), type_of(pre_tokenizer));
  }
  return make_bert_section_encoder(normalizer, word_piece, std::move(normalized_tokens));
}

}  // namespace selene::models
