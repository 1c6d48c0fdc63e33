#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace selene::index {

/// Text with the way back to the offsets of the text it was made from.
struct FilteredText {
  /// From UTF-16 offset `from` of the filtered text on, `shift` is to be added (until the next entry).
  struct Shift {
    uint32_t from;
    int32_t shift;
  };
  std::string text;
  std::vector<Shift> shifts;  ///< `from` ascending

  uint32_t original_offset(uint32_t offset) const;
};

/// Rewrites the text before it is tokenized. Immutable, thread-safe.
class CharFilter {
 public:
  virtual ~CharFilter() = default;
  /// `text`: well-formed UTF-8.
  virtual FilteredText apply(std::string_view text) const = 0;
};

/// Builds a FilteredText piece by piece.
class FilteredTextBuilder {
 public:
  /// Copies `text` as it is.
  void copy(std::string_view text);
  /// Puts `replacement` where `replaced` stood.
  void replace(std::string_view replaced, std::string_view replacement);
  FilteredText take() { return std::move(result_); }

 private:
  void shift_at(uint32_t from, int32_t shift);

  FilteredText result_;
  uint32_t length_ = 0;  ///< UTF-16 units written
  int32_t shift_ = 0;
};

}  // namespace selene::index
