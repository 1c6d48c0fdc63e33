#pragma once

#include <string>
#include <string_view>

namespace selene::ingest {

/// Full Unicode case mapping without a language, as Java's with Locale.ROOT.
std::string to_lowercase(std::string_view text);
std::string to_uppercase(std::string_view text);

}  // namespace selene::ingest
