#include "models/runtime/pair_template.h"

#include <algorithm>

namespace selene::models {

base::Result<Encoding> PairTemplate::encode(const Tokenizer& tokenizer, std::string_view query, std::string_view document,
                                            int32_t max_length) const {
  Encoding encoding;
  std::vector<int32_t> end;
  const auto limit = static_cast<size_t>(std::max(max_length, 0));
  tokenizer.encode(prefix, limit, encoding.ids);
  tokenizer.encode(suffix, limit, end);
  if (encoding.ids.size() + end.size() >= limit) {
    return base::Error(base::ErrorCode::kIllegalArgument, "rows of at most [{}] tokens cannot hold the [{}] tokens of the prompt",
                       max_length, encoding.ids.size() + end.size());
  }
  const size_t room = limit - encoding.ids.size() - end.size();
  std::string text;
  text.reserve(before_query.size() + query.size() + before_document.size() + document.size());
  text.append(before_query).append(query).append(before_document).append(document);
  std::vector<int32_t> middle;
  tokenizer.encode(text, room + 1, middle);
  encoding.truncated = middle.size() > room;
  middle.resize(std::min(middle.size(), room));
  encoding.ids.insert(encoding.ids.end(), middle.begin(), middle.end());
  encoding.ids.insert(encoding.ids.end(), end.begin(), end.end());
  encoding.type_ids.assign(encoding.ids.size(), 0);
  return encoding;
}

PairTemplate qwen3_reranker_template() {
  return {.prefix =
              "<|im_start|>system\nJudge whether the Document meets the requirements based on the Query and the Instruct provided. "
              "Note that the answer can only be \"yes\" or \"no\".<|im_end|>\n<|im_start|>user\n",
          .before_query = "<Instruct>: Given a web search query, retrieve relevant passages that answer the query\n<Query>: ",
          .before_document = "\n<Document>: ",
          .suffix = "<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n"};
}

}  // namespace selene::models
