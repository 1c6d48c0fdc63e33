#pragma once

#include <string_view>

namespace selene::index {

/// The dictionary of Krovetz's stemmer (Center for Intelligent Information Retrieval, University of Massachusetts, Amherst), sorted
/// and front-coded: a word is an upper-case letter, the number of letters that it shares with the word before it ('A': none), and
/// the letters after those.
extern const std::string_view kKrovetzWords;
/// Words of the dictionary that the endings -ed and -ing do not lead to, separated by blanks: "planed" is "plan", not "plane".
extern const std::string_view kKrovetzExceptions;
/// Words of the dictionary that have a headword, each before it, separated by blanks: "italian italy ...".
extern const std::string_view kKrovetzHeadwords;

}  // namespace selene::index
