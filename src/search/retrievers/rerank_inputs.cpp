#include "search/retrievers/rerank_inputs.h"

#include <algorithm>

#include "base/unicode.h"

namespace selene::search {
namespace {

using base::Result;
using inference::ByteSpan;

using Values = std::vector<std::vector<std::optional<std::string>>>;

/// A chunk of one field's value.
struct FieldChunk {
  size_t field = 0;
  inference::Chunk chunk;
  std::string_view text;
};

class InputMaker {
 public:
  InputMaker(const RerankFields& fields, const Values& values, std::vector<RerankInput>& inputs)
      : fields_(fields), values_(values), inputs_(inputs) {}

  void add_whole_values(size_t document) {
    const bool apart = fields_.names.size() == 1 || fields_.mode == FieldMode::kMax;
    RerankInput joined{document, {}, {}};
    for (size_t f = 0; f < values_.size(); ++f) {
      if (!values_[f][document]) continue;
      const std::string_view value = *values_[f][document];
      if (apart) {
        inputs_.push_back({document, std::string(value), {{f, {0, value.size()}, 0}}});
      } else {
        if (!joined.parts.empty()) joined.text += '\n';
        append_named(f, value, 0, joined);
      }
    }
    if (!joined.parts.empty()) inputs_.push_back(std::move(joined));
  }

  void add_best_chunks(size_t document, const inference::Chunker& chunker) {
    std::vector<FieldChunk> chunks;
    for (size_t f = 0; f < values_.size(); ++f) {
      if (!values_[f][document]) continue;
      const std::string_view value = *values_[f][document];
      for (const inference::Chunk& chunk : chunker.chunk(value))
        chunks.push_back({f, chunk, value.substr(chunk.bytes.begin, chunk.bytes.end - chunk.bytes.begin)});
      if (fields_.mode == FieldMode::kMax) {
        add_best(document, chunks);
        chunks.clear();
      }
    }
    if (!chunks.empty()) add_best(document, chunks);
  }

 private:
  void append_named(size_t field, std::string_view text, int64_t start_offset, RerankInput& input) const {
    input.text.append(fields_.names[field]).append(": ");
    input.parts.push_back({field, {input.text.size(), input.text.size() + text.size()}, start_offset});
    input.text.append(text);
  }

  void add_best(size_t document, const std::vector<FieldChunk>& chunks) {
    std::vector<std::string_view> texts;
    for (const FieldChunk& chunk : chunks) texts.push_back(chunk.text);
    for (const size_t best : fields_.rescorer->best_chunks(fields_.query, texts)) {
      const FieldChunk& chunk = chunks[best];
      RerankInput input{document, {}, {}};
      if (fields_.names.size() == 1 || fields_.mode == FieldMode::kMax) {
        input.text = chunk.text;
        input.parts.push_back({chunk.field, {0, chunk.text.size()}, chunk.chunk.start_offset});
      } else {
        append_named(chunk.field, chunk.text, chunk.chunk.start_offset, input);
      }
      inputs_.push_back(std::move(input));
    }
  }

  const RerankFields& fields_;
  const Values& values_;
  std::vector<RerankInput>& inputs_;
};

ByteSpan common(ByteSpan a, ByteSpan b) {
  const size_t begin = std::max(a.begin, b.begin);
  return {begin, std::max(begin, std::min(a.end, b.end))};
}

}  // namespace

Result<std::vector<RerankInput>> make_rerank_inputs(const RerankFields& fields, Values values) {
  std::vector<RerankInput> inputs;
  InputMaker maker(fields, values, inputs);
  const size_t num_documents = values.empty() ? 0 : values.front().size();
  if (fields.rescorer == nullptr) {
    for (size_t d = 0; d < num_documents; ++d) maker.add_whole_values(d);
    return inputs;
  }
  ASSIGN_OR_RETURN(const inference::Chunker chunker, fields.rescorer->chunker(fields.window_words));
  for (size_t d = 0; d < num_documents; ++d) maker.add_best_chunks(d, chunker);
  return inputs;
}

Passage passage_of(const RerankInput& input, std::span<const std::string> field_names, std::optional<ByteSpan> scored,
                   float score) {
  const ByteSpan wanted = scored.value_or(ByteSpan{0, input.text.size()});
  const auto size = [](ByteSpan span) { return span.end - span.begin; };
  const RerankInput::Part* part = &input.parts.front();
  for (const RerankInput::Part& other : input.parts) {
    if (size(common(other.bytes, wanted)) > size(common(part->bytes, wanted))) part = &other;
  }
  const ByteSpan bytes = common(part->bytes, wanted);
  const std::string_view text = input.text;
  const std::string_view before = text.substr(part->bytes.begin, bytes.begin - part->bytes.begin);
  Passage passage{field_names[part->field], std::string(text.substr(bytes.begin, size(bytes))), 0, 0, score};
  passage.start_offset = part->start_offset + static_cast<int64_t>(base::utf16_length(before));
  passage.end_offset = passage.start_offset + static_cast<int64_t>(base::utf16_length(passage.text));
  return passage;
}

}  // namespace selene::search
