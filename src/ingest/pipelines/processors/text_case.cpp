#include "ingest/pipelines/processors/text_case.h"

#include <unicode/bytestream.h>
#include <unicode/casemap.h>
#include <unicode/stringpiece.h>

namespace selene::ingest {

namespace {

using Map = void(const char* locale, uint32_t options, icu::StringPiece text, icu::ByteSink& sink, icu::Edits* edits,
                 UErrorCode& error);

std::string mapped(std::string_view text, Map* map) {
  std::string out;
  icu::StringByteSink<std::string> sink(&out);
  UErrorCode error = U_ZERO_ERROR;
  map("", 0, icu::StringPiece(text.data(), static_cast<int32_t>(text.size())), sink, nullptr, error);
  return U_SUCCESS(error) ? out : std::string(text);
}

}  // namespace

std::string to_lowercase(std::string_view text) { return mapped(text, &icu::CaseMap::utf8ToLower); }
std::string to_uppercase(std::string_view text) { return mapped(text, &icu::CaseMap::utf8ToUpper); }

}  // namespace selene::ingest
