#include "models/tokenizers/vocabulary_tokenizer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_map>
#include <unordered_set>

#include "base/json/json_writer.h"

namespace selene::models {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;
using base::JsonWriter;

constexpr size_t kMaxTokens = 4'000'000;
constexpr std::array<std::string_view, 5> kNames = {"bert", "mpnet", "roberta", "xlm_roberta", "deberta_v2"};

/// Special tokens of a family and how they stand around texts.
struct Family {
  std::string_view cls, sep, unk, mask, pad;
  bool doubled_sep;       ///< </s></s> between the texts of a pair
  int second_type;        ///< token type of the second text
  bool mask_takes_blank;  ///< blanks before the mask belong to it
};

constexpr Family family(TokenizationKind kind) {
  switch (kind) {
    case TokenizationKind::kBert: return {"[CLS]", "[SEP]", "[UNK]", "[MASK]", "[PAD]", false, 1, false};
    case TokenizationKind::kDebertaV2: return {"[CLS]", "[SEP]", "[UNK]", "[MASK]", "[PAD]", false, 1, false};
    case TokenizationKind::kMpnet: return {"<s>", "</s>", "[UNK]", "<mask>", "<pad>", true, 0, true};
    case TokenizationKind::kRoberta:
    case TokenizationKind::kXlmRoberta: break;
  }
  return {"<s>", "</s>", "<unk>", "<mask>", "<pad>", true, 0, true};
}

bool has_scores(TokenizationKind kind) { return kind == TokenizationKind::kXlmRoberta || kind == TokenizationKind::kDebertaV2; }

Error invalid(std::string reason) { return Error(ErrorCode::kActionRequestValidation, "Validation Failed: 1: " + reason + ";"); }

base::Result<std::vector<std::string>> strings(JsonValue list, std::string_view name) {
  std::vector<std::string> out;
  if (!list.exists() || list.is_null()) return out;
  if (!list.is_array()) return Error(ErrorCode::kXContentParse, "[vocabulary] [{}] must be an array of strings", name);
  for (const JsonValue item : list.as_array()) {
    if (!item.is_string()) return Error(ErrorCode::kXContentParse, "[vocabulary] [{}] must be an array of strings", name);
    if (out.size() == kMaxTokens) return Error(ErrorCode::kIllegalArgument, "[{}] has more than [{}] entries", name, kMaxTokens);
    out.emplace_back(item.as_string());
  }
  return out;
}

base::Result<std::vector<double>> numbers(JsonValue list) {
  std::vector<double> out;
  if (!list.exists() || list.is_null()) return out;
  if (!list.is_array()) return Error(ErrorCode::kXContentParse, "[vocabulary] [scores] must be an array of numbers");
  for (const JsonValue item : list.as_array()) {
    if (!item.is_number() || out.size() == kMaxTokens) {
      return Error(ErrorCode::kXContentParse, "[vocabulary] [scores] must be an array of at most [{}] numbers", kMaxTokens);
    }
    out.push_back(item.as_double());
  }
  return out;
}

base::Status check_tokens(const std::vector<std::string>& tokens) {
  if (tokens.empty()) return invalid("[vocabulary] must not be empty");
  std::unordered_set<std::string_view> seen;
  seen.reserve(tokens.size());
  for (const std::string& token : tokens) {
    if (!seen.insert(token).second) return Error(ErrorCode::kIllegalArgument, "[vocabulary] holds the token [{}] twice", token);
  }
  return {};
}

base::Status check_merges(const std::vector<std::string>& merges) {
  for (size_t i = 0; i < merges.size(); ++i) {
    const size_t blank = merges[i].find(' ');
    const bool pair = blank != std::string::npos && blank > 0 && blank + 1 < merges[i].size() &&
                      merges[i].find(' ', blank + 1) == std::string::npos;
    if (!pair) return Error(ErrorCode::kIllegalArgument, "[merges] entry [{}] is not two tokens joined by a blank", i);
  }
  return {};
}

/// Writes the sections of a tokenizer.json that says what an uploaded vocabulary and its options say.
class TokenizerJson {
 public:
  TokenizerJson(const UploadedVocabulary& vocabulary, const VocabularyTokenizerOptions& options)
      : vocabulary_(vocabulary), options_(options), family_(family(options.kind)) {
    for (size_t i = 0; i < vocabulary.tokens.size(); ++i) ids_.emplace(vocabulary.tokens[i], static_cast<int64_t>(i));
  }

  base::Result<std::string> write() {
    for (const std::string_view token : {family_.cls, family_.sep, unk()}) {
      if (id(token) < 0)
        return Error(ErrorCode::kIllegalArgument, "the vocabulary has no token [{}], which [{}] needs", token,
                     tokenization_name(options_.kind));
    }
    out_.begin_object();
    write_added_tokens();
    write_normalizer();
    write_pre_tokenizer();
    write_post_processor();
    write_model();
    out_.end_object();
    return out_.take();
  }

 private:
  int64_t id(std::string_view token) const {
    const auto found = ids_.find(token);
    return found == ids_.end() ? -1 : found->second;
  }
  /// Published MPNet vocabularies name the unknown token either way.
  std::string_view unk() const { return options_.kind == TokenizationKind::kMpnet && id(family_.unk) < 0 ? "<unk>" : family_.unk; }

  void write_added_tokens() {
    out_.key("added_tokens").begin_array();
    for (const std::string_view token : {family_.cls, family_.sep, unk(), family_.mask, family_.pad}) {
      if (id(token) < 0) continue;
      out_.begin_object().field("id", id(token)).field("content", token).field("single_word", false);
      out_.field("lstrip", token == family_.mask && family_.mask_takes_blank).field("rstrip", false);
      out_.field("normalized", false).field("special", true).end_object();
    }
    out_.end_array();
  }

  void write_step(std::string_view type) { out_.begin_object().field("type", type).end_object(); }

  void write_normalizer() {
    out_.key("normalizer");
    switch (options_.kind) {
      case TokenizationKind::kBert:
      case TokenizationKind::kMpnet:
        out_.begin_object().field("type", "BertNormalizer").field("clean_text", true).field("handle_chinese_chars", true);
        out_.key("strip_accents").null().field("lowercase", options_.do_lower_case).end_object();
        return;
      case TokenizationKind::kRoberta: out_.null(); return;
      case TokenizationKind::kXlmRoberta:
      case TokenizationKind::kDebertaV2: break;
    }
    out_.begin_object().field("type", "Sequence").key("normalizers").begin_array();
    if (options_.do_lower_case && options_.kind == TokenizationKind::kDebertaV2) write_step("Lowercase");
    write_step("Nmt");
    write_step("NFKC");
    out_.begin_object().field("type", "Replace").key("pattern").begin_object().field("Regex", " {2,}").end_object();
    out_.field("content", " ").end_object();
    out_.begin_object().field("type", "Strip").field("strip_left", true).field("strip_right", true).end_object();
    out_.end_array().end_object();
  }

  void write_pre_tokenizer() {
    out_.key("pre_tokenizer");
    switch (options_.kind) {
      case TokenizationKind::kBert:
      case TokenizationKind::kMpnet: write_step("BertPreTokenizer"); return;
      case TokenizationKind::kRoberta:
        out_.begin_object().field("type", "ByteLevel").field("add_prefix_space", options_.add_prefix_space);
        out_.field("trim_offsets", true).field("use_regex", true).end_object();
        return;
      case TokenizationKind::kXlmRoberta:
      case TokenizationKind::kDebertaV2: break;
    }
    out_.begin_object().field("type", "Metaspace").field("replacement", "\u2581");
    out_.field("prepend_scheme", "always").field("split", true).end_object();
  }

  void write_special(std::string_view token, int type) {
    out_.begin_object().key("SpecialToken").begin_object().field("id", token).field("type_id", type).end_object().end_object();
  }
  void write_text(std::string_view name, int type) {
    out_.begin_object().key("Sequence").begin_object().field("id", name).field("type_id", type).end_object().end_object();
  }
  void write_post_processor() {
    out_.key("post_processor");
    const bool special = options_.with_special_tokens;
    out_.begin_object().field("type", "TemplateProcessing").key("single").begin_array();
    if (special) write_special(family_.cls, 0);
    write_text("A", 0);
    if (special) write_special(family_.sep, 0);
    out_.end_array().key("pair").begin_array();
    if (special) write_special(family_.cls, 0);
    write_text("A", 0);
    if (special) write_special(family_.sep, 0);
    if (special && family_.doubled_sep) write_special(family_.sep, 0);
    write_text("B", family_.second_type);
    if (special) write_special(family_.sep, family_.second_type);
    out_.end_array().key("special_tokens").begin_object();
    for (const std::string_view token : {family_.cls, family_.sep}) {
      out_.key(token).begin_object().field("id", token).key("ids").begin_array().value(id(token)).end_array();
      out_.key("tokens").begin_array().value(token).end_array().end_object();
    }
    out_.end_object().end_object();
  }

  void write_vocabulary_object() {
    out_.key("vocab").begin_object();
    for (size_t i = 0; i < vocabulary_.tokens.size(); ++i) out_.field(vocabulary_.tokens[i], i);
    out_.end_object();
  }

  void write_model() {
    out_.key("model").begin_object();
    switch (options_.kind) {
      case TokenizationKind::kBert:
      case TokenizationKind::kMpnet:
        out_.field("type", "WordPiece").field("unk_token", unk()).field("continuing_subword_prefix", "##");
        out_.field("max_input_chars_per_word", 100);
        write_vocabulary_object();
        break;
      case TokenizationKind::kRoberta: write_bpe(); break;
      case TokenizationKind::kXlmRoberta:
      case TokenizationKind::kDebertaV2: write_unigram(); break;
    }
    out_.end_object();
  }

  void write_bpe() {
    out_.field("type", "BPE").key("dropout").null().key("unk_token").null();
    out_.field("fuse_unk", false).field("byte_fallback", false);
    write_vocabulary_object();
    out_.key("merges").begin_array();
    for (const std::string& merge : vocabulary_.merges) {
      const size_t blank = merge.find(' ');
      out_.begin_array()
          .value(std::string_view(merge).substr(0, blank))
          .value(std::string_view(merge).substr(blank + 1))
          .end_array();
    }
    out_.end_array();
  }

  void write_unigram() {
    out_.field("type", "Unigram").field("unk_id", id(unk())).field("byte_fallback", false).key("vocab").begin_array();
    for (size_t i = 0; i < vocabulary_.tokens.size(); ++i) {
      out_.begin_array().value(vocabulary_.tokens[i]).value(vocabulary_.scores[i]).end_array();
    }
    out_.end_array();
  }

  const UploadedVocabulary& vocabulary_;
  const VocabularyTokenizerOptions& options_;
  const Family family_;
  std::unordered_map<std::string_view, int64_t> ids_;
  JsonWriter out_;
};

}  // namespace

std::string_view tokenization_name(TokenizationKind kind) { return kNames[static_cast<size_t>(kind)]; }

std::optional<TokenizationKind> find_tokenization(std::string_view name) {
  const auto* found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<TokenizationKind>(found - kNames.begin());
}

base::Result<UploadedVocabulary> UploadedVocabulary::parse(JsonValue body, TokenizationKind kind) {
  if (!body.is_object()) return Error(ErrorCode::kXContentParse, "[vocabulary] must be an object");
  for (const auto& [key, value] : body.as_object()) {
    if (key != "vocabulary" && key != "merges" && key != "scores") {
      return Error(ErrorCode::kXContentParse, "[vocabulary] unknown field [{}]", key);
    }
  }
  UploadedVocabulary vocabulary;
  ASSIGN_OR_RETURN(vocabulary.tokens, strings(body["vocabulary"], "vocabulary"));
  RETURN_IF_ERROR(check_tokens(vocabulary.tokens));
  ASSIGN_OR_RETURN(vocabulary.merges, strings(body["merges"], "merges"));
  ASSIGN_OR_RETURN(vocabulary.scores, numbers(body["scores"]));
  if (kind == TokenizationKind::kRoberta) {
    if (vocabulary.merges.empty()) return invalid("cannot put vocabulary for tokenizer type [roberta], which expects [merges]");
    RETURN_IF_ERROR(check_merges(vocabulary.merges));
  }
  if (has_scores(kind) && vocabulary.scores.size() != vocabulary.tokens.size()) {
    return invalid(base::format("[scores] must have same length as [vocabulary]: [{}] and [{}]", vocabulary.scores.size(),
                                vocabulary.tokens.size()));
  }
  if (!std::all_of(vocabulary.scores.begin(), vocabulary.scores.end(), [](double score) { return std::isfinite(score); })) {
    return invalid("[scores] must be finite numbers");
  }
  return vocabulary;
}

base::Result<std::unique_ptr<Tokenizer>> make_vocabulary_tokenizer(const UploadedVocabulary& vocabulary,
                                                                   const VocabularyTokenizerOptions& options) {
  TokenizerJson json(vocabulary, options);
  ASSIGN_OR_RETURN(const std::string text, json.write());
  return Tokenizer::parse(text);
}

}  // namespace selene::models
