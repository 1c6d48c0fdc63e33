#include "models/tokenizers/pre_tokenizer.h"

#include <algorithm>
#include <array>

#include "models/tokenizers/char_classes.h"
#include "models/tokenizers/code_point_table.h"
#include "models/tokenizers/split_pattern.h"
#include "models/tokenizers/utf8.h"

namespace selene::models {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;

constexpr int kMaxNesting = 8;

/// Cuts at characters by their kind; characters of kind 0 vanish, neighbours of one positive kind stay together, those of a
/// negative kind stand alone. Where several ask, a text is cut as if one cut what the one before left: a place is cut if any does.
class KindSplitter final : public PreTokenizer {
 public:
  using Kind = int (*)(char32_t c);
  /// Kinds are at most kMaxKind.  REQUIRES: at most kMaxRules calls.
  void add(Kind rule) {
    rules_.push_back(rule);
    for (size_t c = 0; c < 0x80; ++c) kinds_[c] = ask(static_cast<char32_t>(c));
    std::fill(kinds_.begin() + 0x80, kinds_.end(), kNotAscii);
  }
  bool has_room() const { return rules_.size() < kMaxRules; }
  void split(const std::vector<TextPiece>& pieces, NormalizedText&, std::vector<TextPiece>& out) const override {
    for (const TextPiece& piece : pieces) split_one(piece, out);
  }

 private:
  static constexpr int kMaxKind = 3;
  static constexpr size_t kMaxRules = 3;  // kinds of all make one of eight bits
  static constexpr int8_t kNotAscii = INT8_MAX;

  int kind_at(std::string_view text, size_t pos) const { return kinds_[static_cast<uint8_t>(text[pos])]; }

  int8_t ask(char32_t c) const {
    int together = 0;
    bool is_alone = false;
    for (const Kind rule : rules_) {
      const int kind = rule(c);
      if (kind == 0) return 0;
      is_alone = is_alone || kind < 0;
      together = together * (kMaxKind + 1) + kind;
    }
    return static_cast<int8_t>(is_alone ? -1 : together);
  }
  void split_one(const TextPiece& piece, std::vector<TextPiece>& out) const {
    const std::string_view text = piece.text;
    size_t begin = 0;
    int running = 0;
    for (size_t pos = 0; pos < text.size();) {
      const size_t at = pos;
      int kind = kind_at(text, pos);
      if (kind == kNotAscii) {
        kind = ask(decode_utf8(text, pos));
      } else {
        ++pos;
      }
      while (kind > 0 && pos < text.size() && kind_at(text, pos) == kind) ++pos;
      if (kind > 0 && kind == running) continue;
      if (running != 0) out.push_back(piece.slice(begin, at));
      begin = at;
      running = kind;
    }
    if (running != 0) out.push_back(piece.slice(begin, text.size()));
  }

  std::vector<Kind> rules_;
  std::array<int8_t, 256> kinds_{};  // of ASCII
};

const CodePointTable& plain_classes() {
  static const CodePointTable table{BertNormalizerOptions()};
  return table;
}

int bert_kind(char32_t c) {
  const CharKind kind = plain_classes()[c].kind();
  return kind == CharKind::kSpace ? 0 : kind == CharKind::kPunctuation ? -1 : 1;
}
int punctuation_kind(char32_t c) { return plain_classes()[c].kind() == CharKind::kPunctuation ? -1 : 1; }
int whitespace_split_kind(char32_t c) {
  const bool is_blank = c < 0x80 ? c == ' ' || (c >= '\t' && c <= '\r') : is_whitespace(c);
  return is_blank ? 0 : 1;
}
/// \w+|[^\w\s]+
int whitespace_kind(char32_t c) {
  const uint8_t classes = char_classes(c);
  return (classes & kWordClass) != 0 ? 1 : (classes & kBlankClass) != 0 ? 0 : 2;
}
int digits_kind(char32_t c) { return (char_classes(c) & kNumericClass) != 0 ? 2 : 1; }
int single_digits_kind(char32_t c) { return (char_classes(c) & kNumericClass) != 0 ? -1 : 1; }

class Metaspace final : public PreTokenizer {
 public:
  enum class Prepend : uint8_t { kAlways, kFirst, kNever };
  Metaspace(std::string replacement, Prepend prepend, bool splits)
      : replacement_(std::move(replacement)), prepend_(prepend), splits_(splits) {}

  void split(const std::vector<TextPiece>& pieces, NormalizedText& changed, std::vector<TextPiece>& out) const override {
    // Reserved whole, so that the pieces' views stay where they are.
    size_t size = 0;
    for (const TextPiece& piece : pieces) size += (piece.text.size() + 1) * replacement_.size();
    changed.text.reserve(size + kTextPadding);
    changed.origin.reserve(changed.keeps_origin ? size : 0);
    for (const TextPiece& piece : pieces) {
      const size_t begin = changed.text.size();
      write(piece, changed);
      cut(begin, changed, out);
    }
  }

 private:
  void write(const TextPiece& piece, NormalizedText& changed) const {
    if (piece.text.empty()) return;
    const bool wanted = prepend_ == Prepend::kAlways || (prepend_ == Prepend::kFirst && piece.is_first());
    if (wanted && piece.text.front() != ' ' && !piece.text.starts_with(replacement_))
      changed.append(replacement_, piece.range(0, 1));
    for (size_t begin = 0; begin < piece.text.size();) {
      const size_t blank = std::min(piece.text.find(' ', begin), piece.text.size());
      changed.append_part(piece, begin, blank);
      if (blank < piece.text.size())
        changed.append(replacement_, changed.keeps_origin ? piece.range(blank, blank + 1) : ByteRange());
      begin = blank + 1;
    }
  }
  /// A piece begins at each replacement.
  void cut(size_t begin, const NormalizedText& changed, std::vector<TextPiece>& out) const {
    const TextPiece whole = changed.piece();
    while (begin < whole.text.size()) {
      size_t end = splits_ ? whole.text.find(replacement_, begin + 1) : std::string_view::npos;
      if (end == std::string_view::npos) end = whole.text.size();
      out.push_back(whole.slice(begin, end));
      begin = end;
    }
  }

  std::string replacement_;
  Prepend prepend_;
  bool splits_;
};

class PatternSplitter final : public PreTokenizer {
 public:
  explicit PatternSplitter(SplitPattern pattern) : pattern_(pattern) {}
  void split(const std::vector<TextPiece>& pieces, NormalizedText&, std::vector<TextPiece>& out) const override {
    for (const TextPiece& piece : pieces) pattern_.split(piece, out);
  }

 private:
  SplitPattern pattern_;
};

/// ByteLevel's `add_prefix_space`: a space before every piece that has none.
class PrefixSpace final : public PreTokenizer {
 public:
  void split(const std::vector<TextPiece>& pieces, NormalizedText& changed, std::vector<TextPiece>& out) const override {
    size_t size = 0;
    for (const TextPiece& piece : pieces) size += piece.text.size() + 1;
    changed.text.reserve(size + kTextPadding);
    changed.origin.reserve(changed.keeps_origin ? size : 0);
    for (const TextPiece& piece : pieces) {
      if (piece.text.empty() || piece.text.front() == ' ') {
        out.push_back(piece);
        continue;
      }
      const size_t begin = changed.text.size();
      // It stands for nothing of the input: it lies at the first character, as the library has it.
      changed.append(" ", piece.range(0, 1));
      changed.append_part(piece, 0, piece.text.size());
      out.push_back(changed.piece().slice(begin, changed.text.size()));
    }
  }
};

class WordStartSplitter final : public PreTokenizer {
 public:
  explicit WordStartSplitter(std::string start) : start_(std::move(start)) {}
  void split(const std::vector<TextPiece>& pieces, NormalizedText&, std::vector<TextPiece>& out) const override {
    for (const TextPiece& piece : pieces) {
      size_t begin = 0;
      size_t behind = 0;  // the last one
      for (size_t at = piece.text.find(start_); at != std::string_view::npos; at = piece.text.find(start_, behind)) {
        if (at > behind) {
          out.push_back(piece.slice(begin, at));
          begin = at;
        }
        behind = at + start_.size();
      }
      if (begin < piece.text.size()) out.push_back(piece.slice(begin, piece.text.size()));
    }
  }

 private:
  std::string start_;
};

bool switch_of(JsonValue section, std::string_view name, bool otherwise) {
  return section[name].is_bool() ? section[name].as_bool() : otherwise;
}

std::string_view text_of(JsonValue section, std::string_view name) {
  return section[name].is_string() ? section[name].as_string() : std::string_view();
}

base::Status append_metaspace(JsonValue section, PreTokenizers& out) {
  const std::string_view replacement = text_of(section, "replacement");
  if (replacement.empty()) return Error(ErrorCode::kIllegalArgument, "[pre_tokenizer.Metaspace] needs a [replacement]");
  const std::string_view scheme = text_of(section, "prepend_scheme");
  Metaspace::Prepend prepend =
      switch_of(section, "add_prefix_space", true) ? Metaspace::Prepend::kAlways : Metaspace::Prepend::kNever;
  if (scheme == "first") prepend = Metaspace::Prepend::kFirst;
  if (scheme == "never") prepend = Metaspace::Prepend::kNever;
  out.needs_origin = out.needs_origin || prepend == Metaspace::Prepend::kFirst;
  out.steps.push_back(std::make_unique<Metaspace>(std::string(replacement), prepend, switch_of(section, "split", true)));
  return {};
}

base::Status append_split(JsonValue section, PreTokenizers& out) {
  const JsonValue regex = section["pattern"]["Regex"];
  const std::string_view text = regex.is_string() ? regex.as_string() : std::string_view();
  const std::optional<SplitPattern> pattern = SplitPattern::parse(text);
  if (!pattern.has_value()) {
    return Error(ErrorCode::kIllegalArgument, "unsupported pattern [{}] of pre_tokenizer [Split]; supported are those of [{}]",
                 text, SplitPattern::supported());
  }
  const std::string_view behavior = text_of(section, "behavior");
  // The patterns cover every text, so what lies between matches is empty; matches kept are pieces either way.
  const bool inverted = switch_of(section, "invert", false);
  if (!(behavior == "Isolated" || (behavior == "Removed" && inverted))) {
    return Error(ErrorCode::kIllegalArgument, "unsupported behavior [{}] of pre_tokenizer [Split]", behavior);
  }
  out.steps.push_back(std::make_unique<PatternSplitter>(*pattern));
  return {};
}

base::Status append_byte_level(JsonValue section, PreTokenizers& out) {
  if (switch_of(section, "add_prefix_space", true)) out.steps.push_back(std::make_unique<PrefixSpace>());
  if (switch_of(section, "use_regex", true)) out.steps.push_back(std::make_unique<PatternSplitter>(SplitPattern()));
  out.units = TextUnits::kBytes;
  return {};
}

KindSplitter::Kind kind_of(JsonValue section, std::string_view type) {
  if (type == "BertPreTokenizer") return &bert_kind;
  if (type == "Whitespace") return &whitespace_kind;
  if (type == "WhitespaceSplit") return &whitespace_split_kind;
  if (type == "Digits") return switch_of(section, "individual_digits", false) ? &single_digits_kind : &digits_kind;
  const std::string_view behavior = text_of(section, "behavior");
  if (type == "Punctuation" && (behavior.empty() || behavior == "Isolated")) return &punctuation_kind;
  return nullptr;
}

/// With the step before, if that is of its kind.
void append_rule(KindSplitter::Kind rule, PreTokenizers& out) {
  auto* last = out.steps.empty() ? nullptr : dynamic_cast<KindSplitter*>(out.steps.back().get());
  if (last == nullptr || !last->has_room()) {
    out.steps.push_back(std::make_unique<KindSplitter>());
    last = static_cast<KindSplitter*>(out.steps.back().get());
  }
  last->add(rule);
}

base::Status append_pre_tokenizers(JsonValue section, int depth, PreTokenizers& out) {
  const std::string_view type = text_of(section, "type");
  if (out.units == TextUnits::kBytes)
    return Error(ErrorCode::kIllegalArgument, "pre_tokenizer [ByteLevel] must be the last one, not before [{}]", type);
  if (type == "Metaspace") return append_metaspace(section, out);
  if (type == "Split") return append_split(section, out);
  if (type == "ByteLevel") return append_byte_level(section, out);
  if (const KindSplitter::Kind kind = kind_of(section, type); kind != nullptr) {
    append_rule(kind, out);
    return {};
  }
  const JsonValue steps = section["pretokenizers"];
  if (type == "Sequence" && steps.is_array() && depth < kMaxNesting) {
    for (const JsonValue step : steps.as_array()) RETURN_IF_ERROR(append_pre_tokenizers(step, depth + 1, out));
    return {};
  }
  return Error(
      ErrorCode::kIllegalArgument,
      "unknown pre_tokenizer [{}]; supported are [BertPreTokenizer, ByteLevel, Digits, Metaspace, Punctuation, Sequence, Split, "
      "Whitespace, WhitespaceSplit]",
      type);
}

}  // namespace

std::unique_ptr<PreTokenizer> make_word_start_splitter(std::string start) {
  return std::make_unique<WordStartSplitter>(std::move(start));
}

base::Result<PreTokenizers> parse_pre_tokenizers(JsonValue pre_tokenizer) {
  PreTokenizers result;
  if (!pre_tokenizer.is_null()) RETURN_IF_ERROR(append_pre_tokenizers(pre_tokenizer, 0, result));
  return result;
}

}  // namespace selene::models
