#include "search/highlight/semantic_chunks.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/unicode.h"
#include "index/mapping/semantic_text.h"
#include "index/vectors/nearness.h"
#include "index/vectors/segment_vectors.h"
#include "search/backends/source_values.h"
#include "search/exec/nested_weight.h"
#include "search/query/parse_support.h"
#include "search/query/query_inference.h"
#include "search/query/semantic_query.h"

namespace selene::search {
namespace {

using base::JsonValue;

/// The texts that queries on `field` embed.
void collect_texts(JsonValue query, std::string_view field, std::set<std::string>& texts) {
  if (query.is_array()) {
    for (const JsonValue element : query.as_array()) collect_texts(element, field, texts);
  }
  if (!query.is_object()) return;
  for (const base::JsonMember member : query.as_object()) {
    const JsonValue body = member.value;
    const bool names_field = member.key == "semantic" || member.key == "sparse_vector";
    if (names_field && body["field"].is_string() && body["field"].as_string() == field && body["query"].is_string()) {
      texts.emplace(body["query"].as_string());
    } else if (member.key == "match" && body.is_object() && body[field].exists()) {
      const JsonValue given = body[field].is_object() ? body[field]["query"] : body[field];
      if (!given.is_null() && !given.is_object() && !given.is_array()) texts.insert(scalar_text(given));
    } else {
      collect_texts(body, field, texts);
    }
  }
}

/// The part [start, end) of a text in UTF-16 code units.
std::string part_of(std::string_view text, int64_t start, int64_t end) {
  size_t pos = 0;
  int64_t unit = 0;
  size_t begin = text.size();
  while (pos < text.size() && unit < end) {
    if (unit >= start) begin = std::min(begin, pos);
    unit += base::decode_utf8(text, pos) < 0x10000 ? 1 : 2;
  }
  return std::string(text.substr(begin, pos - std::min(begin, pos)));
}

}  // namespace

base::Result<SemanticChunks> SemanticChunks::create(const index::MappedField& field, const std::vector<JsonValue>& queries,
                                                    const BindContext& context) {
  SemanticChunks chunks(field);
  std::set<std::string> texts;
  for (const JsonValue query : queries) collect_texts(query, field.name, texts);
  const index::SemanticText& semantic = *field.semantic;
  if (semantic.embeddings == nullptr) return chunks;
  for (const std::string& text : texts) {
    if (semantic.embeddings->type == index::FieldType::kSparseVector) {
      ASSIGN_OR_RETURN(WeightPtr weight, sparse_chunks_weight(context, semantic, text, 1));
      chunks.weights_.push_back(std::move(weight));
    } else if (context.inference != nullptr) {
      ASSIGN_OR_RETURN(std::vector<float> vector, context.inference->text_embedding(semantic.search_inference_id, text));
      chunks.vectors_.push_back(std::move(vector));
    }
  }
  return chunks;
}

void SemanticChunks::add_sparse_scores(const HighlightedDocument& document, const std::vector<DocId>& chunks,
                                       std::vector<float>& scores) const {
  for (const WeightPtr& weight : weights_) {
    const ScorerPtr scorer = weight->scorer(document.segment);
    if (scorer == nullptr) continue;
    for (DocId doc = scorer->advance(chunks.front()); doc < document.doc; doc = scorer->next()) {
      const auto at = std::lower_bound(chunks.begin(), chunks.end(), doc);
      if (at == chunks.end() || *at != doc) continue;
      float& score = scores[static_cast<size_t>(at - chunks.begin())];
      score = std::max(score, scorer->score());
    }
  }
}

void SemanticChunks::add_dense_scores(const HighlightedDocument& document, const std::vector<DocId>& chunks,
                                      std::vector<float>& scores) const {
  const index::MappedField& embeddings = *field_->semantic->embeddings;
  const index::SegmentVectors* const vectors = document.segment.reader().vectors(embeddings.name);
  const std::vector<DocId>* const docs = document.segment.reader().docs_with_field(embeddings.name);
  if (vectors == nullptr || docs == nullptr || docs->size() != vectors->size()) return;
  std::map<uint32_t, size_t> chunk_of;  // by the vector's ordinal
  index::OrdinalSet accept(vectors->size());
  for (size_t i = 0; i < chunks.size(); ++i) {
    const auto at = std::lower_bound(docs->begin(), docs->end(), chunks[i]);
    if (at == docs->end() || *at != chunks[i]) continue;
    const auto ordinal = static_cast<uint32_t>(at - docs->begin());
    accept.add(ordinal);
    chunk_of.emplace(ordinal, i);
  }
  for (const std::vector<float>& vector : vectors_) {
    index::VectorQuery query;
    query.values = vector;
    query.accept = &accept;
    query.num_hits = query.num_candidates = static_cast<int32_t>(chunks.size());
    for (const index::VectorHit& hit : vectors->search(query)) {
      float& score = scores[chunk_of.at(hit.ordinal)];
      score = std::max(score, index::score_of(*embeddings.vector, hit.nearness));
    }
  }
}

std::vector<float> SemanticChunks::scores(const HighlightedDocument& document) const {
  std::vector<float> scores;
  const index::NestedDocs* const nested = document.segment.reader().nested();
  if (nested == nullptr) return scores;
  std::vector<DocId> chunks;
  if (const ScorerPtr all = nested_docs_scorer(document.segment, field_->semantic->chunks_path)) {
    for (DocId doc = all->advance(nested->block_begin(document.doc)); doc < document.doc; doc = all->next()) chunks.push_back(doc);
  }
  scores.resize(chunks.size(), 0);
  if (chunks.empty()) return scores;
  add_sparse_scores(document, chunks, scores);
  if (!vectors_.empty()) add_dense_scores(document, chunks, scores);
  return scores;
}

std::vector<std::string> SemanticChunks::best(const HighlightedDocument& document, const PassageOptions& options) const {
  std::vector<std::string> texts;
  const auto inference = base::JsonDocument::parse(document.inference);
  if (!inference.has_value()) return texts;
  const JsonValue chunks = inference->root()[field_->name]["chunks"];
  if (!chunks.is_array()) return texts;
  const std::vector<float> found = scores(document);
  std::vector<size_t> order;
  for (size_t i = 0; i < found.size(); ++i) {
    if (found[i] > 0) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return found[a] > found[b]; });
  const auto limit = static_cast<size_t>(std::max(options.number_of_fragments, 0));
  if (limit > 0 && order.size() > limit) order.resize(limit);
  if (options.order == PassageOptions::Order::kText) std::sort(order.begin(), order.end());
  std::vector<JsonValue> by_number;
  for (const JsonValue chunk : chunks.as_array()) by_number.push_back(chunk);
  for (const size_t i : order) {
    if (i >= by_number.size()) continue;
    const JsonValue chunk = by_number[i];
    std::vector<JsonValue> values;
    collect_source_values(document.source, chunk["field"].as_string(), values);
    const auto number = static_cast<size_t>(chunk["value"].as_int64());
    if (number >= values.size()) continue;
    texts.push_back(part_of(scalar_text(values[number]), chunk["start_offset"].as_int64(), chunk["end_offset"].as_int64()));
  }
  return texts;
}

}  // namespace selene::search
