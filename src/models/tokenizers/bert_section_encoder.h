#pragma once

#include "models/tokenizers/section_encoder.h"
#include "models/tokenizers/word_piece.h"

namespace selene::models {

/// Whether `BertSectionEncoder` does what these sections of tokenizer.json say: BertNormalizer (or none), BertPreTokenizer.
bool is_bert_section(base::JsonValue normalizer, base::JsonValue pre_tokenizer);

/// WordPiece behind BertNormalizer and BertPreTokenizer, in one pass.  REQUIRES: is_bert_section(tokenizer_json's).
base::Result<std::unique_ptr<SectionEncoder>> make_bert_section_encoder(base::JsonValue normalizer, WordPiece model,
                                                                        std::vector<AddedToken> normalized_tokens);

}  // namespace selene::models
