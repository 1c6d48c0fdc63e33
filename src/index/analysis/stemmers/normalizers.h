#pragma once

#include <string_view>

#include "index/analysis/stemmers/word_endings.h"

namespace selene::index {

// Spellings of one word made one, for languages whose letters can be written in several ways. Sources: Lucene's normalizers of the
// same languages, and what they follow: Unicode 5.2, chapter 9, for the scripts of India; Pingali and Varma, "Word normalization in
// Indian languages", 2006, and Larkey et al., "Hindi CLIR in Thirty Days", 2003, for Hindi; UzZaman and Khan, "A Double Metaphone
// Encoding for Bangla", 2005, for Bengali.
void normalize_bengali(StemWord& word);
void normalize_hindi(StemWord& word);
void normalize_indic(StemWord& word);     ///< letters and vowel signs of nine scripts written as several characters become one
void normalize_romanian(StemWord& word);  ///< Ș and Ț with a comma, not a cedilla
void normalize_serbian(StemWord& word);   ///< Cyrillic and Latin without accents; expects lower case; may make a word longer
void normalize_sorani(StemWord& word);
void lower_greek(StemWord& word);  ///< lower case without accents, ς as σ

using Normalizer = void (*)(StemWord& word);

}  // namespace selene::index
