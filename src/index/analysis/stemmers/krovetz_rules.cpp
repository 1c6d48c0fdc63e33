// Source: Robert Krovetz, "Viewing Morphology as an Inference Process", SIGIR 1993, with the endings and their order as in Lucene's
// KStemFilter.
#include "index/analysis/stemmers/krovetz_rules.h"

namespace selene::index {
namespace {

constexpr KrovetzChange kSingle = {"", 0, KrovetzChange::Doubled::kBecomesSingle};

constexpr KrovetzRule kPlural[] = {
    {"", "ies", {{"ie"}, {"y"}}, {"y"}},
    {"ss", "es", {{""}, {"e"}}, {"e"}},
    {"", "es", {{"e"}, {""}}, {"e"}},
    {"", "ss", {}, {"ss"}},
    {"", "ous", {}, {"ous"}},
    {"", "s", {{""}}, {""}, 3},
};
constexpr KrovetzRule kPastInIed[] = {{"", "ied", {{"ie"}, {"y"}}, {"y"}, 2}};

constexpr KrovetzRule kIty[] = {
    {"il", "ity", {{""}, {"e"}, {"le", 2}}, {"le", 2}},
    {"iv", "ity", {{""}, {"e"}}, {"e"}},
    {"", "ity", {{""}, {"e"}}, {""}},
};
constexpr KrovetzRule kNess[] = {
    {"i", "ness", {{"y", 1}}, {"y", 1}},
    {"", "ness", {{""}}, {""}},
};
constexpr KrovetzRule kIon[] = {
    {"", "ization", {{"ize"}}, {"ize"}},
    {"", "ition", {{"e"}, {"ite"}, {"it"}}, {"ition"}},
    {"", "ication", {{"icate"}, {"ice"}, {"ic"}, {"y"}}, {"ication"}},
    {"", "ation", {{"ate"}, {"e"}, {""}, {"at"}}, {"ation"}},
    {"", "ion", {{"e"}, {""}}, {"ion"}},
};
constexpr KrovetzRule kErAndOr[] = {
    {"", "izer", {{"ize"}}, {"ize"}},
    {"i", "er", {{"y", 1}, {"e"}, {""}}, {"er"}},
    {"i", "or", {{"y", 1}, {"e"}, {""}}, {"or"}},
    {"e", "er", {{"", 1}, {"e"}, {""}}, {"er"}},
    {"e", "or", {{"", 1}, {"o"}, {""}, {"e"}}, {"or"}},
    {"", "er", {kSingle, {"e"}, {""}}, {"er"}},
    {"", "or", {kSingle, {"o"}, {""}, {"e"}}, {"or"}},
};
constexpr KrovetzRule kLy[] = {
    {"ab", "ly", {{"le"}, {""}}, {"le"}},
    {"i", "ly", {{"le"}, {""}, {"y", 1}}, {""}},
    {"", "ly", {{"le"}, {""}}, {""}},
};
constexpr KrovetzRule kAl[] = {
    {"ic", "al", {{""}, {"e"}, {"um"}, {"", 2}, {"y", 2}}, {""}, 2},
    {"i", "al", {{""}, {"e"}, {"um"}, {"", 1}}, {"al"}, 2},
    {"", "al", {{""}, kSingle, {"e"}, {"um"}}, {"al"}, 2},
};
constexpr KrovetzRule kIve[] = {
    {"at", "ive", {{""}, {"e"}, {"e", 2}, {"", 2}, {"ion"}}, {"ive"}},
    {"", "ive", {{""}, {"e"}, {"ion"}}, {"ive"}},
};
constexpr KrovetzRule kIze[] = {{"", "ize", {{""}, kSingle, {"e"}}, {"ize"}}};
constexpr KrovetzRule kMent[] = {{"", "ment", {{""}}, {"ment"}}};
constexpr KrovetzChange kSingleBeforeVowel = {"", 1, KrovetzChange::Doubled::kBecomesSingle};
constexpr KrovetzRule kBle[] = {
    {"a", "ble", {{"", 1}, kSingleBeforeVowel, {"e", 1}, {"ate", 1}}, {"ble"}},
    {"i", "ble", {{"", 1}, kSingleBeforeVowel, {"e", 1}, {"ate", 1}}, {"ble"}},
};
constexpr KrovetzRule kIsm[] = {{"", "ism", {{""}}, {""}}};
constexpr KrovetzRule kIc[] = {{"", "ic", {{"ical"}, {"y"}, {"e"}, {""}}, {"ic"}}};
constexpr KrovetzRule kNcy[] = {
    {"a", "ncy", {{"nt"}, {"nce"}}, {"nce"}},
    {"e", "ncy", {{"nt"}, {"nce"}}, {"nce"}},
};
constexpr KrovetzRule kNce[] = {
    {"a", "nce", {{"e", 1}, {"", 1}}, {"nce"}},
    {"e", "nce", {{"e", 1}, {"", 1}}, {"nce"}},
};

constexpr KrovetzStep kDerivations[] = {kIty, kNess, kIon, kErAndOr, kLy, kAl, kIve, kIze, kMent, kBle, kIsm, kIc, kNcy, kNce};

}  // namespace

const KrovetzStep kKrovetzPlural = kPlural;
const KrovetzStep kKrovetzPastInIed = kPastInIed;
const std::span<const KrovetzStep> kKrovetzDerivations = kDerivations;

}  // namespace selene::index
