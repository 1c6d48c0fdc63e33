#include "models/tokenizers/post_processor.h"

namespace selene::models {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;
using Kind = PostProcessor::Part::Kind;

constexpr int kMaxNesting = 8;
constexpr size_t kMaxSpecialIds = 4096;

base::Result<int32_t> read_id(JsonValue value, std::string_view what) {
  if (value.type() != base::JsonType::kInt64 || value.as_int64() < 0 || value.as_int64() > INT32_MAX) {
    return Error(ErrorCode::kIllegalArgument, "[post_processor] has an invalid {}", what);
  }
  return static_cast<int32_t>(value.as_int64());
}

base::Result<std::vector<int32_t>> special_ids(JsonValue special_tokens, JsonValue name) {
  if (!name.is_string()) return Error(ErrorCode::kIllegalArgument, "[post_processor] has a special token without [id]");
  const JsonValue ids = special_tokens[name.as_string()]["ids"];
  if (!ids.is_array() || ids.as_array().size() > kMaxSpecialIds) {
    return Error(ErrorCode::kIllegalArgument, "[post_processor.special_tokens] does not define [{}]", name.as_string());
  }
  std::vector<int32_t> result;
  for (const JsonValue id : ids.as_array()) {
    ASSIGN_OR_RETURN(result.emplace_back(), read_id(id, "special token id"));
  }
  return result;
}

base::Result<PostProcessor::Part> read_piece(JsonValue piece, JsonValue special_tokens) {
  const JsonValue special = piece["SpecialToken"];
  const JsonValue sequence = piece["Sequence"];
  if (!special.is_object() && !sequence.is_object()) {
    return Error(ErrorCode::kIllegalArgument, "[post_processor] has a piece that is neither [SpecialToken] nor [Sequence]");
  }
  const JsonValue value = special.is_object() ? special : sequence;
  ASSIGN_OR_RETURN(const int32_t type_id, read_id(value["type_id"], "[type_id]"));
  if (special.is_object()) {
    ASSIGN_OR_RETURN(std::vector<int32_t> ids, special_ids(special_tokens, value["id"]));
    return PostProcessor::Part{Kind::kSpecial, type_id, std::move(ids)};
  }
  const JsonValue id = value["id"];
  if (!id.is_string() || (id.as_string() != "A" && id.as_string() != "B")) {
    return Error(ErrorCode::kIllegalArgument, "[post_processor] has a [Sequence] that is neither [A] nor [B]");
  }
  return PostProcessor::Part{id.as_string() == "A" ? Kind::kFirst : Kind::kSecond, type_id, {}};
}

base::Result<PostProcessor::Layout> read_layout(JsonValue pieces, JsonValue special_tokens, size_t num_texts) {
  if (!pieces.is_array()) return Error(ErrorCode::kIllegalArgument, "[post_processor] must have the lists [single] and [pair]");
  PostProcessor::Layout layout;
  size_t num_first = 0;
  size_t num_second = 0;
  for (const JsonValue piece : pieces.as_array()) {
    ASSIGN_OR_RETURN(PostProcessor::Part part, read_piece(piece, special_tokens));
    num_first += part.kind == Kind::kFirst ? 1 : 0;
    num_second += part.kind == Kind::kSecond ? 1 : 0;
    layout.push_back(std::move(part));
  }
  if (num_first != 1 || num_second != num_texts - 1) {
    return Error(ErrorCode::kIllegalArgument, "[post_processor] must hold each text exactly once in [{}]",
                 num_texts == 1 ? "single" : "pair");
  }
  return layout;
}

/// BertProcessing and RobertaProcessing write a special token as ["[SEP]", 102].
base::Result<int32_t> named_id(JsonValue pair, std::string_view name) {
  if (pair.is_array() && pair.as_array().size() == 2) {
    for (const JsonValue entry : pair.as_array()) {
      if (entry.is_integer()) return read_id(entry, name);
    }
  }
  return Error(ErrorCode::kIllegalArgument, "[post_processor.{}] must be a token and its id", name);
}

}  // namespace

PostProcessor::PostProcessor()
    : single_({{Part::Kind::kFirst, 0, {}}}), pair_({{Part::Kind::kFirst, 0, {}}, {Part::Kind::kSecond, 1, {}}}) {}

base::Result<PostProcessor> PostProcessor::parse(JsonValue value) {
  PostProcessor processor;
  if (!value.is_null()) RETURN_IF_ERROR(processor.apply(value, 0));
  return processor;
}

base::Status PostProcessor::apply(JsonValue value, int depth) {
  const JsonValue type = value["type"];
  const std::string_view name = type.is_string() ? type.as_string() : std::string_view();
  if (name == "TemplateProcessing") return apply_template(value);
  if (name == "RobertaProcessing" || name == "ByteLevel") apply_trim_offsets(value);
  if (name == "BertProcessing" || name == "RobertaProcessing") return apply_cls_sep(value, name);
  if (name == "ByteLevel") return {};
  if (name == "Sequence" && value["processors"].is_array() && depth < kMaxNesting) {
    for (const JsonValue processor : value["processors"].as_array()) RETURN_IF_ERROR(apply(processor, depth + 1));
    return {};
  }
  return Error(
      ErrorCode::kIllegalArgument,
      "unknown post_processor [{}]; supported are [TemplateProcessing, BertProcessing, RobertaProcessing, ByteLevel, Sequence]",
      name);
}

void PostProcessor::apply_trim_offsets(JsonValue value) {
  const auto is_on = [&](std::string_view name) { return !value[name].is_bool() || value[name].as_bool(); };
  if (!is_on("trim_offsets")) return;
  using PrefixSpace = OffsetTrimmer::PrefixSpace;
  trimmer_.add_pass(is_on("add_prefix_space") ? PrefixSpace::kAdded : PrefixSpace::kNone);
}

base::Status PostProcessor::apply_template(JsonValue value) {
  ASSIGN_OR_RETURN(single_, read_layout(value["single"], value["special_tokens"], 1));
  ASSIGN_OR_RETURN(pair_, read_layout(value["pair"], value["special_tokens"], 2));
  return {};
}

base::Status PostProcessor::apply_cls_sep(JsonValue value, std::string_view type) {
  ASSIGN_OR_RETURN(const int32_t cls, named_id(value["cls"], "cls"));
  ASSIGN_OR_RETURN(const int32_t sep, named_id(value["sep"], "sep"));
  const bool is_roberta = type == "RobertaProcessing";
  const int32_t second_type = is_roberta ? 0 : 1;
  const std::vector<int32_t> between = is_roberta ? std::vector<int32_t>{sep, sep} : std::vector<int32_t>{sep};
  single_ = {{Kind::kSpecial, 0, {cls}}, {Kind::kFirst, 0, {}}, {Kind::kSpecial, 0, {sep}}};
  pair_ = {{Kind::kSpecial, 0, {cls}},
           {Kind::kFirst, 0, {}},
           {Kind::kSpecial, 0, between},
           {Kind::kSecond, second_type, {}},
           {Kind::kSpecial, second_type, {sep}}};
  return {};
}

size_t PostProcessor::num_special(size_t num_texts) const {
  size_t total = 0;
  for (const Part& part : layout(num_texts)) total += part.ids.size();
  return total;
}

Encoding PostProcessor::assemble(std::span<const Segment> segments, Offsets keep) const {
  Encoding encoding;
  size_t total = num_special(segments.size());
  for (const Segment& segment : segments) total += segment.ids.size();
  encoding.ids.reserve(total);
  encoding.type_ids.reserve(total);
  if (keep == Offsets::kKeep) encoding.offsets.reserve(total);
  for (const Part& part : layout(segments.size())) {
    const bool is_special = part.kind == Part::Kind::kSpecial;
    const Segment segment = is_special ? Segment{part.ids, {}} : segments[part.kind == Part::Kind::kFirst ? 0 : 1];
    encoding.ids.insert(encoding.ids.end(), segment.ids.begin(), segment.ids.end());
    encoding.type_ids.resize(encoding.ids.size(), part.type_id);
    if (keep != Offsets::kKeep) continue;
    encoding.offsets.insert(encoding.offsets.end(), segment.offsets.begin(), segment.offsets.end());
    encoding.offsets.resize(encoding.ids.size());
  }
  return encoding;
}

}  // namespace selene::models
