#include "models/runtime/expansion_names.h"

namespace selene::models {

ExpansionNames::ExpansionNames(const Tokenizer& tokenizer) : special_{"[PAD]", "[UNK]", "[MASK]", "<pad>", "<unk>", "<mask>"} {
  for (const int32_t id : tokenizer.encode_single("", 64).ids) special_.emplace(tokenizer.token(id));
}

std::optional<std::string> ExpansionNames::name(std::string_view token) const {
  if (token.empty() || special_.contains(token)) return std::nullopt;
  std::string name;
  for (const char c : token) c == '.' ? name.append("__") : name.append(1, c);
  return name;
}

}  // namespace selene::models
