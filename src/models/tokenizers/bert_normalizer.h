#pragma once

#include "base/json/json_document.h"
#include "base/result.h"
#include "models/tokenizers/ascii_map.h"
#include "models/tokenizers/code_point_table.h"
#include "models/tokenizers/text_piece.h"

namespace selene::models {

/// The options of a BertNormalizer section. Errors: kIllegalArgument (a switch that is none).
base::Result<BertNormalizerOptions> parse_bert_normalizer(base::JsonValue normalizer);

/// What the table says of ASCII.
AsciiMap bert_ascii(const CodePointTable& table);

/// `ascii`: bert_ascii(table). Appends the normalized text. Ill-formed UTF-8 reads as U+FFFD.
void bert_normalize(const CodePointTable& table, const AsciiMap& ascii, TextPiece piece, NormalizedText& out);

}  // namespace selene::models
