#include "search/highlight/passages.h"

#include <unicode/brkiter.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>

namespace selene::search {
namespace {

using Breaks = std::unique_ptr<icu::BreakIterator>;

/// Between values, as Lucene joins them; stands in no text that JSON can carry unescaped and breaks every passage.
constexpr char16_t kSeparator = 0;

icu::UnicodeString utf16_of(std::string_view text) {
  return icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
}

struct Passage {
  int32_t start = -1;
  int32_t end = -1;
  float score = 0;
  std::vector<HighlightMatch> matches;
};

/// The passage around a match within one value. Matches are asked for in ascending order; a sentence that is longer than
/// fragment_size is handed out piece by piece.
class PassageBounds {
 public:
  PassageBounds(const PassageOptions& options, const icu::UnicodeString& value) : options_(options), length_(value.length()) {
    UErrorCode status = U_ZERO_ERROR;
    const icu::Locale root = icu::Locale::getRoot();
    const bool words = options.boundary == PassageOptions::Boundary::kWord;
    main_.reset(words ? icu::BreakIterator::createWordInstance(root, status)
                      : icu::BreakIterator::createSentenceInstance(root, status));
    inner_.reset(icu::BreakIterator::createWordInstance(root, status));
    if (U_FAILURE(status) != 0) {
      main_.reset();
      return;
    }
    main_->setText(value);
    inner_->setText(value);
  }

  /// The passage around the middle of the match [start, end) of the value.
  std::pair<int32_t, int32_t> around(int32_t start, int32_t end) {
    if (options_.number_of_fragments == 0 || main_ == nullptr) return {0, length_};
    const int32_t offset = start + std::max(1, (end - start) / 2);
    if (options_.boundary == PassageOptions::Boundary::kWord || options_.fragment_size == 0)
      return {before(*main_, offset), behind(*main_, offset - 1)};
    if (offset > window_start_ && offset < window_end_) {
      inner_start_ = inner_end_;
      inner_end_ = window_end_;
    } else {
      join_sentences(offset);
    }
    if (inner_end_ - inner_start_ > options_.fragment_size) cut(offset);
    return {inner_start_, inner_end_};
  }

 private:
  int32_t before(icu::BreakIterator& breaks, int32_t offset) const {
    const int32_t at = offset > length_ ? breaks.last() : breaks.preceding(offset);
    return at == icu::BreakIterator::DONE ? 0 : at;
  }
  int32_t behind(icu::BreakIterator& breaks, int32_t offset) const {
    const int32_t at = breaks.following(offset);
    return at == icu::BreakIterator::DONE ? length_ : at;
  }
  void join_sentences(int32_t offset) {
    window_start_ = inner_start_ = before(*main_, offset);
    window_end_ = inner_end_ = behind(*main_, offset - 1);
    while (inner_end_ - inner_start_ < options_.fragment_size && inner_end_ < length_) {
      const int32_t longer = behind(*main_, inner_end_);
      if (longer - inner_start_ > options_.fragment_size) break;
      window_end_ = inner_end_ = longer;
    }
  }
  void cut(int32_t offset) {
    if (offset - options_.fragment_size > inner_start_)
      inner_start_ = std::max(inner_start_, before(*inner_, offset - options_.fragment_size));
    const int32_t remaining = std::max(0, options_.fragment_size - (offset - inner_start_));
    if (remaining < window_end_ - offset) inner_end_ = behind(*inner_, offset + remaining);
  }

  const PassageOptions& options_;
  int32_t length_;
  Breaks main_;
  Breaks inner_;
  int32_t window_start_ = -1;
  int32_t window_end_ = -1;
  int32_t inner_start_ = -1;
  int32_t inner_end_ = -1;
};

float score_of(const Passage& passage, int32_t content_length) {
  constexpr float kK1 = 1.2F;
  constexpr float kB = 0.75F;
  constexpr float kPivot = 87.0F;
  std::map<int32_t, int32_t> freqs;
  for (const HighlightMatch& match : passage.matches) ++freqs[match.term];
  const float num_docs = 1 + static_cast<float>(content_length) / kPivot;
  const float weight = (kK1 + 1) * static_cast<float>(std::log(1 + (static_cast<double>(num_docs) + 0.5) / 1.5));
  const float length_norm = kK1 * ((1 - kB) + kB * (static_cast<float>(passage.end - passage.start) / kPivot));
  float score = 0;
  for (const auto& [term, freq] : freqs) score += weight * (static_cast<float>(freq) / (static_cast<float>(freq) + length_norm));
  return score * (1 + 1 / static_cast<float>(std::log(kPivot + static_cast<float>(passage.start))));
}

/// Keeps the best passages; of equal ones the later stays, as in Lucene's FieldHighlighter.
void keep(std::vector<Passage>& best, Passage passage, size_t limit) {
  const auto worse = [](const Passage& a, const Passage& b) { return a.score != b.score ? a.score < b.score : a.start < b.start; };
  const auto worst = std::min_element(best.begin(), best.end(), worse);
  if (best.size() == limit && (worst == best.end() || passage.score < worst->score)) return;
  best.push_back(std::move(passage));
  if (best.size() > limit) best.erase(std::min_element(best.begin(), best.end(), worse));
}

void append(const icu::UnicodeString& text, int32_t start, int32_t end, bool escapes_html, std::string& out) {
  std::string utf8;
  text.tempSubStringBetween(start, end).toUTF8String(utf8);
  if (!escapes_html) {
    out += utf8;
    return;
  }
  for (const char c : utf8) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#x27;"; break;
      case '/': out += "&#x2F;"; break;
      default: out += c;
    }
  }
}

std::string trimmed(const std::string& text) {
  constexpr std::string_view kBlanks{"\0 \t\n\r\f\v", 7};
  const size_t first = text.find_first_not_of(kBlanks);
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::string shown(const icu::UnicodeString& text, const Passage& passage, const PassageOptions& options) {
  std::string out;
  int32_t at = passage.start;
  for (size_t i = 0; i < passage.matches.size(); ++i) {
    const int32_t start = std::max(at, passage.matches[i].start);
    int32_t end = passage.matches[i].end;
    while (i + 1 < passage.matches.size() && passage.matches[i + 1].start < end) end = std::max(end, passage.matches[++i].end);
    if (end <= at) continue;
    append(text, at, start, options.escapes_html, out);
    out += options.pre_tag;
    append(text, start, end, options.escapes_html, out);
    out += options.post_tag;
    at = end;
  }
  append(text, at, std::max(at, passage.end), options.escapes_html, out);
  return trimmed(out);
}

std::vector<std::string> start_of(const icu::UnicodeString& text, const PassageOptions& options) {
  if (options.no_match_size <= 0 || text.isEmpty()) return {};
  int32_t end = text.indexOf(kSeparator);
  if (end < 0) end = text.length();
  if (options.no_match_size < end) {
    UErrorCode status = U_ZERO_ERROR;
    const Breaks words(icu::BreakIterator::createWordInstance(icu::Locale::getRoot(), status));
    if (U_FAILURE(status) != 0) return {};
    words->setText(text);
    const int32_t at = words->following(options.no_match_size);
    if (at != icu::BreakIterator::DONE) end = std::min(end, at);
  }
  return {shown(text, {0, end, 0, {}}, options)};
}

}  // namespace

std::vector<std::string> highlight_passages(const std::vector<std::string_view>& values, const std::vector<HighlightMatch>& matches,
                                            const PassageOptions& options) {
  icu::UnicodeString text;
  std::vector<std::pair<int32_t, int32_t>> slices;
  for (const std::string_view value : values) {
    if (!slices.empty()) text.append(kSeparator);
    const int32_t start = text.length();
    text.append(utf16_of(value));
    slices.emplace_back(start, text.length());
  }
  if (matches.empty()) return start_of(text, options);
  std::vector<Passage> best;
  const size_t limit = options.number_of_fragments == 0 ? values.size() : static_cast<size_t>(options.number_of_fragments);
  Passage current;
  const auto finish = [&] {
    if (current.start < 0) return;
    current.score = score_of(current, text.length());
    keep(best, std::move(current), limit);
    current = Passage();
  };
  size_t slice = 0;
  icu::UnicodeString value;
  std::unique_ptr<PassageBounds> bounds;
  for (const HighlightMatch& match : matches) {
    if (match.start >= current.end) {
      finish();
      while (slice + 1 < slices.size() && match.start >= slices[slice + 1].first) {
        ++slice;
        bounds.reset();
      }
      if (bounds == nullptr) {
        value = icu::UnicodeString(text, slices[slice].first, slices[slice].second - slices[slice].first);
        bounds = std::make_unique<PassageBounds>(options, value);
      }
      const auto [start, end] = bounds->around(match.start - slices[slice].first, match.end - slices[slice].first);
      current.start = slices[slice].first + start;
      current.end = slices[slice].first + end;
    }
    current.matches.push_back(match);
  }
  finish();
  std::sort(best.begin(), best.end(), [&](const Passage& a, const Passage& b) {
    if (options.order == PassageOptions::Order::kScore && a.score != b.score) return a.score > b.score;
    return a.start < b.start;
  });
  std::vector<std::string> texts;
  for (const Passage& passage : best) texts.push_back(shown(text, passage, options));
  return texts;
}

}  // namespace selene::search
