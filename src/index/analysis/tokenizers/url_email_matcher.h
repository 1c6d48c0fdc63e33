#pragma once

#include <cstddef>
#include <string_view>

namespace selene::index {

/// Addresses that start exactly at the first byte of a text, ASCII only; the longest of all that the grammar allows. 0: none.
/// Cost: linear in the text; callers bound it by the longest token they take.
/// Source: RFC 3986, 1738, 4291 (URL), RFC 5321 (mail); Lucene's UAX29URLEmailTokenizer for which of their forms count: `http`,
/// `https`, `ftp` and `file` with any host, without a scheme hosts that are an IP address or end in a top-level domain.
size_t match_email(std::string_view text);

/// What stands behind the text: a letter or digit that is not ASCII makes a host before it no URL; the dot of the root domain does
/// not belong to a host that ends the text.
enum class Behind { kOther, kWordChar, kEnd };
size_t match_url(std::string_view text, Behind behind);

/// `mailto:` with a mail address.
size_t match_mailto(std::string_view text);

}  // namespace selene::index
