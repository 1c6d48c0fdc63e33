#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace selene::search {

/// Which operators beyond the standard ones a pattern may use (Lucene's RegExp flags).
struct RegexpFlags {
  bool complement = true;    ///< ~
  bool interval = true;      ///< <1-100>
  bool intersection = true;  ///< &
  bool any_string = true;    ///< @
  bool empty = true;         ///< #
  /// "ALL", "NONE", or names joined by '|'. Errors: kIllegalArgument.
  static base::Result<RegexpFlags> parse(std::string_view text);
};

struct RegexpOptions {
  RegexpFlags flags;
  bool case_insensitive = false;
  int32_t max_determinized_states = 10000;
};

/// A regular expression in Lucene's syntax over code points, anchored at both ends. Matching walks a deterministic automaton that
/// is built while it is used, state by state, from derivatives of the expression (Brzozowski 1964), so a term costs one step a code
/// point and complement and intersection are as cheap as the rest. One thread.
class RegexpAutomaton {
 public:
  /// Errors: kIllegalArgument, what is wrong with the pattern and where.
  static base::Result<std::unique_ptr<RegexpAutomaton>> compile(std::string_view pattern, const RegexpOptions& options);
  ~RegexpAutomaton();

  /// False too once the limit on states was passed: see `too_complex`.
  bool matches(std::string_view term);
  bool too_complex() const;
  /// States built so far: what matching has cost beyond its steps along the terms.
  int32_t num_states() const;
  /// Bytes that every matching term starts with.
  const std::string& fixed_prefix() const { return fixed_prefix_; }

 private:
  class Machine;
  explicit RegexpAutomaton(std::unique_ptr<Machine> machine);
  std::unique_ptr<Machine> machine_;
  std::string fixed_prefix_;
};

}  // namespace selene::search
