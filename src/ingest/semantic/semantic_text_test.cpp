#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <sstream>

#include "base/json/json_document.h"
#include "index/engine/temporary_folder.h"
#include "ingest/document_service.h"
#include "ingest/semantic/semantic_inference.h"
#include "ingest/semantic/semantic_mappings.h"
#include "search/request/search_service.h"

namespace selene::ingest {
namespace {

using base::JsonValue;

/// Endpoints "sparse" (each word is a token of weight 1, but "heavy" weighs 5) and "dense" (how much of sun, moon and sea is in a
/// text).
class FakeEmbeddings : public inference::InferenceService {
 public:
  std::optional<base::Error> failure;
  std::vector<size_t> calls;  ///< texts of each
  std::vector<inference::InputType> input_types;
  std::chrono::milliseconds timeout{};  ///< of the last

  base::Result<inference::EndpointInfo> put(std::string_view, std::optional<inference::TaskType>, JsonValue,
                                            std::chrono::milliseconds) override {
    return base::Error(base::ErrorCode::kIllegalState, "not scripted");
  }
  base::Result<std::vector<inference::EndpointInfo>> get(std::string_view, std::optional<inference::TaskType>) const override {
    return std::vector<inference::EndpointInfo>();
  }
  base::Result<inference::EndpointReferences> remove(std::string_view, std::optional<inference::TaskType>,
                                                     inference::DeleteMode) override {
    return inference::EndpointReferences();
  }
  base::Result<inference::InferenceResponse> infer(std::string_view, std::optional<inference::TaskType>, JsonValue,
                                                   std::chrono::milliseconds, const base::Cancellation&) override {
    return base::Error(base::ErrorCode::kIllegalState, "not scripted");
  }
  base::Result<inference::RerankEndpointTraits> rerank_traits(std::string_view id) const override { return missing(id); }
  base::Result<std::vector<inference::RankedDoc>> rerank(std::string_view id, const inference::RerankRequest&,
                                                         const base::Cancellation&) override {
    return missing(id);
  }
  base::Result<inference::EmbeddingTraits> embedding_traits(std::string_view id) const override {
    inference::EmbeddingTraits traits;
    traits.service = "elasticsearch";
    traits.chunking_settings = R"({"strategy":"sentence","max_chunk_size":20,"sentence_overlap":0})";
    if (id == "sparse") {
      traits.task_type = inference::TaskType::kSparseEmbedding;
    } else if (id == "dense") {
      traits.dimensions = 3;
      traits.similarity = "cosine";
      traits.element_type = "float";
    } else {
      return missing(id);
    }
    return traits;
  }
  base::Result<std::vector<inference::SparseEmbedding>> sparse_embedding(std::string_view id,
                                                                         const inference::EmbeddingRequest& request,
                                                                         const base::Cancellation&) override {
    if (id != "sparse") return missing(id);
    RETURN_IF_ERROR(note(request));
    std::vector<inference::SparseEmbedding> embeddings;
    for (const std::string_view text : request.inputs) {
      std::map<std::string, float> tokens;
      std::istringstream words{std::string(text)};
      for (std::string word; words >> word;) tokens[word] = word == "heavy" ? 5.0F : 1.0F;
      inference::SparseEmbedding& embedding = embeddings.emplace_back();
      for (const auto& [token, weight] : tokens) embedding.tokens.push_back({token, weight});
    }
    return embeddings;
  }
  base::Result<std::vector<std::vector<float>>> text_embedding(std::string_view id, const inference::EmbeddingRequest& request,
                                                               const base::Cancellation&) override {
    if (id != "dense") return missing(id);
    RETURN_IF_ERROR(note(request));
    std::vector<std::vector<float>> vectors;
    for (const std::string_view text : request.inputs) {
      std::vector<float>& vector = vectors.emplace_back();
      for (const std::string_view word : {"sun", "moon", "sea"})
        vector.push_back(text.find(word) == std::string_view::npos ? 0.01F : 1.0F);
    }
    return vectors;
  }
  void close() override {}

 private:
  static base::Error missing(std::string_view id) {
    return base::Error(base::ErrorCode::kResourceNotFound, "Inference endpoint not found [{}]", id);
  }
  base::Status note(const inference::EmbeddingRequest& request) {
    calls.push_back(request.inputs.size());
    input_types.push_back(request.input_type);
    timeout = request.timeout;
    if (failure) return *failure;
    return {};
  }
};

class SemanticTextTest : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    open();
    create("notes", R"({"mappings":{"properties":{"body":{"type":"semantic_text","inference_id":")" + GetParam() +
                        R"("},"title":{"type":"text","copy_to":"body"},"n":{"type":"integer"}}}})");
  }
  void open() {
    index::Catalog::Options options;
    options.data_folder = folder_.path();
    options.sync_writes = false;
    catalog_ = index::Catalog::open(options).value();
    documents_ = std::make_unique<DocumentService>(*catalog_);
    documents_->set_inference(&inference_);
    searches_ = std::make_unique<search::SearchService>(*catalog_, inference_, clock_);
  }
  void create(const std::string& name, const std::string& body) {
    const auto document = base::JsonDocument::parse(body).value();
    const auto made = catalog_->create(name, document.root());
    ASSERT_TRUE(made.has_value()) << made.error().reason();
  }
  base::Result<DocumentOutcome> write(const std::string& id, std::string_view body,
                                      DocumentAction::Type type = DocumentAction::Type::kIndex) {
    DocumentAction action;
    action.type = type;
    action.index = "notes";
    action.id = id;
    action.body = body;
    return documents_->apply({action}, RefreshPolicy::kImmediate).front();
  }
  base::Result<std::string> try_search(const std::string& body) {
    const auto document = base::JsonDocument::parse(body).value();
    search::SearchCall call;
    call.indices = "notes";
    call.body = &document;
    return searches_->search(call, base::Cancellation());
  }
  JsonValue search(const std::string& body) {
    auto answer = try_search(body);
    EXPECT_TRUE(answer.has_value()) << answer.error().reason() << " " << body;
    texts_.push_back(std::make_unique<std::string>(answer.value_or("{}")));
    answers_.push_back(std::make_unique<base::JsonDocument>(base::JsonDocument::parse(*texts_.back()).value()));
    return answers_.back()->root();
  }
  static std::string ids(JsonValue answer) {
    std::string found;
    for (const JsonValue hit : answer["hits"]["hits"].as_array()) found += std::string(hit["_id"].as_string()) + " ";
    return found;
  }
  std::string semantic(const std::string& text) { return ids(search(query(text))); }
  static std::string query(const std::string& text) {
    return R"({"query":{"semantic":{"field":"body","query":")" + text + R"("}}})";
  }
  std::string mapping() const {
    base::JsonWriter out;
    catalog_->find("notes")->engine->mapping()->write_json(out);
    return out.take();
  }
  void put_mapping(const std::string& body, const std::string& wanted_error) {
    const auto document = base::JsonDocument::parse(body).value();
    const auto status = catalog_->find("notes")->engine->put_mapping(document.root());
    if (wanted_error.empty()) {
      EXPECT_TRUE(status.has_value()) << status.error().reason();
    } else {
      ASSERT_FALSE(status.has_value()) << body;
      EXPECT_NE(status.error().reason().find(wanted_error), std::string::npos) << status.error().reason();
    }
  }
  bool sparse() const { return GetParam() == "sparse"; }

  index::TemporaryFolder folder_;
  FakeEmbeddings inference_;
  base::ManualClock clock_;
  std::unique_ptr<index::Catalog> catalog_;
  std::unique_ptr<DocumentService> documents_;
  std::unique_ptr<search::SearchService> searches_;
  std::vector<std::unique_ptr<std::string>> texts_;
  std::vector<std::unique_ptr<base::JsonDocument>> answers_;
};

/// 15 words: two such sentences do not fit into one chunk of 20.
std::string sentence(const std::string& word) {
  std::string text;
  for (int i = 0; i < 12; ++i) text += "x ";
  return text + word + " x x ! ";
}

TEST_P(SemanticTextTest, DocumentsAreFoundByTheirBestChunk) {
  ASSERT_TRUE(write("a", R"({"body":")" + sentence("sun") + sentence("moon") + R"("})").has_value());
  ASSERT_TRUE(write("b", R"({"body":")" + sentence("sea") + R"("})").has_value());
  ASSERT_TRUE(write("c", R"({"n":1})").has_value());
  EXPECT_EQ(semantic("moon").substr(0, 2), "a ");
  EXPECT_EQ(semantic("sea").substr(0, 2), "b ");
  const auto answer = search(R"({"query":{"match":{"body":"moon"}}})");
  EXPECT_EQ(ids(answer).substr(0, 2), "a ");
  EXPECT_EQ(answer["hits"]["hits"].as_array().size(), sparse() ? 1U : 2U);
}

TEST_P(SemanticTextTest, SourceIsTheOriginalAndChunksAreNoHits) {
  ASSERT_TRUE(write("a", R"({"body":")" + sentence("sun") + sentence("moon") + R"("})").has_value());
  const auto answer = search(R"({"query":{"match_all":{}}})");
  EXPECT_EQ(answer["hits"]["total"]["value"].as_int64(), 1);
  EXPECT_EQ((*answer["hits"]["hits"].as_array().begin())["_source"]["body"].as_string(), sentence("sun") + sentence("moon"));
  EXPECT_EQ((*answer["hits"]["hits"].as_array().begin())["_source"].as_object().size(), 1U);
}

TEST_P(SemanticTextTest, MappingShowsTheModelOfTheFirstDocument) {
  EXPECT_EQ(mapping().find("model_settings"), std::string::npos);
  ASSERT_TRUE(write("a", R"({"body":"moon"})").has_value());
  const std::string wanted =
      sparse()
          ? R"("model_settings":{"service":"elasticsearch","task_type":"sparse_embedding"})"
          : R"("model_settings":{"service":"elasticsearch","task_type":"text_embedding","dimensions":3,"similarity":"cosine","element_type":"float"})";
  EXPECT_NE(mapping().find(wanted), std::string::npos) << mapping();
}

TEST_P(SemanticTextTest, TextsOfABulkAreEmbeddedTogether) {
  std::vector<DocumentAction> actions(100);
  std::vector<std::string> bodies;
  for (size_t i = 0; i < actions.size(); ++i) bodies.push_back(R"({"body":["moon )" + std::to_string(i) + R"(", 7]})");
  for (size_t i = 0; i < actions.size(); ++i) {
    actions[i].index = "notes";
    actions[i].id = std::to_string(i);
    actions[i].body = bodies[i];
  }
  for (const auto& outcome : documents_->apply(actions, RefreshPolicy::kImmediate)) ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(inference_.calls, (std::vector<size_t>{96, 96, 8}));  // two values each
  EXPECT_EQ(inference_.input_types.front(), inference::InputType::kIngest);
  EXPECT_LT(inference_.timeout.count(), 0);  // a write waits
  semantic("moon");
  EXPECT_EQ(inference_.input_types.back(), inference::InputType::kSearch);
}

TEST_P(SemanticTextTest, EmptyAndNullValuesHaveNoChunks) {
  for (const char* body : {R"({"body":null})", R"({"body":""})", R"({"body":"  \n "})", R"({"body":[]})", "{}"})
    ASSERT_TRUE(write("a", body).has_value()) << body;
  EXPECT_TRUE(inference_.calls.empty());
  EXPECT_EQ(semantic("moon"), "");
}

TEST_P(SemanticTextTest, NumbersAndBooleansAreTexts) {
  ASSERT_TRUE(write("a", R"({"body":[1.5,true]})").has_value());
  EXPECT_EQ(inference_.calls, (std::vector<size_t>{2}));
  const auto refused = write("b", R"({"body":{"x":1}})");
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code(), base::ErrorCode::kDocumentParsing);
}

TEST_P(SemanticTextTest, CopiedValuesAreEmbeddedToo) {
  ASSERT_TRUE(write("a", R"({"title":"moon","body":"sun"})").has_value());
  ASSERT_TRUE(write("b", R"({"body":"sea"})").has_value());
  EXPECT_EQ(semantic("moon").substr(0, 2), "a ");
}

TEST_P(SemanticTextTest, ExistsFindsDocumentsWithAValue) {
  ASSERT_TRUE(write("a", R"({"body":"moon"})").has_value());
  ASSERT_TRUE(write("b", R"({"n":2})").has_value());
  EXPECT_EQ(ids(search(R"({"query":{"exists":{"field":"body"}}})")), "a ");
}

TEST_P(SemanticTextTest, UpdatesEmbedTheWholeDocumentAgain) {
  ASSERT_TRUE(write("a", R"({"body":"moon"})").has_value());
  ASSERT_TRUE(write("b", R"({"body":"sea"})").has_value());
  ASSERT_TRUE(write("a", R"({"doc":{"body":"sun"}})", DocumentAction::Type::kUpdate).has_value());
  EXPECT_EQ(semantic("sun").substr(0, 2), "a ");
  ASSERT_TRUE(write("a", R"({"doc":{"n":3}})", DocumentAction::Type::kUpdate).has_value());
  EXPECT_EQ(inference_.calls.size(), 5U);  // four documents, a query
  EXPECT_EQ(semantic("sun").substr(0, 2), "a ");
  const auto script = write("a", R"({"script":{"source":"ctx._source.n = 1"}})", DocumentAction::Type::kUpdate);
  ASSERT_FALSE(script.has_value());
  EXPECT_EQ(script.error().reason(), "Cannot apply update with a script on indices that contain [semantic_text] field(s)");
}

TEST_P(SemanticTextTest, FailuresAreThoseOfTheirDocuments) {
  inference_.failure = base::Error(base::ErrorCode::kStatusTimeout, "too slow");
  const auto failed = write("a", R"({"body":"moon"})");
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().code(), base::ErrorCode::kInference);
  EXPECT_EQ(failed.error().reason(), "Exception when running inference id [" + GetParam() + "] on field [body]");
  EXPECT_TRUE(write("b", R"({"n":1})").has_value());
  inference_.failure.reset();
  EXPECT_EQ(ids(search(R"({"query":{"match_all":{}}})")), "b ");
}

TEST_P(SemanticTextTest, DocumentsOutliveARestart) {
  ASSERT_TRUE(write("a", R"({"body":")" + sentence("sun") + sentence("moon") + R"("})").has_value());
  ASSERT_TRUE(write("b", R"({"body":"sea"})").has_value());
  searches_.reset();
  documents_.reset();
  catalog_->close();
  catalog_.reset();
  open();
  EXPECT_EQ(semantic("moon").substr(0, 2), "a ");
  EXPECT_EQ(ids(search(R"({"query":{"match_all":{}}})")), "a b ");
}

TEST_P(SemanticTextTest, HighlightIsTheBestChunks) {
  ASSERT_TRUE(
      write("a", R"({"title":")" + sentence("sea") + R"(","body":[")" + sentence("sun") + sentence("moon") + R"(","é sun"]})")
          .has_value());
  const auto answer = search(R"({"query":{"semantic":{"field":"body","query":"moon"}},)"
                             R"("highlight":{"fields":{"body":{"type":"semantic","number_of_fragments":1}}}})");
  const auto highlight = (*answer["hits"]["hits"].as_array().begin())["highlight"]["body"];
  ASSERT_TRUE(highlight.is_array());
  EXPECT_EQ((*highlight.as_array().begin()).as_string(), sentence("moon"));
  const auto sea =
      search(R"({"query":{"match":{"body":"sea"}},"highlight":{"fields":{"body":{"type":"semantic","number_of_fragments":1}}}})");
  EXPECT_EQ((*(*sea["hits"]["hits"].as_array().begin())["highlight"]["body"].as_array().begin()).as_string(), sentence("sea"));
}

TEST_P(SemanticTextTest, EndpointMayChangeUntilADocumentIsEmbedded) {
  put_mapping(R"({"properties":{"body":{"type":"semantic_text","inference_id":"other"}}})", "");
  put_mapping(R"({"properties":{"body":{"type":"semantic_text","inference_id":")" + GetParam() + R"("}}})", "");
  ASSERT_TRUE(write("a", R"({"body":"moon"})").has_value());
  put_mapping(R"({"properties":{"body":{"type":"semantic_text","inference_id":"other"}}})",
              "Cannot update parameter [inference_id] from [" + GetParam() + "] to [other]");
  put_mapping(R"({"properties":{"body":{"type":"semantic_text","inference_id":")" + GetParam() + R"(","search_inference_id":")" +
                  GetParam() + R"("}}})",
              "");
  EXPECT_NE(mapping().find("model_settings"), std::string::npos);
  EXPECT_EQ(semantic("moon"), "a ");
}

TEST_P(SemanticTextTest, SameTextTwiceIsEmbeddedOnce) {
  ASSERT_TRUE(write("a", R"({"body":"moon"})").has_value());
  const size_t before = inference_.calls.size();
  search(R"({"query":{"bool":{"should":[{"semantic":{"field":"body","query":"moon"}},{"match":{"body":"moon"}}]}},)"
         R"("highlight":{"fields":{"body":{"type":"semantic"}}}})");
  EXPECT_EQ(inference_.calls.size(), before + 1);
}

TEST_P(SemanticTextTest, InferenceFieldsAreShownOnDemand) {
  ASSERT_TRUE(write("a", R"({"title":"sea","body":"moon"})").has_value());
  ASSERT_TRUE(write("b", R"({"n":1})").has_value());
  const auto hits =
      search(R"({"query":{"match_all":{}},"fields":["_inference_fields"],"_source":"body"})")["hits"]["hits"].as_array();
  const JsonValue shown = (*hits.begin())["_source"]["_inference_fields"]["body"]["inference"];
  EXPECT_EQ(shown["inference_id"].as_string(), GetParam());
  EXPECT_EQ(shown["model_settings"]["task_type"].as_string(), sparse() ? "sparse_embedding" : "text_embedding");
  EXPECT_EQ(shown["chunks"].as_object().size(), 2U);  // of body itself, and of the title that is copied there
  const JsonValue chunk = *shown["chunks"]["body"].as_array().begin();
  EXPECT_EQ(chunk["start_offset"].as_int64(), 0);
  EXPECT_EQ(chunk["end_offset"].as_int64(), 4);
  if (sparse()) {
    EXPECT_EQ(chunk["embeddings"]["moon"].as_double(), 1);
  } else {
    EXPECT_EQ(chunk["embeddings"].as_array().size(), 3U);
  }
  for (const JsonValue hit : hits) {
    EXPECT_EQ(hit["_source"]["_inference_fields"].exists(), hit["_id"].as_string() == "a");
  }
}

TEST_P(SemanticTextTest, SimplifiedFusionSearchesByWordsAndByMeaning) {
  ASSERT_TRUE(write("a", R"({"title":"sea","body":"moon"})").has_value());
  ASSERT_TRUE(write("b", R"({"title":"moon","body":"sun"})").has_value());
  ASSERT_TRUE(write("c", R"({"title":"sun moon"})").has_value());
  // Elements of the same tree, spelled out: words of the text fields, and the semantic_text fields fused among themselves.
  const std::string by_words = R"({"standard":{"query":{"multi_match":{"query":"moon","fields":["title"],"type":"most_fields"}}}})";
  const std::string by_meaning = R"({"standard":{"query":{"match":{"body":"moon"}}}})";
  const auto hits = [&](const std::string& retriever) {
    std::string text;
    for (const JsonValue hit : search(R"({"retriever":)" + retriever + "}")["hits"]["hits"].as_array())
      text += base::format("{}={} ", hit["_id"].as_string(), hit["_score"].as_double());
    return text;
  };
  const std::string spelled = R"({"rrf":{"rank_constant":7,"retrievers":[)" + by_words +
                              R"(,{"rrf":{"rank_constant":7,"retrievers":[{"retriever":)" + by_meaning + R"(,"weight":3}]}}]}})";
  EXPECT_EQ(hits(R"({"rrf":{"query":"moon","rank_constant":7,"fields":["title","bo*^3"]}})"), hits(spelled));
  EXPECT_EQ(hits(R"({"rrf":{"query":"moon","rank_constant":7}})"),
            hits(R"({"rrf":{"rank_constant":7,"retrievers":[)" + by_words + R"(,{"rrf":{"rank_constant":7,"retrievers":[)" +
                 by_meaning + "]}}]}}"));
  EXPECT_EQ(hits(R"({"linear":{"query":"moon","normalizer":"minmax","fields":["title","body"]}})"),
            hits(R"({"linear":{"normalizer":"minmax","retrievers":[{"retriever":)" + by_words +
                 R"(},{"retriever":{"linear":{"normalizer":"minmax","retrievers":[{"retriever":)" + by_meaning + "}]}}}]}}"));
  const auto negative = try_search(R"({"retriever":{"rrf":{"query":"moon","fields":["body^-1"]}}})");
  ASSERT_FALSE(negative.has_value());
  EXPECT_EQ(negative.error().reason(), "[rrf] per-field weights must be non-negative");
}

INSTANTIATE_TEST_SUITE_P(Endpoints, SemanticTextTest, ::testing::Values("sparse", "dense"));

class SemanticTextErrorsTest : public SemanticTextTest {};

TEST_P(SemanticTextErrorsTest, MissingEndpoint) {
  const auto failed = write("a", R"({"body":"moon"})");
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().code(), base::ErrorCode::kResourceNotFound);
  EXPECT_EQ(failed.error().reason(), "Inference id [missing] not found for field [body]");
  const auto search_failed = try_search(query("moon"));
  ASSERT_FALSE(search_failed.has_value());
  EXPECT_EQ(search_failed.error().code(), base::ErrorCode::kResourceNotFound);
  EXPECT_EQ(search_failed.error().reason(), "Inference endpoint not found [missing]");
}

TEST_P(SemanticTextErrorsTest, OtherFieldsAndBodies) {
  const auto text = [&](const std::string& body) {
    const auto failed = try_search(body);
    EXPECT_FALSE(failed.has_value()) << body;
    const base::Error* error = &failed.error();
    std::string all = error->reason();
    for (; error->cause() != nullptr; error = error->cause()) all += " <- " + error->cause()->reason();
    for (const auto& [key, json] : failed.error().metadata()) all += json;
    return all;
  };
  EXPECT_NE(text(R"({"query":{"semantic":{"field":"title","query":"x"}}})")
                .find("Field [title] of type [text] does not support semantic queries"),
            std::string::npos);
  EXPECT_NE(text(R"({"query":{"semantic":{"field":"body"}}})").find("Required [query]"), std::string::npos);
  EXPECT_EQ(ids(search(R"({"query":{"semantic":{"field":"nowhere","query":"x"}}})")), "");
}

TEST_P(SemanticTextErrorsTest, Mappings) {
  put_mapping(R"({"properties":{"o":{"type":"nested","properties":{"s":{"type":"semantic_text"}}}}})",
              "semantic_text field [o.s] cannot be nested");
  put_mapping(R"({"properties":{"s":{"type":"semantic_text","index_options":{"x":{}}}}})",
              "must hold one of [dense_vector, sparse_vector]");
  put_mapping(R"({"properties":{"s":{"type":"semantic_text","inference_id":""}}})", "must not be empty");
  const auto bad =
      base::JsonDocument::parse(
          R"({"properties":{"s":{"type":"semantic_text","chunking_settings":{"strategy":"sentence","max_chunk_size":3}}}})")
          .value();
  EXPECT_NE(check_semantic_mappings(bad.root()).error().reason().find("[max_chunk_size] must be a greater than or equal to [20]"),
            std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Endpoints, SemanticTextErrorsTest, ::testing::Values("missing"));

}  // namespace
}  // namespace selene::ingest
