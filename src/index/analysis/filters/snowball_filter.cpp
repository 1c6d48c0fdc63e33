#include "index/analysis/filters/snowball_filter.h"

#include <libstemmer.h>

#include <map>
#include <memory>

namespace selene::index {
namespace {

struct Delete {
  void operator()(sb_stemmer* stemmer) const { sb_stemmer_delete(stemmer); }
};
using Stemmer = std::unique_ptr<sb_stemmer, Delete>;

/// libstemmer's objects carry the word they work on, so each thread has its own.
sb_stemmer* stemmer_of_thread(const std::string& language) {
  thread_local std::map<std::string, Stemmer> stemmers;
  Stemmer& stemmer = stemmers[language];
  if (stemmer == nullptr) stemmer.reset(sb_stemmer_new(language.c_str(), "UTF_8"));
  return stemmer.get();
}

}  // namespace

bool SnowballFilter::exists(std::string_view language) {
  for (const char** name = sb_stemmer_list(); *name != nullptr; ++name) {
    if (language == *name) return true;
  }
  return false;
}

void SnowballFilter::apply(TokenBuffer& tokens) const {
  sb_stemmer* stemmer = stemmer_of_thread(language_);
  if (stemmer == nullptr) return;
  for (TokenBuffer::Token& token : tokens.mutable_tokens()) {
    if (token.keyword) continue;
    const std::string_view term = tokens.term(token);
    const sb_symbol* stem =
        sb_stemmer_stem(stemmer, reinterpret_cast<const sb_symbol*>(term.data()), static_cast<int>(term.size()));
    if (stem == nullptr) continue;
    tokens.replace_term(token, {reinterpret_cast<const char*>(stem), static_cast<size_t>(sb_stemmer_length(stemmer))});
  }
}

}  // namespace selene::index
