#pragma once

#include <span>
#include <string_view>

#include "index/analysis/stemmers/word_endings.h"

namespace selene::index {

// Stemmers that take off little: plural, gender, case. One function a stemmer of Lucene, of the same words.
// Source: Jacques Savoy, "Light Stemming Approaches for the French, Portuguese, German and Hungarian Languages", 2006, and the
// stemmers of the University of Neuchatel for the others; Donna Harman, "How effective is suffixing?", 1991, for English; Larkey et
// al., "Light Stemming for Arabic Information Retrieval", 2007 (light10), and endings of Persian after it; Preslav Nakov,
// "BulStem", 2003; Fadillah Tala, "A Study of Stemming Effects on Information Retrieval in Bahasa Indonesia", 2003; Dolamic and
// Savoy, "Indexing and stemming approaches for the Czech language", 2009; Karlis Kreslins, "A Stemming Algorithm for Latvian",
// 1996, of which only the endings of nouns and adjectives are cut; Sengupta and Chaudhuri for Bengali; Ramanathan and Rao, "A
// Lightweight Stemmer for Hindi", 2003; Georgios Ntais, "Development of a Stemmer for the Greek Language", 2006; Orengo and Huyck,
// "A Stemming Algorithm for the Portuguese Language", 2001 (RSLP), and the rules for Galician after it; Linda Freienthal's Estonian
// stemmer of the Snowball project, 2019.
void stem_arabic(StemWord& word);
void stem_bengali(StemWord& word);
void stem_brazilian(StemWord& word);
void stem_bulgarian(StemWord& word);
void stem_czech(StemWord& word);
void stem_english_minimal(StemWord& word);
void stem_estonian(StemWord& word);
void stem_finnish_light(StemWord& word);
void stem_french_light(StemWord& word);
void stem_french_minimal(StemWord& word);
void stem_galician(StemWord& word);
void stem_galician_minimal(StemWord& word);
void stem_german_light(StemWord& word);
void stem_german_minimal(StemWord& word);
void stem_greek(StemWord& word);
void stem_hindi(StemWord& word);
void stem_hungarian_light(StemWord& word);
void stem_indonesian(StemWord& word);
void stem_italian_light(StemWord& word);
void stem_latvian(StemWord& word);
void stem_norwegian_light(StemWord& word);
void stem_norwegian_minimal(StemWord& word);
void stem_nynorsk_light(StemWord& word);
void stem_nynorsk_minimal(StemWord& word);
void stem_persian(StemWord& word);
void stem_portuguese_light(StemWord& word);
void stem_portuguese_minimal(StemWord& word);
void stem_portuguese_rslp(StemWord& word);
void stem_russian_light(StemWord& word);
void stem_sorani(StemWord& word);
void stem_spanish_light(StemWord& word);
void stem_swedish_light(StemWord& word);

using LightStemmer = void (*)(StemWord& word);
/// The stemmer of a name as the filter `stemmer` takes it: "light_german", "minimal_english", ...; null if there is none.
LightStemmer find_light_stemmer(std::string_view name);

}  // namespace selene::index
