// Linda Freienthal's stemmer for Estonian, 2019, an algorithm of the Snowball project, in its first version, which Lucene has.
#include <algorithm>
#include <optional>
#include <span>

#include "index/analysis/stemmers/light_stemmers.h"

namespace selene::index {
namespace {

using Text = std::u16string_view;

constexpr Text kVowels = u"aeiouõäöü";
constexpr Text kShortVowels = u"aeiuo";
constexpr Text kBeforeKi = u"kptgbdshfšzž";
constexpr Text kBeforeGi = u"cjlmnqrvwxaeiouõäöü";

/// Forms of short verbs, separated by blanks, and the stem they have.
struct Verb {
  Text stem;
  Text forms;
};
constexpr Verb kVerbs[] = {
    {u"joo", u"joon jood joob joote joome joovad jõin jõid jõi jõime jõite joomata juuakse joodakse juua jooma"},
    {u"saa",
     u"saan saad saab saate saame saavad saaksin saaksid saaks saaksite saaksime sain said sai saite saime saamata "
     u"saadakse saadi saama saada"},
    {u"viima",
     u"viin viid viib viite viime viivad viiksin viiksid viiks viiksite viiksime viisin viisite viisime viimata viiakse "
     u"viidi viima viia"},
    {u"keesi", u"keen keeb keed kees keeme keete keevad keeksin keeks keeksid keeksime keeksite keemata keema keeta keedakse"},
    {u"löö",
     u"löön lööd lööb lööme lööte löövad lööksin lööksid lööks lööksime lööksite löömata lüüakse löödakse löödi lööma lüüa"},
    {u"löi", u"lõin lõid lõi lõime lõite"},
    {u"loo", u"loon lood loob loome loote loovad looksin looksid looks looksime looksite loomata luuakse loodi luua looma"},
    {u"käisi", u"käin käib käid käis käime käite käivad käiksin käiks käiksid käiksime käiksite käimata käiakse käidi käia käima"},
    {u"söö",
     u"söön sööb sööd sööme sööte söövad sööksin sööks sööksid sööksime sööksite sõin sõi sõid sõime sõite söömata süüakse "
     u"söödakse söödi sööma süüa"},
    {u"too",
     u"toon tood toob toote toome toovad tooksin tooksid tooks tooksite tooksime tõin tõid tõi tõime tõite toomata tuuakse "
     u"toodi tooma tuua"},
    {u"võisi",
     u"võin võid võib võime võis võite võivad võiksin võiksid võiks võiksime võiksite võimata võidakse võidi võida võima"},
    {u"jääma",
     u"jään jääd jääb jääme jääte jäävad jääksin jääksid jääks jääksime jääksite jäime jäite jäin jäid jäi jäämata "
     u"jäädakse jääda jääma jäädi"},
    {u"müüsi", u"müün müüd müüb müüs müüme müüte müüvad müüksin müüksid müüks müüksime müüksite müümata müüakse müüdi müüa müüma"},
    {u"luge", u"loeb loen loed loeme loete loevad loeks loeksin loeksid loeksime loeksite"},
    {u"põde", u"põen põeb põed põeme põete põevad põeksin põeks põeksid põeksime põeksite"},
    {u"ladu", u"laon laob laod laome laote laovad laoksin laoks laoksid laoksime laoksite"},
    {u"tegi", u"teeksin teeks teeksid teeksime teeksite teen teeb teed teeme teete teevad tegemata tehakse tehti tegema teha"},
    {u"nägi", u"näen näeb näed näeme näete näevad näeksin näeks näeksid näeksime näeksite nägemata nähakse nähti näha nägema"},
};

bool has_word(Text words, Text word) {
  for (size_t at = words.find(word); at != Text::npos; at = words.find(word, at + 1)) {
    const size_t end = at + word.size();
    if ((at == 0 || words[at - 1] == u' ') && (end == words.size() || words[end] == u' ')) return true;
  }
  return false;
}

bool in(Text units, char16_t unit) { return units.find(unit) != Text::npos; }

/// A word and the region behind its first consonant that follows a vowel: endings lie in it.
class EstonianStem {
 public:
  explicit EstonianStem(StemWord& word) : word_(word) {
    std::u16string& text = word.text;
    region_ = text.size();
    const auto vowel = std::find_if(text.begin(), text.end(), [](char16_t unit) { return in(kVowels, unit); });
    const auto other = std::find_if(vowel, text.end(), [](char16_t unit) { return !in(kVowels, unit); });
    if (other != text.end()) region_ = static_cast<size_t>(other - text.begin()) + 1;
  }

  void run() {
    cut_emphasis();
    if (!cut_verb_ending()) cut_noun_endings();
    undouble();
  }

 private:
  struct Rule {
    Text ending;
    enum class If : uint8_t { kAlways, kVowel, kShortVowel, kShortOrLongVowel, kNoLongVowel } condition = If::kAlways;
    Text by = {};
  };
  using enum Rule::If;

  /// The longest ending of `rules` in the region; whether it is cut, its condition says.
  template <size_t kSize>
  const Rule* longest(const Rule (&rules)[kSize]) const {
    const Rule* found = nullptr;
    for (const Rule& rule : rules) {
      const bool fits = word_.size() >= region_ + rule.ending.size() && word_.ends(rule.ending);
      if (fits && (found == nullptr || rule.ending.size() > found->ending.size())) found = &rule;
    }
    return found;
  }
  template <size_t kSize>
  bool replace_longest(const Rule (&rules)[kSize]) {
    const Rule* const rule = longest(rules);
    if (rule == nullptr || !holds(rule->condition, stem_of(*rule))) return false;
    word_.cut(rule->ending.size());
    word_.text += rule->by;
    return true;
  }
  Text stem_of(const Rule& rule) const { return Text(word_.text).substr(0, word_.size() - rule.ending.size()); }
  static bool ends_in_long_vowel(Text stem) {
    return stem.size() > 1 && in(kVowels, stem.back()) && stem[stem.size() - 2] == stem.back();
  }
  static bool ends_in(Text units, Text stem) { return !stem.empty() && in(units, stem.back()); }
  static bool holds(Rule::If condition, Text stem) {
    switch (condition) {
      case kAlways: return true;
      case kVowel: return ends_in(kVowels, stem);
      case kShortVowel: return ends_in(kShortVowels, stem);
      case kShortOrLongVowel: return ends_in(kShortVowels, stem) || ends_in_long_vowel(stem);
      case kNoLongVowel: return !ends_in_long_vowel(stem);
    }
    return false;
  }

  void cut_emphasis() {
    constexpr Rule kRules[] = {{u"gi"}, {u"ki"}};
    const Rule* const rule = longest(kRules);
    if (rule == nullptr) return;
    const Text stem = stem_of(*rule);
    if (stem.size() < 4) return;
    const bool fits = rule->ending == u"ki" ? ends_in(kBeforeKi, stem) : ends_in(kBeforeGi, stem) && !ends_in_long_vowel(stem);
    if (fits) word_.cut(2);
  }

  bool cut_verb_ending() {
    constexpr Rule kRules[] = {
        {u"nuksin"}, {u"nuksime"}, {u"nuksid"}, {u"nuksite"},    {u"ksin"},       {u"ksid"},      {u"ksime"},
        {u"ksite"},  {u"mata"},    {u"takse"},  {u"dakse"},      {u"taks"},       {u"daks"},      {u"akse", kAlways, u"a"},
        {u"sime"},   {u"site"},    {u"sin"},    {u"me", kVowel}, {u"da", kVowel}, {u"n", kVowel}, {u"b", kVowel}};
    return replace_longest(kRules);
  }

  void cut_noun_endings() {
    constexpr Rule kSpecial[] = {{u"lasse", kAlways, u"lase"}, {u"last", kAlways, u"lase"},  {u"lane", kAlways, u"lase"},
                                 {u"lasi", kAlways, u"lase"},  {u"misse", kAlways, u"mise"}, {u"mist", kAlways, u"mise"},
                                 {u"mine", kAlways, u"mise"},  {u"misi", kAlways, u"mise"},  {u"lisse", kAlways, u"lise"},
                                 {u"list", kAlways, u"lise"},  {u"line", kAlways, u"lise"},  {u"lisi", kAlways, u"lise"}};
    constexpr Rule kCases[] = {{u"sse", kShortOrLongVowel}, {u"st", kShortOrLongVowel}, {u"le", kShortOrLongVowel},
                               {u"lt", kShortOrLongVowel},  {u"ga", kShortOrLongVowel}, {u"ks", kShortOrLongVowel},
                               {u"ta", kShortOrLongVowel},  {u"t", kShortOrLongVowel},  {u"s", kShortOrLongVowel},
                               {u"l", kShortOrLongVowel}};
    constexpr Rule kDegrees[] = {{u"mai", kShortVowel}, {u"ma"}, {u"m", kShortVowel}};
    constexpr Rule kPlural[] = {{u"i", kShortVowel}};
    constexpr Rule kParticiples[] = {{u"nu"}, {u"tu"}, {u"du"}, {u"va"}};
    replace_longest(kSpecial);
    replace_longest(kCases);
    cut_plural_cases();
    replace_longest(kDegrees);
    replace_longest(kPlural);
    replace_longest(kParticiples);
  }

  void cut_plural_cases() {
    constexpr Rule kRules[] = {
        {u"ikkude", kAlways, u"iku"}, {u"ikke", kAlways, u"iku"}, {u"ike", kAlways, u"iku"}, {u"sid", kNoLongVowel}, {u"te"},
        {u"de", kShortOrLongVowel},   {u"d", kShortOrLongVowel}};
    const Rule* const rule = longest(kRules);
    if (rule == nullptr) return;
    if (rule->ending != u"te") return (void)replace_longest(kRules);
    const Text stem = stem_of(*rule);
    if (stem.size() < 4) {
      if (!stem.ends_with(u't')) word_.cut(1);
    } else if (stem.ends_with(u"mis") || stem.ends_with(u"las") || stem.ends_with(u"lis")) {
      word_.cut(2);
      word_.text += u'e';
    } else if (!stem.ends_with(u't')) {
      word_.cut(2);
    }
  }

  void undouble() {
    const size_t size = word_.size();
    if (size < 3 || !in(kVowels, word_.text.back())) return;
    const char16_t unit = word_.text[size - 2];
    if (in(u"kpt", unit) && word_.text[size - 3] == unit) word_.text.erase(size - 2, 1);
  }

  StemWord& word_;
  size_t region_ = 0;
};

}  // namespace

void stem_estonian(StemWord& word) {
  for (const Verb& verb : kVerbs) {
    if (!has_word(verb.forms, word.text)) continue;
    word.text = verb.stem;
    return;
  }
  EstonianStem(word).run();
}

}  // namespace selene::index
