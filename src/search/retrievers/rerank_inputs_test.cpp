#include "search/retrievers/rerank_inputs.h"

#include <gtest/gtest.h>

namespace selene::search {
namespace {

using Values = std::vector<std::vector<std::optional<std::string>>>;

std::vector<std::string> texts(const std::vector<RerankInput>& inputs) {
  std::vector<std::string> found;
  for (const RerankInput& input : inputs) found.push_back(std::to_string(input.document) + ": " + input.text);
  return found;
}

std::unique_ptr<const ChunkRescorer> rescorer(std::string_view json) {
  const auto document = base::JsonDocument::parse(json).value();
  return ChunkRescorer::parse(document.root()).value();
}

TEST(RerankInputsTest, OneFieldIsItsValue) {
  const RerankFields fields{{"text"}, FieldMode::kJoin, nullptr, 300, "q"};
  const auto inputs = make_rerank_inputs(fields, Values{{"a", std::nullopt, ""}}).value();
  EXPECT_EQ(texts(inputs), (std::vector<std::string>{"0: a", "2: "}));
}

TEST(RerankInputsTest, SeveralFieldsStandUnderTheirNames) {
  const RerankFields fields{{"title", "text"}, FieldMode::kJoin, nullptr, 300, "q"};
  const auto inputs = make_rerank_inputs(fields, Values{{"T", std::nullopt, std::nullopt}, {"x", "y", std::nullopt}}).value();
  EXPECT_EQ(texts(inputs), (std::vector<std::string>{"0: title: T\ntext: x", "1: text: y"}));
}

TEST(RerankInputsTest, ScoredApartEachFieldIsAText) {
  const RerankFields fields{{"title", "text"}, FieldMode::kMax, nullptr, 300, "q"};
  const auto inputs = make_rerank_inputs(fields, Values{{"T", std::nullopt}, {"x", "y"}}).value();
  EXPECT_EQ(texts(inputs), (std::vector<std::string>{"0: T", "0: x", "1: y"}));
}

TEST(RerankInputsTest, PassageIsThePartThatWasScored) {
  const std::vector<std::string> names = {"title", "text"};
  const RerankFields fields{names, FieldMode::kJoin, nullptr, 300, "q"};
  const auto inputs = make_rerank_inputs(fields, Values{{"Ünder"}, {"a longer text"}}).value();
  // "title: Ünder\ntext: a longer text": the longest part, unless the endpoint says where.
  const Passage whole = passage_of(inputs[0], names, std::nullopt, 1);
  EXPECT_EQ(whole.field, "text");
  EXPECT_EQ(whole.text, "a longer text");
  EXPECT_EQ(whole.end_offset, 13);
  const Passage title = passage_of(inputs[0], names, inference::ByteSpan{0, 15}, 1);
  EXPECT_EQ(title.field, "title");
  EXPECT_EQ(title.text, "Ünder");
  EXPECT_EQ(title.end_offset, 5);
  const Passage later = passage_of(inputs[0], names, inference::ByteSpan{22, 28}, 1);
  EXPECT_EQ(later.text, "longer");
  EXPECT_EQ(later.start_offset, 2);
  EXPECT_EQ(later.end_offset, 8);
}

TEST(RerankInputsTest, BestChunksOfAllFieldsUnderTheirNames) {
  const auto chunked = rescorer(R"({"size":2})");
  const std::vector<std::string> names = {"title", "text"};
  const RerankFields fields{names, FieldMode::kJoin, chunked.get(), 2, "moon"};
  const auto inputs = make_rerank_inputs(fields, Values{{"The moon."}, {"É one. Moon two. Three four."}}).value();
  EXPECT_EQ(texts(inputs), (std::vector<std::string>{"0: title: The moon.", "0: text: Moon two. "}));
  const Passage passage = passage_of(inputs[1], names, std::nullopt, 1);
  EXPECT_EQ(passage.text, "Moon two. ");
  EXPECT_EQ(passage.start_offset, 7);
  EXPECT_EQ(passage.end_offset, 17);
}

TEST(RerankInputsTest, BestChunkOfEachFieldScoredApart) {
  const auto chunked = rescorer("{}");
  const RerankFields fields{{"title", "text"}, FieldMode::kMax, chunked.get(), 2, "moon"};
  const auto inputs = make_rerank_inputs(fields, Values{{"The sun.", std::nullopt}, {"É one. Moon two.", "x"}}).value();
  EXPECT_EQ(texts(inputs), (std::vector<std::string>{"0: The sun.", "0: Moon two.", "1: x"}));
}

}  // namespace
}  // namespace selene::search
