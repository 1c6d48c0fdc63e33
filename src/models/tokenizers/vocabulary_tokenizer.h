#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json/json_document.h"
#include "base/result.h"
#include "models/tokenizers/tokenizer.h"

namespace selene::models {

/// Families of tokenizers by Elasticsearch's names; `bert_ja` is not among them (it needs a Japanese morphological analyser).
enum class TokenizationKind : uint8_t { kBert, kMpnet, kRoberta, kXlmRoberta, kDebertaV2 };
/// "bert", "mpnet", "roberta", "xlm_roberta", "deberta_v2".
std::string_view tokenization_name(TokenizationKind kind);
std::optional<TokenizationKind> find_tokenization(std::string_view name);

/// A vocabulary as Eland uploads it: a token's id is its place.
struct UploadedVocabulary {
  std::vector<std::string> tokens;
  std::vector<std::string> merges;  ///< roberta: "left right" in the order of ranks
  std::vector<double> scores;       ///< xlm_roberta, deberta_v2: of each token; empty: none were sent

  /// The body of PUT _ml/trained_models/{id}/vocabulary. Errors: kActionRequestValidation, kIllegalArgument naming what is missing,
  /// of the wrong length, or stands twice.
  static base::Result<UploadedVocabulary> parse(base::JsonValue body, TokenizationKind kind);
};

struct VocabularyTokenizerOptions {
  TokenizationKind kind = TokenizationKind::kBert;
  bool do_lower_case = false;
  bool add_prefix_space = false;  ///< roberta
  bool with_special_tokens = true;
};

/// The tokenizer of a vocabulary: what Hugging Face's tokenizer of that family does. The character map of SentencePiece is not part
/// of an upload; NFKC and its rules for blanks and control characters stand for it. Errors: kIllegalArgument naming the special
/// token that the vocabulary lacks.
base::Result<std::unique_ptr<Tokenizer>> make_vocabulary_tokenizer(const UploadedVocabulary& vocabulary,
                                                                   const VocabularyTokenizerOptions& options);

}  // namespace selene::models
