#pragma once

#include "base/json/json_document.h"
#include "base/result.h"
#include "models/tokenizers/code_point_table.h"
#include "models/tokenizers/text_piece.h"

namespace selene::models {

/// The options of a BertNormalizer section. Errors: kIllegalArgument (a switch that is none).
base::Result<BertNormalizerOptions> parse_bert_normalizer(base::JsonValue normalizer);

/// Appends the normalized text. Ill-formed UTF-8 reads as U+FFFD.
void bert_normalize(const CodePointTable& table, TextPiece piece, NormalizedText& out);

}  // namespace selene::models
