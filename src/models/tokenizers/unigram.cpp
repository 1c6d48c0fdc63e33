#include <array>
#include <cmath>
#include <limits>

#include "models/tokenizers/piece_model.h"
#include "models/tokenizers/utf8.h"

namespace selene::models {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;

// Below the least score: what an unknown character costs.
constexpr double kUnkPenalty = 10.0;

size_t char_size(std::string_view text, size_t pos) {
  const auto lead = static_cast<uint8_t>(text[pos]);
  return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

/// The segmentation of the greatest sum of scores (Viterbi over the bytes); runs of unknown characters become one token.
/// Source: Kudo, "Subword Regularization", 2018; ties as in SentencePiece: the longest last token, that is the earliest start.
class Unigram final : public PieceModel {
 public:
  struct Options {
    int32_t unk_id;
    bool byte_fallback;
  };
  Unigram(const Vocabulary& vocabulary, std::vector<double> scores, Options options)
      : trie_(&vocabulary.trie()), scores_(std::move(scores)), unk_id_(options.unk_id) {
    for (const double score : scores_) min_score_ = std::min(min_score_, score);
    byte_ids_.fill(-1);
    constexpr std::string_view kHex = "0123456789ABCDEF";
    for (size_t byte = 0; options.byte_fallback && byte < byte_ids_.size(); ++byte) {
      byte_ids_[byte] = vocabulary.id(std::string("<0x") + kHex[byte >> 4] + kHex[byte & 15] + ">");
    }
  }

  std::unique_ptr<Scratch> make_scratch() const override { return std::make_unique<Lattice>(); }

  void tokenize(TextPiece piece, Scratch& scratch, TokenSink& sink) const override {
    auto& lattice = static_cast<Lattice&>(scratch);
    find_best(piece.text, lattice.nodes);
    lattice.ends.clear();
    for (size_t end = piece.text.size(); end > 0; end = lattice.nodes[end].begin)
      lattice.ends.push_back(static_cast<uint32_t>(end));
    size_t begin = 0;
    for (size_t i = lattice.ends.size(); i-- > 0;) {
      size_t end = lattice.ends[i];
      const int32_t id = lattice.nodes[end].id;
      if (id != unk_id_) {
        sink.add(id, sink.keeps_offsets() ? piece.range(begin, end) : ByteRange());
        begin = end;
        continue;
      }
      while (i > 0 && lattice.nodes[lattice.ends[i - 1]].id == unk_id_) end = lattice.ends[--i];
      add_unknown(piece.slice(begin, end), sink);
      begin = end;
    }
  }

 private:
  struct Node {
    double score;
    uint32_t begin;
    int32_t id;  // -1: nothing ends here
  };
  struct Lattice final : Scratch {
    std::vector<Node> nodes;
    std::vector<uint32_t> ends;
  };

  void find_best(std::string_view text, std::vector<Node>& nodes) const {
    nodes.assign(text.size() + 1, {0, 0, -1});
    const double unk_score = min_score_ - kUnkPenalty;
    for (size_t begin = 0; begin < text.size();) {
      const double so_far = nodes[begin].score;
      const size_t single = begin + char_size(text, begin);
      bool has_single = false;
      ByteTrie::Node at = ByteTrie::kRoot;
      for (size_t i = begin; i < text.size();) {
        at = trie_->child(at, static_cast<uint8_t>(text[i++]));
        if (at == ByteTrie::kNone) break;
        const int32_t id = trie_->value(at);
        if (id < 0) continue;
        improve(nodes[i], so_far + scores_[static_cast<size_t>(id)], begin, id);
        has_single = has_single || i == single;
      }
      if (!has_single) improve(nodes[single], so_far + unk_score, begin, unk_id_);
      begin = single;
    }
  }
  static void improve(Node& node, double score, size_t begin, int32_t id) {
    if (node.id < 0 || score > node.score) node = {score, static_cast<uint32_t>(begin), id};
  }

  void add_unknown(TextPiece piece, TokenSink& sink) const {
    const ByteRange range = sink.keeps_offsets() ? piece.range(0, piece.text.size()) : ByteRange();
    if (const int32_t id = trie_->find(piece.text); id >= 0) return sink.add(id, range);
    bool all_known = true;
    for (const char c : piece.text) all_known = all_known && byte_ids_[static_cast<uint8_t>(c)] >= 0;
    if (!all_known) return sink.add(unk_id_, range);
    for (const char c : piece.text) sink.add(byte_ids_[static_cast<uint8_t>(c)], range);
  }

  const ByteTrie* trie_;
  std::vector<double> scores_;
  int32_t unk_id_;
  double min_score_ = std::numeric_limits<double>::infinity();
  std::array<int32_t, 256> byte_ids_;
};

base::Result<std::pair<std::string_view, double>> read_entry(JsonValue entry) {
  if (entry.is_array() && entry.as_array().size() == 2) {
    auto it = entry.as_array().begin();
    const JsonValue token = *it;
    const JsonValue score = *++it;
    if (token.is_string() && score.is_number() && std::isfinite(score.as_double()))
      return std::pair(token.as_string(), score.as_double());
  }
  return Error(ErrorCode::kIllegalArgument, "[model.vocab] of a Unigram model must be a list of [token, score]");
}

}  // namespace

base::Result<Vocabulary> parse_unigram_vocabulary(JsonValue list) {
  if (!list.is_array())
    return Error(ErrorCode::kIllegalArgument, "[model.vocab] of a Unigram model must be a list of [token, score]");
  std::vector<ByteTrie::Entry> tokens;
  for (const JsonValue entry : list.as_array()) {
    ASSIGN_OR_RETURN(const auto token, read_entry(entry));
    tokens.push_back({token.first, static_cast<int32_t>(tokens.size())});
  }
  return Vocabulary::build(std::move(tokens));
}

base::Result<std::unique_ptr<PieceModel>> make_unigram(JsonValue model, const Vocabulary& vocabulary) {
  std::vector<double> scores;
  for (const JsonValue entry : model["vocab"].as_array()) {
    ASSIGN_OR_RETURN(const auto token, read_entry(entry));
    scores.push_back(token.second);
  }
  const JsonValue unk_id = model["unk_id"];
  if (unk_id.type() != base::JsonType::kInt64 || unk_id.as_int64() < 0 ||
      unk_id.as_int64() >= static_cast<int64_t>(scores.size())) {
    return Error(ErrorCode::kIllegalArgument, "[model.unk_id] must be the id of a token of the vocabulary");
  }
  const JsonValue byte_fallback = model["byte_fallback"];
  const Unigram::Options options{static_cast<int32_t>(unk_id.as_int64()), byte_fallback.is_bool() && byte_fallback.as_bool()};
  return std::unique_ptr<PieceModel>(std::make_unique<Unigram>(vocabulary, std::move(scores), options));
}

}  // namespace selene::models
