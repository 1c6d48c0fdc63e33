#include "models/tokenizers/char_classes.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <memory>

#include "models/tokenizers/unicode_data.h"

namespace selene::models {
namespace {

constexpr size_t kNumPages = 0x1100;
using Page = std::array<uint8_t, 256>;
std::array<std::atomic<const Page*>, kNumPages> pages;

bool contains(std::span<const CodePointRange> ranges, char32_t c) {
  const auto behind =
      std::upper_bound(ranges.begin(), ranges.end(), c, [](char32_t x, const CodePointRange& r) { return x < r.first; });
  return behind != ranges.begin() && c <= (behind - 1)->last;
}

uint8_t compute(char32_t c) {
  uint8_t bits = 0;
  if (contains(kLetters, c)) bits |= kLetterClass;
  if (contains(kNumbers, c)) bits |= kNumberClass;
  if (contains(kBlanks, c)) bits |= kBlankClass;
  if (c == '\r' || c == '\n') bits |= kNewlineClass;
  if (contains(kWordCharacters, c)) bits |= kWordClass;
  if (contains(kNumericCharacters, c)) bits |= kNumericClass;
  if (contains(kCombiningMarks, c)) bits |= kMarkClass;
  if (contains(kClusterExtenders, c)) bits |= kExtendClass;
  return bits;
}

const Page* make_page(size_t number) {
  auto page = std::make_unique<Page>();
  for (size_t i = 0; i < page->size(); ++i) (*page)[i] = compute(static_cast<char32_t>(number << 8 | i));
  const Page* expected = nullptr;
  // The page lives as long as the process; a thread that comes second throws its own away.
  if (pages[number].compare_exchange_strong(expected, page.get(), std::memory_order_acq_rel)) return page.release();
  return expected;
}

}  // namespace

uint8_t other_char_classes(char32_t c) {
  const size_t number = c >> 8;
  if (number >= kNumPages) return 0;
  const Page* page = pages[number].load(std::memory_order_acquire);
  if (page == nullptr) page = make_page(number);
  return (*page)[c & 0xFF];
}

}  // namespace selene::models
