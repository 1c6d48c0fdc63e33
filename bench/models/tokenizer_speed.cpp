// tokenizer_speed TOKENIZER.json TEXTS.jsonl ROUNDS WARM_UP.jsonl: loads the tokenizer, encodes the lines of WARM_UP (JSON
// strings), then times those of TEXTS, each once, with offsets, one thread; ROUNDS times, and prints the best round as
// {"us_per_text", "mb_per_s", "tokens_per_s", "ids_us_per_text", "load_ms"}; ids_us_per_text is the same without offsets.
// For tools/bench_tokenizers.py, which puts a peer beside it.
// tokenizer_speed TOKENIZER.json TEXTS.jsonl ids: prints ids and offsets instead, two lines of numbers a text, for
// tools/golden/fuzz_tokenizers.py.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "base/json/json_document.h"
#include "models/tokenizers/tokenizer.h"

namespace {

using Clock = std::chrono::steady_clock;
using selene::models::Offsets;
using selene::models::Tokenizer;

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

std::vector<std::string> read_texts(const char* path) {
  std::vector<std::string> texts;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    const auto document = selene::base::JsonDocument::parse(line);
    if (document.has_value() && document->root().is_string()) texts.emplace_back(document->root().as_string());
  }
  return texts;
}

void print_tokens(const Tokenizer& tokenizer, const std::string& text) {
  const selene::models::Encoding encoding = tokenizer.encode_single(text, 1 << 20, Offsets::kKeep);
  for (const int32_t id : encoding.ids) std::cout << id << ' ';
  std::cout << '\n';
  for (const auto& [begin, end] : encoding.offsets) std::cout << begin << ' ' << end << ' ';
  std::cout << '\n';
}

struct Timing {
  double seconds = std::numeric_limits<double>::infinity();
  size_t num_tokens = 0;
};

Timing best_of(int rounds, const char* path, const std::vector<std::string>& texts, const std::vector<std::string>& warm_up,
               Offsets offsets) {
  Timing best;
  for (int round = 0; round < rounds; ++round) {
    // Caches as they are when a text comes for the first time.
    const auto fresh = Tokenizer::load(path);
    for (const std::string& text : warm_up) (*fresh)->encode_single(text, 1 << 20, offsets);
    best.num_tokens = 0;
    const Clock::time_point begin = Clock::now();
    for (const std::string& text : texts) best.num_tokens += (*fresh)->encode_single(text, 1 << 20, offsets).ids.size();
    best.seconds = std::min(best.seconds, seconds_since(begin));
  }
  return best;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  const Clock::time_point load_begin = Clock::now();
  const auto tokenizer = Tokenizer::load(argv[1]);
  const double load_s = seconds_since(load_begin);
  if (!tokenizer.has_value()) {
    std::cerr << tokenizer.error().reason() << "\n";
    return 1;
  }
  const std::vector<std::string> texts = read_texts(argv[2]);
  if (texts.empty()) return 2;
  if (std::string_view(argv[3]) == "ids") {
    for (const std::string& text : texts) print_tokens(**tokenizer, text);
    return 0;
  }
  size_t num_bytes = 0;
  for (const std::string& text : texts) num_bytes += text.size();
  const int rounds = argc == 5 ? std::atoi(argv[3]) : 0;
  const std::vector<std::string> warm_up = read_texts(argv[argc - 1]);
  const Timing timing = best_of(rounds, argv[1], texts, warm_up, Offsets::kKeep);
  const Timing ids_alone = best_of(rounds, argv[1], texts, warm_up, Offsets::kSkip);
  std::cout << "{\"us_per_text\": " << timing.seconds / static_cast<double>(texts.size()) * 1e6
            << ", \"mb_per_s\": " << static_cast<double>(num_bytes) / timing.seconds / 1e6
            << ", \"tokens_per_s\": " << static_cast<double>(timing.num_tokens) / timing.seconds
            << ", \"ids_us_per_text\": " << ids_alone.seconds / static_cast<double>(texts.size()) * 1e6
            << ", \"load_ms\": " << load_s * 1e3 << "}\n";
  return 0;
}
