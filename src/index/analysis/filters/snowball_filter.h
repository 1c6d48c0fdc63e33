#pragma once

#include <string>
#include <string_view>

#include "index/analysis/token_filter.h"

namespace selene::index {

/// A Snowball stemmer of libstemmer.
class SnowballFilter final : public TokenFilter {
 public:
  /// `language`: a name of libstemmer ("english", "french", ...), REQUIRES: exists(language).
  explicit SnowballFilter(std::string_view language) : language_(language) {}
  static bool exists(std::string_view language);
  void apply(TokenBuffer& tokens) const override;

 private:
  std::string language_;
};

}  // namespace selene::index
