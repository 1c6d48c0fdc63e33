#include <charconv>

#include "index/catalog/catalog.h"
#include "search/query/query.h"

namespace selene::search {

int64_t BindContext::limit(std::string_view name, int64_t fallback) const {
  if (settings == nullptr) return fallback;
  const auto found = settings->flat.find(name);
  if (found == settings->flat.end()) return fallback;
  const std::string& text = found->second;
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? value : fallback;
}

}  // namespace selene::search
