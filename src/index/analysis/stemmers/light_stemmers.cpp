#include "index/analysis/stemmers/light_stemmers.h"

namespace selene::index {
namespace {

struct Entry {
  std::string_view name;
  std::string_view other_name;
  LightStemmer stem;
};
constexpr Entry kStemmers[] = {
    {"arabic", "arabic", &stem_arabic},
    {"bengali", "bengali", &stem_bengali},
    {"brazilian", "brazilian", &stem_brazilian},
    {"bulgarian", "bulgarian", &stem_bulgarian},
    {"czech", "czech", &stem_czech},
    {"estonian", "estonian", &stem_estonian},
    {"galician", "galician", &stem_galician},
    {"greek", "greek", &stem_greek},
    {"hindi", "hindi", &stem_hindi},
    {"indonesian", "indonesian", &stem_indonesian},
    {"latvian", "latvian", &stem_latvian},
    {"light_finnish", "lightfinnish", &stem_finnish_light},
    {"light_french", "lightfrench", &stem_french_light},
    {"light_german", "lightgerman", &stem_german_light},
    {"light_hungarian", "lighthungarian", &stem_hungarian_light},
    {"light_italian", "lightitalian", &stem_italian_light},
    {"light_norwegian", "lightnorwegian", &stem_norwegian_light},
    {"light_nynorsk", "lightnynorsk", &stem_nynorsk_light},
    {"light_portuguese", "lightportuguese", &stem_portuguese_light},
    {"light_russian", "lightrussian", &stem_russian_light},
    {"light_spanish", "lightspanish", &stem_spanish_light},
    {"light_swedish", "lightswedish", &stem_swedish_light},
    {"minimal_english", "minimalenglish", &stem_english_minimal},
    {"minimal_french", "minimalfrench", &stem_french_minimal},
    {"minimal_galician", "minimalgalician", &stem_galician_minimal},
    {"minimal_german", "minimalgerman", &stem_german_minimal},
    {"minimal_norwegian", "minimalnorwegian", &stem_norwegian_minimal},
    {"minimal_nynorsk", "minimalnynorsk", &stem_nynorsk_minimal},
    {"minimal_portuguese", "minimalportuguese", &stem_portuguese_minimal},
    {"persian", "persian", &stem_persian},
    {"portuguese_rslp", "portuguese_rslp", &stem_portuguese_rslp},
    {"sorani", "sorani", &stem_sorani},
};

}  // namespace

LightStemmer find_light_stemmer(std::string_view name) {
  for (const Entry& entry : kStemmers) {
    if (entry.name == name || entry.other_name == name) return entry.stem;
  }
  return nullptr;
}

}  // namespace selene::index
