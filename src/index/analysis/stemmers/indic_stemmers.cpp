// Bengali and Hindi: the longest ending that leaves enough of the word is cut, once.
#include <array>
#include <span>

#include "index/analysis/stemmers/light_stemmers.h"

namespace selene::index {
namespace {

using Endings = std::span<const std::u16string_view>;

constexpr std::u16string_view kBengali[] = {
    u"ি\u09DFাছিলাম", u"িতেছিলাম", u"িতেছিলেন", u"ইতেছিলেন", u"ি\u09DFাছিলেন", u"ই\u09DFাছিলেন",
    // 7
    u"িতেছিলি", u"িতেছিলে", u"ি\u09DFাছিলা", u"ি\u09DFাছিলে", u"িতেছিলা", u"ি\u09DFাছিলি", u"\u09DFেদেরকে",
    // 6
    u"িতেছিস", u"িতেছেন", u"ি\u09DFাছিস", u"ি\u09DFাছেন", u"েছিলাম", u"েছিলেন", u"েদেরকে",
    // 5
    u"িতেছি", u"িতেছা", u"িতেছে", u"ছিলাম", u"ছিলেন", u"ি\u09DFাছি", u"ি\u09DFাছা", u"ি\u09DFাছে", u"েছিলে", u"েছিলা",
    u"\u09DFেদের", u"দেরকে",
    // 4
    u"িলাম", u"িলেন", u"িতাম", u"িতেন", u"িবেন", u"ছিলি", u"ছিলে", u"ছিলা", u"তেছে", u"িতেছ", u"খানা", u"খানি", u"গুলো", u"গুলি",
    u"\u09DFেরা", u"েদের",
    // 3
    u"লাম", u"িলি", u"ইলি", u"িলে", u"ইলে", u"লেন", u"িলা", u"ইলা", u"তাম", u"িতি", u"ইতি", u"িতে", u"ইতে", u"তেন", u"িতা", u"িবা",
    u"ইবা", u"িবি", u"ইবি", u"বেন", u"িবে", u"ইবে", u"ছেন", u"\u09DFোন", u"\u09DFের", u"েরা", u"দের",
    // 2
    u"িস", u"েন", u"লি", u"লে", u"লা", u"তি", u"তে", u"তা", u"বি", u"বে", u"বা", u"ছি", u"ছা", u"ছে", u"ুন", u"ুক", u"টা", u"টি",
    u"নি", u"ের", u"রা", u"কে",
    // 1
    u"ি", u"ী", u"া", u"ো", u"ে", u"ব", u"ত"};

constexpr std::u16string_view kHindi[] = {u"ाएंगी", u"ाएंगे", u"ाऊंगी", u"ाऊंगा", u"ाइयाँ", u"ाइयों", u"ाइयां",
                                          // 4
                                          u"ाएगी", u"ाएगा", u"ाओगी", u"ाओगे", u"एंगी", u"ेंगी", u"एंगे", u"ेंगे", u"ूंगी", u"ूंगा", u"ातीं",
                                          u"नाओं", u"नाएं", u"ताओं", u"ताएं", u"ियाँ", u"ियों", u"ियां",
                                          // 3
                                          u"ाकर", u"ाइए", u"ाईं", u"ाया", u"ेगी", u"ेगा", u"ोगी", u"ोगे", u"ाने", u"ाना", u"ाते", u"ाती",
                                          u"ाता", u"तीं", u"ाओं", u"ाएं", u"ुओं", u"ुएं", u"ुआं",
                                          // 2
                                          u"कर", u"ाओ", u"िए", u"ाई", u"ाए", u"ने", u"नी", u"ना", u"ते", u"ीं", u"ती", u"ता", u"ाँ",
                                          u"ां", u"ों", u"ें",
                                          // 1
                                          u"ो", u"े", u"ू", u"ु", u"ी", u"ि", u"ा"};

/// `endings`: the longest first. Two letters have to stay.
void cut_longest(StemWord& word, Endings endings) {
  for (const std::u16string_view ending : endings) {
    if (word.size() > ending.size() + 1 && word.ends(ending)) return word.cut(ending.size());
  }
}

}  // namespace

void stem_bengali(StemWord& word) { cut_longest(word, kBengali); }
void stem_hindi(StemWord& word) { cut_longest(word, kHindi); }

}  // namespace selene::index
