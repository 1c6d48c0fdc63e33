#include "index/analysis/filters/kstem_filter.h"

#include "index/analysis/stemmers/krovetz_stemmer.h"

namespace selene::index {

void KStemFilter::apply(TokenBuffer& tokens) const {
  KrovetzStemmer stemmer;
  for (TokenBuffer::Token& token : tokens.mutable_tokens()) {
    if (!token.keyword) tokens.replace_term(token, stemmer.stem(tokens.term(token)));
  }
}

}  // namespace selene::index
