#include "search/search_fixture.h"

namespace selene::search {
namespace {

/// Long documents before a model that likes texts in which "answer" stands near the beginning: it reads 40 words, as a real one
/// would be cut.
class RerankedPassagesTest : public SearchFixture {
 protected:
  void SetUp() override {
    SearchFixture::SetUp();
    create("books", R"({"mappings":{"properties":{"text":{"type":"text"},"title":{"type":"text"}}}})");
    inference_.score = [](std::string_view, std::string_view text) {
      size_t end = 0;
      for (int words = 0; words < 40 && end != std::string_view::npos; ++words) end = text.find(' ', end + 1);
      return text.substr(0, end).find("answer") != std::string_view::npos ? 3.0F : -2.0F;
    };
  }
  static std::string page(int number) {
    std::string text;
    for (int line = 0; line < 50; ++line)
      text += "Line " + std::to_string(line) + " of page " + std::to_string(number) + " says little. ";
    return text;
  }
  /// 20 pages of 50 sentences; the passage stands at the end of page 13.
  static std::string long_text() {
    std::string text;
    for (int number = 1; number <= 20; ++number) {
      text += page(number);
      if (number == 13) text += kPassage;
    }
    return text;
  }
  static std::string body(const std::string& extra, const std::string& more = "") {
    return R"({"retriever":{"text_similarity_reranker":{"retriever":{"standard":{}},"inference_id":"fake",)"
           R"("inference_text":"what is the answer?",)" +
           extra + "}}" + more + "}";
  }
  static base::JsonValue passage(base::JsonValue answer, size_t i) {
    const base::JsonValue passages = hit(answer, i)["fields"]["_passages"];
    return passages.is_array() ? *passages.as_array().begin() : base::JsonValue();
  }

  static constexpr std::string_view kPassage = "The answer is a cross-encoder. ";
};

TEST_F(RerankedPassagesTest, TwentyPagesAreRankedByTheirBestPassageAndReturnIt) {
  const std::string text = long_text();
  add("books", {{"long", R"({"text":")" + text + R"("})"}, {"other", R"({"text":"A short text about nothing."})"}});
  EXPECT_FLOAT_EQ(static_cast<float>(score(search("books", body(R"("field":"text")")), 1)), std::exp(-2.0F));
  const auto answer = search("books", body(R"("field":"text","explain_passages":true,
      "chunk_rescorer":{"size":2,"chunking_settings":{"strategy":"sentence","max_chunk_size":20,"sentence_overlap":0}})"));
  EXPECT_EQ(ids(answer), (std::vector<std::string>{"long", "other"}));
  EXPECT_FLOAT_EQ(static_cast<float>(score(answer, 0)), 4.0F);
  const base::JsonValue best = passage(answer, 0);
  EXPECT_EQ(best["field"].as_string(), "text");
  EXPECT_NE(best["text"].as_string().find(kPassage), std::string_view::npos);
  EXPECT_EQ(best["score"].as_double(), 3.0);
  const auto start = static_cast<size_t>(best["start_offset"].as_int64());
  const auto end = static_cast<size_t>(best["end_offset"].as_int64());
  EXPECT_EQ(text.substr(start, end - start), best["text"].as_string());  // ASCII: units are bytes
  EXPECT_LE(inference_.last_inputs.size(), 3U);
}

TEST_F(RerankedPassagesTest, ChunksOfAnyStrategy) {
  add("books", {{"a", R"({"text":"No. The answer. Yes. An answer or what. Never."})"}});
  const std::string chunks = R"j("chunking_settings":{"strategy":"recursive","max_chunk_size":10,"separators":["(?=[A-Z])"]})j";
  search("books", body(R"("field":"text","chunk_rescorer":{"size":3,)" + chunks + "}"));
  EXPECT_EQ(inference_.last_inputs.size(), 1U);  // fits into one chunk of ten words
  search("books", body(R"("field":"text","chunk_rescorer":{"size":3,"chunking_settings":{"strategy":"none"}})"));
  EXPECT_EQ(inference_.last_inputs, (std::vector<std::string>{"No. The answer. Yes. An answer or what. Never."}));
}

TEST_F(RerankedPassagesTest, WithoutChunksTheValueIsThePassage) {
  add("books", {{"a", R"({"text":["the answer","second"]})"}});
  const auto answer = search("books", body(R"("field":"text","explain_passages":true,"_name":"deep")"));
  EXPECT_EQ(passage(answer, 0)["text"].as_string(), "the answer");
  EXPECT_EQ(passage(answer, 0)["start_offset"].as_int64(), 0);
  EXPECT_EQ(passage(answer, 0)["end_offset"].as_int64(), 10);
  EXPECT_EQ(passage(answer, 0)["retriever"].as_string(), "deep");
  EXPECT_FALSE(hit(search("books", body(R"("field":"text")")), 0)["fields"].exists());
}

TEST_F(RerankedPassagesTest, SeveralFieldsAreJoinedOrScoredApart) {
  add("books", {{"a", R"({"title":"the answer","text":"lies elsewhere"})"},
                {"b", R"({"text":"no title"})"},
                {"c", R"({"title":"no text"})"},
                {"d", "{}"}});
  const auto joined = search("books", body(R"("field":["title","text"])"));
  EXPECT_EQ(ids(joined).size(), 3U);
  EXPECT_EQ(inference_.last_inputs,
            (std::vector<std::string>{"title: the answer\ntext: lies elsewhere", "text: no title", "title: no text"}));
  const auto apart = search("books", body(R"("field":["title","text"],"field_mode":"max","explain_passages":true)"));
  EXPECT_EQ(inference_.last_inputs, (std::vector<std::string>{"the answer", "lies elsewhere", "no title", "no text"}));
  EXPECT_EQ(ids(apart), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_FLOAT_EQ(static_cast<float>(score(apart, 0)), 4.0F);
  EXPECT_EQ(passage(apart, 0)["field"].as_string(), "title");
  EXPECT_EQ(passage(apart, 1)["field"].as_string(), "text");
}

TEST_F(RerankedPassagesTest, ListOfFieldsIsChecked) {
  const auto text = [&](const std::string& extra) { return describe(search_error("books", body(extra))); };
  EXPECT_NE(text(R"("field":[])").find("[field] cannot be an empty list"), std::string::npos);
  EXPECT_NE(text(R"("field":["a",1])").find("[field] must be a list of field names"), std::string::npos);
  EXPECT_NE(text(R"("field":["a","a"])").find("[field] names [a] twice"), std::string::npos);
  EXPECT_NE(text(R"("field":"a","field_mode":"sum")").find("Unknown field_mode [sum]: must be one of [join, max]"),
            std::string::npos);
  EXPECT_NE(text(R"("field":"text","chunk_rescorer":{"size":0})").find("size must be greater than 0, was: 0"), std::string::npos);
}

TEST_F(RerankedPassagesTest, SemanticHighlightIsTheBestPassages) {
  add("books", {{"a", R"({"text":"One answer here. Nothing at all. Another answer is this one."})"}});
  const std::string chunked =
      R"("field":"text","chunk_rescorer":{"size":3,"chunking_settings":{"strategy":"sentence","max_chunk_size":20}})";
  const std::string cut = R"j("field":"text","chunk_rescorer":{"size":3,"chunking_settings":)j"
                          R"j({"strategy":"recursive","max_chunk_size":10,"separators":["(?=Another)"]}})j";
  const auto whole = search("books", body(chunked, R"(,"highlight":{"fields":{"text":{"type":"semantic"}}})"));
  EXPECT_EQ(hit(whole, 0)["highlight"]["text"].as_array().size(), 1U);
  inference_.score = [](std::string_view, std::string_view text) { return static_cast<float>(text.size()); };
  const auto texts = [&](const std::string& options) {
    std::vector<std::string> found;
    const auto answer = search("books", body(cut, R"(,"highlight":{"fields":{"text":{"type":"semantic")" + options + "}}}"));
    for (const base::JsonValue text : hit(answer, 0)["highlight"]["text"].as_array()) found.emplace_back(text.as_string());
    return found;
  };
  EXPECT_EQ(texts(""), (std::vector<std::string>{"One answer here. Nothing at all. ", "Another answer is this one."}));
  EXPECT_EQ(texts(R"(,"number_of_fragments":1)"), (std::vector<std::string>{"One answer here. Nothing at all. "}));
}

TEST_F(RerankedPassagesTest, SemanticHighlightNeedsARerankerOfTheField) {
  add("books", {{"a", R"({"text":"answer","title":"x"})"}});
  const std::string wanted = "highlighter type [semantic] needs a [text_similarity_reranker] that reads the field [title]";
  EXPECT_NE(describe(search_error("books", body(R"("field":"text")", R"(,"highlight":{"fields":{"title":{"type":"semantic"}}})")))
                .find(wanted),
            std::string::npos);
  EXPECT_NE(describe(search_error("books", R"({"query":{"match_all":{}},"highlight":{"fields":{"title":{"type":"semantic"}}}})"))
                .find(wanted),
            std::string::npos);
  const auto any = search("books", body(R"("field":"text")", R"(,"highlight":{"fields":{"*":{"type":"semantic"}}})"));
  EXPECT_TRUE(hit(any, 0)["highlight"]["text"].exists());
  EXPECT_FALSE(hit(any, 0)["highlight"]["title"].exists());
}

TEST_F(RerankedPassagesTest, FailedRerankingThatIsAllowedHasNoPassages) {
  add("books", {{"a", R"({"text":"answer"})"}});
  inference_.failure = base::Error(base::ErrorCode::kIllegalState, "broken");
  const auto answer = search("books", body(R"("field":"text","explain_passages":true,"allow_rerank_failures":true)",
                                           R"(,"highlight":{"fields":{"text":{"type":"semantic"}}})"));
  EXPECT_EQ(ids(answer).size(), 1U);
  EXPECT_FALSE(hit(answer, 0)["fields"].exists());
  EXPECT_FALSE(hit(answer, 0)["highlight"].exists());
}

TEST_F(RerankedPassagesTest, OuterRerankerStandsFirst) {
  add("books", {{"a", R"({"text":"answer","title":"the title"})"}});
  const std::string inner = R"({"text_similarity_reranker":{"retriever":{"standard":{}},"inference_id":"fake",)"
                            R"("inference_text":"q","field":"title","explain_passages":true}})";
  const auto answer =
      search("books", R"({"retriever":{"text_similarity_reranker":{"retriever":)" + inner +
                          R"(,"inference_id":"fake","inference_text":"q","field":"text","explain_passages":true}}})");
  EXPECT_EQ(hit(answer, 0)["fields"]["_passages"].as_array().size(), 2U);
  EXPECT_EQ(passage(answer, 0)["text"].as_string(), "answer");
}

}  // namespace
}  // namespace selene::search
