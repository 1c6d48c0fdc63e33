// Georgios Ntais, "Development of a Stemmer for the Greek Language", 2006, with the exceptions of Lucene's GreekStemmer. Words are
// lower case without accents, σ at their end too.
#include <algorithm>
#include <span>

#include "index/analysis/stemmers/light_stemmers.h"

namespace selene::index {
namespace {

using Text = std::u16string_view;
using Texts = std::span<const Text>;

constexpr Text kVowels = u"αεηιουω";
constexpr Text kVowelsWithoutUpsilon = u"αεηιοω";

/// What is left of a word when an ending is cut is a stem that keeps the first letters of the ending, if it is one of `stems`, ends
/// in one of `ends` or in one of `last`.
struct Keeps {
  Texts stems = {};
  Texts ends = {};
  Text last = {};

  bool of(Text stem) const {
    const auto is_end = [&](Text end) { return stem.ends_with(end); };
    return std::find(stems.begin(), stems.end(), stem) != stems.end() || std::any_of(ends.begin(), ends.end(), is_end) ||
           (!stem.empty() && last.find(stem.back()) != Text::npos);
  }
};

/// Endings of one length. A word has to be longer than `longer_than`.
struct Endings {
  size_t longer_than;
  Texts texts;
};

bool ends_in(const StemWord& word, const Endings& endings) {
  return word.size() > endings.longer_than &&
         std::any_of(endings.texts.begin(), endings.texts.end(), [&](Text text) { return word.ends(text); });
}

bool cut_one_of(StemWord& word, const Endings& endings) {
  if (!ends_in(word, endings)) return false;
  word.cut(endings.texts.front().size());
  return true;
}

/// Cuts the first ending that fits; where the stem is one that keeps, puts `kept` behind it.
void cut_unless_kept(StemWord& word, std::initializer_list<Endings> endings, const Keeps& keeps, Text kept) {
  const bool was_cut = std::any_of(endings.begin(), endings.end(), [&](const Endings& each) { return cut_one_of(word, each); });
  if (was_cut && keeps.of(word.text)) word.text += kept;
}

// ---- words with stems of their own

struct Irregular {
  Text ending;
  size_t longer_than;
  size_t cut;
};
constexpr Irregular kIrregular[] = {
    {u"καθεστωτοσ", 9, 4}, {u"καθεστωτων", 9, 4}, {u"γεγονοτοσ", 8, 4}, {u"γεγονοτων", 8, 4}, {u"καθεστωτα", 8, 3},
    {u"τατογιου", 7, 4},   {u"τατογιων", 7, 4},   {u"γεγονοτα", 7, 3},  {u"καθεστωσ", 7, 2},  {u"σκαγιου", 6, 4},
    {u"σκαγιων", 6, 4},    {u"ολογιου", 6, 4},    {u"ολογιων", 6, 4},   {u"κρεατοσ", 6, 4},   {u"κρεατων", 6, 4},
    {u"περατοσ", 6, 4},    {u"περατων", 6, 4},    {u"τερατοσ", 6, 4},   {u"τερατων", 6, 4},   {u"τατογια", 6, 3},
    {u"γεγονοσ", 6, 2},    {u"φαγιου", 5, 4},     {u"φαγιων", 5, 4},    {u"σογιου", 5, 4},    {u"σογιων", 5, 4},
    {u"σκαγια", 5, 3},     {u"ολογια", 5, 3},     {u"κρεατα", 5, 3},    {u"περατα", 5, 3},    {u"τερατα", 5, 3},
    {u"φαγια", 4, 3},      {u"σογια", 4, 3},      {u"φωτοσ", 4, 3},     {u"φωτων", 4, 3},     {u"κρεασ", 4, 2},
    {u"περασ", 4, 2},      {u"τερασ", 4, 2},      {u"φωτα", 3, 2},      {u"φωσ", 2, 1},
};

void cut_irregular(StemWord& word) {
  for (const Irregular& each : kIrregular) {
    if (word.size() > each.longer_than && word.ends(each.ending)) return word.cut(each.cut);
  }
}

// ---- nouns

constexpr Text kAdes[] = {u"αδεσ", u"αδων"};
constexpr Text kCutAdes[] = {u"οκ", u"μαμ", u"μαν", u"μπαμπ", u"πατερ", u"γιαγι", u"νταντ", u"κυρ", u"θει", u"πεθερ"};
constexpr Text kEdes[] = {u"εδεσ", u"εδων"};
constexpr Text kKeepEdes[] = {u"οπ", u"ιπ", u"εμπ", u"υπ", u"γηπ", u"δαπ", u"κρασπ", u"μιλ"};
constexpr Text kOudes[] = {u"ουδεσ", u"ουδων"};
constexpr Text kKeepOudes[] = {u"αρκ", u"καλιακ", u"πεταλ", u"λιχ", u"πλεξ", u"σκ",   u"σ", u"φλ",
                               u"φρ",  u"βελ",    u"λουλ",  u"χν",  u"σπ",   u"τραγ", u"φε"};
constexpr Text kEos[] = {u"εωσ", u"εων"};
constexpr Text kKeepEos[] = {u"θ", u"δ", u"ελ", u"γαλ", u"ν", u"π", u"ιδ", u"παρ"};
constexpr Text kIa[] = {u"ια"};
constexpr Text kIou[] = {u"ιου", u"ιων"};
constexpr Text kIka[] = {u"ικα", u"ικο"};
constexpr Text kIkou[] = {u"ικου", u"ικων"};
constexpr Text kKeepIka[] = {u"αλ",      u"αδ",     u"ενδ",  u"αμαν",  u"αμμοχαλ", u"ηθ",    u"ανηθ",  u"αντιδ",  u"φυσ",
                             u"βρωμ",    u"γερ",    u"εξωδ", u"καλπ",  u"καλλιν",  u"καταδ", u"μουλ",  u"μπαν",   u"μπαγιατ",
                             u"μπολ",    u"μποσ",   u"νιτ",  u"ξικ",   u"συνομηλ", u"πετσ",  u"πιτσ",  u"πικαντ", u"πλιατσ",
                             u"ποστελν", u"πρωτοδ", u"σερτ", u"συναδ", u"τσαμ",    u"υποδ",  u"φιλον", u"φυλοδ",  u"χασ"};

void cut_noun_endings(StemWord& word) {
  if (ends_in(word, {4, kAdes})) {
    word.cut(4);
    if (!Keeps{{}, kCutAdes}.of(word.text)) word.text += u"αδ";
  }
  cut_unless_kept(word, {{4, kEdes}}, {{}, kKeepEdes}, u"εδ");
  cut_unless_kept(word, {{5, kOudes}}, {{}, kKeepOudes}, u"ουδ");
  cut_unless_kept(word, {{3, kEos}}, {kKeepEos}, u"ε");
  cut_unless_kept(word, {{2, kIa}, {3, kIou}}, {{}, {}, kVowels}, u"ι");
  cut_unless_kept(word, {{3, kIka}, {4, kIkou}}, {kKeepIka, {}, kVowels}, u"ικ");
}

// ---- verbs

constexpr Text kThikame[] = {u"ηθηκαμε"};
constexpr Text kOusame[] = {u"ουσαμε"};
constexpr Text kAgame[] = {u"αγαμε", u"ησαμε", u"ηκαμε"};
constexpr Text kAme[] = {u"αμε"};
constexpr Text kKeepAme[] = {u"αναπ", u"αποθ", u"αποκ", u"αποστ", u"βουβ", u"ξεθ", u"ουλ", u"πεθ", u"πικρ", u"ποτ", u"σιχ", u"χ"};

void cut_ame(StemWord& word) {
  if (word.text == u"αγαμε") return word.cut(1);
  cut_unless_kept(word, {{7, kThikame}, {6, kOusame}, {5, kAgame}}, {}, {});
  cut_unless_kept(word, {{3, kAme}}, {kKeepAme}, u"αμ");
}

constexpr Text kIountane[] = {u"ιουντανε"};
constexpr Text kIontane[] = {u"ιοντανε"};
constexpr Text kOuntane[] = {u"ουντανε", u"ηθηκανε"};
constexpr Text kIotane[] = {u"ιοτανε"};
constexpr Text kOntane[] = {u"οντανε", u"ουσανε"};
constexpr Text kAgane[] = {u"αγανε"};
constexpr Text kIsane[] = {u"ησανε", u"οτανε", u"ηκανε"};
constexpr Text kAne[] = {u"ανε"};
constexpr Text kKeepAgan[] = {u"τρ", u"τσ"};
constexpr Text kKeepAne[] = {
    u"βετερ",   u"βουλκ",   u"βραχμ",    u"γ",         u"δραδουμ",     u"θ",           u"καλπουζ", u"καστελ",   u"κορμορ",
    u"λαοπλ",   u"μωαμεθ",  u"μ",        u"μουσουλμ",  u"ν",           u"ουλ",         u"π",       u"πελεκ",    u"πλ",
    u"πολισ",   u"πορτολ",  u"σαρακατσ", u"σουλτ",     u"τσαρλατ",     u"ορφ",         u"τσιγγ",   u"τσοπ",     u"φωτοστεφ",
    u"χ",       u"ψυχοπλ",  u"αγ",       u"γαλ",       u"γερ",         u"δεκ",         u"διπλ",    u"αμερικαν", u"ουρ",
    u"πιθ",     u"πουριτ",  u"σ",        u"ζωντ",      u"ικ",          u"καστ",        u"κοπ",     u"λιχ",      u"λουθηρ",
    u"μαιντ",   u"μελ",     u"σιγ",      u"σπ",        u"στεγ",        u"τραγ",        u"τσαγ",    u"φ",        u"ερ",
    u"αδαπ",    u"αθιγγ",   u"αμηχ",     u"ανικ",      u"ανοργ",       u"απηγ",        u"απιθ",    u"ατσιγγ",   u"βασ",
    u"βασκ",    u"βαθυγαλ", u"βιομηχ",   u"βραχυκ",    u"διατ",        u"διαφ",        u"ενοργ",   u"θυσ",      u"καπνοβιομηχ",
    u"καταγαλ", u"κλιβ",    u"κοιλαρφ",  u"λιβ",       u"μεγλοβιομηχ", u"μικροβιομηχ", u"νταβ",    u"ξηροκλιβ", u"ολιγοδαμ",
    u"ολογαλ",  u"πενταρφ", u"περηφ",    u"περιτρ",    u"πλατ",        u"πολυδαπ",     u"πολυμηχ", u"στεφ",     u"ταβ",
    u"τετ",     u"υπερηφ",  u"υποκοπ",   u"χαμηλοδαπ", u"ψηλοταβ"};

void cut_ane(StemWord& word) {
  cut_unless_kept(word, {{8, kIountane}, {7, kIontane}, {6, kOuntane}, {6, kIotane}, {5, kOntane}, {5, kAgane}, {4, kIsane}},
                  {kKeepAgan}, u"αγαν");
  cut_unless_kept(word, {{3, kAne}}, {kKeepAne, {}, kVowelsWithoutUpsilon}, u"αν");
}

constexpr Text kIsete[] = {u"ησετε"};
constexpr Text kEte[] = {u"ετε"};
constexpr Text kKeepEte[] = {u"αβαρ", u"βεν", u"εναρ", u"αβρ",  u"αδ",  u"αθ",   u"αν",      u"απλ",  u"βαρον",
                             u"ντρ",  u"σκ",  u"κοπ",  u"μπορ", u"νιφ", u"παγ",  u"παρακαλ", u"σερπ", u"σκελ",
                             u"συρφ", u"τοκ", u"υ",    u"δ",    u"εμ",  u"θαρρ", u"θ"};
constexpr Text kKeepEteBehind[] = {u"οδ",  u"αιρ", u"φορ", u"ταθ", u"διαθ", u"σχ",   u"ενδ", u"ευρ",  u"τιθ", u"υπερθ", u"ραθ",
                                   u"ενθ", u"ροθ", u"σθ",  u"πυρ", u"αιν",  u"συνδ", u"συν", u"συνθ", u"χωρ", u"πον",   u"βρ",
                                   u"καθ", u"ευθ", u"εκθ", u"νετ", u"ρον",  u"αρκ",  u"βαρ", u"βολ",  u"ωφελ"};

void cut_ete(StemWord& word) {
  cut_unless_kept(word, {{5, kIsete}}, {}, {});
  cut_unless_kept(word, {{3, kEte}}, {kKeepEte, kKeepEteBehind, kVowelsWithoutUpsilon}, u"ετ");
}

constexpr Text kOntas[] = {u"οντασ", u"ωντασ"};

void cut_participle(StemWord& word) {
  if (!cut_one_of(word, {5, kOntas})) return;
  if (word.text == u"αρχ") word.text += u"οντ";
  if (word.ends(u"κρε")) word.text += u"ωντ";
}

constexpr Text kOmaste[] = {u"ομαστε"};
constexpr Text kIomaste[] = {u"ιομαστε"};
constexpr Text kKeepOmaste[] = {u"ον"};
constexpr Text kIeste[] = {u"ιεστε"};
constexpr Text kKeepIeste[] = {u"π", u"απ", u"συμπ", u"ασυμπ", u"ακαταπ", u"αμεταμφ"};
constexpr Text kEste[] = {u"εστε"};
constexpr Text kKeepEste[] = {u"αλ", u"αρ", u"εκτελ", u"ζ", u"μ", u"ξ", u"παρακαλ", u"προ", u"νισ"};
constexpr Text kThikes[] = {u"ηθηκεσ"};
constexpr Text kThika[] = {u"ηθηκα", u"ηθηκε"};
constexpr Text kIkes[] = {u"ηκεσ"};
constexpr Text kIkaOfVerbs[] = {u"ηκα", u"ηκε"};
constexpr Text kKeepIkes[] = {u"διαθ", u"θ", u"παρακαταθ", u"προσθ", u"συνθ"};
constexpr Text kKeepIkesBehind[] = {u"σκωλ", u"σκουλ", u"ναρθ", u"σφ", u"οθ", u"πιθ"};
constexpr Text kOuses[] = {u"ουσεσ"};
constexpr Text kOusa[] = {u"ουσα", u"ουσε"};
constexpr Text kKeepOusa[] = {u"φαρμακ", u"χαδ",      u"αγκ", u"αναρρ",    u"βρομ",    u"εκλιπ",   u"λαμπιδ", u"λεχ", u"μ",
                              u"πατ",    u"ρ",        u"λ",   u"μεδ",      u"μεσαζ",   u"υποτειν", u"αμ",     u"αιθ", u"ανηκ",
                              u"δεσποζ", u"ενδιαφερ", u"δε",  u"δευτερευ", u"καθαρευ", u"πλε",     u"τσα"};
constexpr Text kKeepOusaBehind[] = {u"ποδαρ", u"βλεπ", u"πανταχ", u"φρυδ", u"μαντιλ", u"μαλλ",
                                    u"κυματ", u"λαχ",  u"ληγ",    u"φαγ",  u"ομ",     u"πρωτ"};

void cut_past(StemWord& word) {
  cut_unless_kept(word, {{6, kOmaste}, {7, kIomaste}}, {kKeepOmaste}, u"ομαστ");
  cut_unless_kept(word, {{5, kIeste}}, {kKeepIeste}, u"ιεστ");
  cut_unless_kept(word, {{4, kEste}}, {kKeepEste}, u"εστ");
  cut_unless_kept(word, {{6, kThikes}, {5, kThika}}, {}, {});
  cut_unless_kept(word, {{4, kIkes}, {3, kIkaOfVerbs}}, {kKeepIkes, kKeepIkesBehind}, u"ηκ");
  cut_unless_kept(word, {{5, kOuses}, {4, kOusa}}, {kKeepOusa, kKeepOusaBehind, kVowels}, u"ουσ");
}

constexpr Text kAges[] = {u"αγεσ"};
constexpr Text kAga[] = {u"αγα", u"αγε"};
constexpr Text kKeepAga[] = {u"αβαστ",   u"πολυφ",  u"αδηφ",  u"παμφ",     u"ρ",      u"ασπ",    u"αφ",  u"αμαλ", u"αμαλλι",
                             u"ανυστ",   u"απερ",   u"ασπαρ", u"αχαρ",     u"δερβεν", u"δροσοπ", u"ξεφ", u"νεοπ", u"νομοτ",
                             u"ολοπ",    u"ομοτ",   u"προστ", u"προσωποπ", u"συμπ",   u"συντ",   u"τ",   u"υποτ", u"χαρ",
                             u"αειπ",    u"αιμοστ", u"ανυπ",  u"αποτ",     u"αρτιπ",  u"διατ",   u"εν",  u"επιτ", u"κροκαλοπ",
                             u"σιδηροπ", u"λ",      u"ναυ",   u"ουλαμ",    u"ουρ",    u"π",      u"τρ",  u"μ"};
constexpr Text kKeepAgaBehind[] = {u"οφ", u"πελ", u"χορτ", u"λλ", u"σφ", u"ρπ", u"φρ", u"πρ", u"λοχ", u"σμην"};

void cut_aga(StemWord& word) {
  if (!cut_one_of(word, {4, kAges}) && !cut_one_of(word, {3, kAga})) return;
  const bool cut_for_good = word.text == u"ψοφ" || word.text == u"ναυλοχ" || word.ends(u"κολλ");
  if (!cut_for_good && Keeps{kKeepAga, kKeepAgaBehind}.of(word.text)) word.text += u"αγ";
}

constexpr Text kIsou[] = {u"ησου"};
constexpr Text kIse[] = {u"ησε", u"ησα"};
constexpr Text kKeepIse[] = {u"ν", u"χερσον", u"δωδεκαν", u"ερημον", u"μεγαλον", u"επταν"};
constexpr Text kIste[] = {u"ηστε"};
constexpr Text kKeepIste[] = {u"ασβ", u"σβ", u"αχρ", u"χρ", u"απλ", u"αειμν", u"δυσχρ", u"ευχρ", u"κοινοχρ", u"παλιμψ"};
constexpr Text kIsoune[] = {u"ησουνε", u"ηθουνε"};
constexpr Text kOune[] = {u"ουνε"};
constexpr Text kKeepOune[] = {u"ν", u"ρ", u"σπι", u"στραβομουτσ", u"κακομουτσ", u"εξων"};
constexpr Text kIsoume[] = {u"ησουμε", u"ηθουμε"};
constexpr Text kOume[] = {u"ουμε"};
constexpr Text kKeepOume[] = {u"παρασουσ", u"φ", u"χ", u"ωριοπλ", u"αζ", u"αλλοσουσ", u"ασουσ"};

void cut_future(StemWord& word) {
  cut_unless_kept(word, {{4, kIsou}, {3, kIse}}, {kKeepIse}, u"ησ");
  cut_unless_kept(word, {{4, kIste}}, {kKeepIste}, u"ηστ");
  cut_unless_kept(word, {{6, kIsoune}, {4, kOune}}, {kKeepOune}, u"ουν");
  cut_unless_kept(word, {{6, kIsoume}, {4, kOume}}, {kKeepOume}, u"ουμ");
}

void cut_neuter(StemWord& word) {
  if (word.size() > 5 && word.ends_in_one_of({u"ματων", u"ματοσ"})) return word.cut(3);
  if (word.size() > 4 && word.ends(u"ματα")) word.cut(2);
}

// ---- what no rule above has touched

/// The longest first; what is left is one letter at least.
constexpr Text kCommon[] = {
    u"ιοντουσαν", u"ιομασταν", u"ιοσασταν", u"ιουμαστε", u"οντουσαν", u"ιεμαστε", u"ιεσαστε", u"ιομουνα", u"ιοσαστε", u"ιοσουνα",
    u"ιουνται",   u"ιουνταν",  u"ηθηκατε",  u"ομασταν",  u"οσασταν",  u"ουμαστε", u"ιομουν",  u"ιονταν",  u"ιοσουν",  u"ηθειτε",
    u"ηθηκαν",    u"ομουνα",   u"οσαστε",   u"οσουνα",   u"ουνται",   u"ουνταν",  u"ουσατε",  u"αγατε",   u"ιεμαι",   u"ιεται",
    u"ιεσαι",     u"ιοταν",    u"ιουμα",    u"ηθεισ",    u"ηθουν",    u"ηκατε",   u"ησατε",   u"ησουν",   u"ομουν",   u"ονται",
    u"ονταν",     u"οσουν",    u"ουμαι",    u"ουσαν",    u"αγαν",     u"αμαι",    u"ασαι",    u"αται",    u"ειτε",    u"εσαι",
    u"εται",      u"ηδεσ",     u"ηδων",     u"ηθει",     u"ηκαν",     u"ησαν",    u"ησει",    u"ησεσ",    u"ομαι",    u"οταν",
    u"αει",       u"εισ",      u"ηθω",      u"ησω",      u"ουν",      u"ουσ",     u"αν",      u"ασ",      u"αω",      u"ει",
    u"εσ",        u"ησ",       u"οι",       u"οσ",       u"ου",       u"υσ",      u"ων",      u"α",       u"ε",       u"η",
    u"ι",         u"ο",        u"υ",        u"ω"};

void cut_common(StemWord& word) {
  for (const Text ending : kCommon) {
    if (word.size() > ending.size() && word.ends(ending)) return word.cut(ending.size());
  }
}

}  // namespace

void stem_greek(StemWord& word) {
  if (word.size() < 4) return;
  const size_t size = word.size();
  cut_irregular(word);
  cut_noun_endings(word);
  cut_ame(word);
  cut_ane(word);
  cut_ete(word);
  cut_participle(word);
  cut_past(word);
  cut_aga(word);
  cut_future(word);
  cut_neuter(word);
  if (word.size() == size) cut_common(word);
  if (word.cut_if({u"εστερ", u"εστατ"}, 5)) return;
  word.cut_if({u"οτερ", u"οτατ", u"υτερ", u"υτατ", u"ωτερ", u"ωτατ"}, 4);  // comparison
}

}  // namespace selene::index
