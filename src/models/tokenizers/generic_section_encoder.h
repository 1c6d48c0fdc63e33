#pragma once

#include "models/tokenizers/piece_model.h"
#include "models/tokenizers/pre_tokenizer.h"
#include "models/tokenizers/section_encoder.h"
#include "models/tokenizers/text_normalizer.h"

namespace selene::models {

/// Any normalizers, pre-tokenizers and model, one after the other over the whole section.
std::unique_ptr<SectionEncoder> make_generic_section_encoder(TextNormalizers normalizers, std::vector<AddedToken> normalized_tokens,
                                                             PreTokenizers pre_tokenizers, std::unique_ptr<PieceModel> model);

}  // namespace selene::models
