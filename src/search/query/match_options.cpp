#include "search/query/match_options.h"

#include <algorithm>
#include <charconv>

#include "search/query/parse_support.h"

namespace selene::search {
namespace {

using base::Error;
using base::ErrorCode;

std::string lowered(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

base::Status read_operator(base::JsonValue value, bool* operator_and) {
  const std::string name = lowered(scalar_text(value));
  if (name != "and" && name != "or") {
    return Error(ErrorCode::kIllegalArgument, "No enum constant org.elasticsearch.index.query.Operator.{}", scalar_text(value));
  }
  *operator_and = name == "and";
  return {};
}

base::Status read_zero_terms(base::JsonValue value, bool* all) {
  const std::string name = lowered(scalar_text(value));
  if (name != "none" && name != "all") {
    return Error(ErrorCode::kIllegalArgument, "Unsupported zero_terms_query value [{}]", scalar_text(value));
  }
  *all = name == "all";
  return {};
}

bool read_whole_int(std::string_view text, int32_t* value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *value);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

}  // namespace

base::Result<Fuzziness> Fuzziness::parse(std::string_view text) {
  const std::string name = lowered(text);
  Fuzziness fuzziness;
  if (name == "auto") return fuzziness;
  if (name.starts_with("auto:")) {
    const size_t comma = name.find(',');
    if (comma != std::string::npos && read_whole_int(std::string_view(name).substr(5, comma - 5), &fuzziness.low) &&
        read_whole_int(std::string_view(name).substr(comma + 1), &fuzziness.high) && fuzziness.low >= 0 &&
        fuzziness.high >= fuzziness.low) {
      return fuzziness;
    }
    return Error(ErrorCode::kParse, "failed to find low and high distance values in [{}]", text);
  }
  double edits = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), edits);
  if (error != std::errc() || end != name.data() + name.size() || !(edits >= 0 && edits <= 2)) {
    return Error(ErrorCode::kIllegalArgument, "Valid edit distances are [0, 1, 2] but was [{}]", text);
  }
  fuzziness.fixed = static_cast<int32_t>(edits);
  return fuzziness;
}

base::Result<bool> read_match_option(base::JsonMember member, MatchOptions& options) {
  const auto [key, value] = member;
  if (value.is_object() || value.is_array()) return false;
  if (key == "operator") {
    RETURN_IF_ERROR(read_operator(value, &options.operator_and));
  } else if (key == "minimum_should_match") {
    options.minimum_should_match = value.is_null() ? "" : scalar_text(value);
  } else if (key == "analyzer" && value.is_string()) {
    options.analyzer = value.as_string();
  } else if (key == "zero_terms_query") {
    RETURN_IF_ERROR(read_zero_terms(value, &options.zero_terms_all));
  } else if (key == "lenient") {
    ASSIGN_OR_RETURN(options.lenient, read_bool(value, key));
  } else if (key == "slop") {
    ASSIGN_OR_RETURN(options.slop, read_int(value, key));
    if (options.slop < 0) return Error(ErrorCode::kIllegalArgument, "No negative slop allowed.");
  } else if (key == "fuzziness") {
    ASSIGN_OR_RETURN(options.fuzziness, Fuzziness::parse(scalar_text(value)));
  } else if (key == "prefix_length") {
    ASSIGN_OR_RETURN(options.prefix_length, read_int(value, key));
    if (options.prefix_length < 0) return Error(ErrorCode::kIllegalArgument, "[match] requires prefix length to be non-negative.");
  } else if (key == "max_expansions") {
    ASSIGN_OR_RETURN(options.max_expansions, read_int(value, key));
    if (options.max_expansions <= 0) return Error(ErrorCode::kIllegalArgument, "[match] requires maxExpansions to be positive.");
  } else if (key == "fuzzy_transpositions") {
    ASSIGN_OR_RETURN(options.fuzzy_transpositions, read_bool(value, key));
  } else {
    if (key != "auto_generate_synonyms_phrase_query") return key == "fuzzy_rewrite";
    ASSIGN_OR_RETURN(options.synonym_phrases, read_bool(value, key));
  }
  return true;
}

}  // namespace selene::search
