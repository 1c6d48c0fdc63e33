#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/json/json_document.h"
#include "index/catalog/catalog.h"
#include "index/engine/temporary_folder.h"
#include "search/request/search_service.h"

namespace selene::search {

/// A rerank endpoint that tests script: scores by a function of (query, text), or an error, or a wrong number of answers.
class FakeInference : public inference::InferenceService {
 public:
  std::string id = "fake";
  std::function<float(std::string_view query, std::string_view text)> score = [](std::string_view, std::string_view text) {
    return static_cast<float>(text.size());
  };
  std::optional<base::Error> failure;
  size_t num_lost_answers = 0;
  std::optional<int32_t> top_n;
  int num_calls = 0;
  std::vector<std::string> last_inputs;
  std::string last_query;
  std::chrono::milliseconds last_timeout{0};

  base::Result<inference::EndpointInfo> put(std::string_view, std::optional<inference::TaskType>, base::JsonValue,
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
  base::Result<inference::InferenceResponse> infer(std::string_view, std::optional<inference::TaskType>, base::JsonValue,
                                                   std::chrono::milliseconds, const base::Cancellation&) override {
    return base::Error(base::ErrorCode::kIllegalState, "not scripted");
  }
  base::Result<inference::RerankEndpointTraits> rerank_traits(std::string_view wanted) const override {
    if (wanted != id) return base::Error(base::ErrorCode::kResourceNotFound, "Inference endpoint not found [{}]", wanted);
    return inference::RerankEndpointTraits{top_n, 300};
  }
  base::Result<std::vector<inference::RankedDoc>> rerank(std::string_view, const inference::RerankRequest& request,
                                                         const base::Cancellation&) override {
    ++num_calls;
    last_query = request.query;
    last_timeout = request.timeout;
    last_inputs.assign(request.inputs.begin(), request.inputs.end());
    if (failure) return *failure;
    std::vector<inference::RankedDoc> answers;
    for (size_t i = request.inputs.size(); i-- > num_lost_answers;) {  // any order is allowed: here backwards
      answers.push_back({static_cast<int32_t>(i), score(request.query, request.inputs[i])});
    }
    return answers;
  }
  void close() override {}
};

/// A node without HTTP: a real catalog in a temporary folder, a scripted inference service, the search service.
class SearchFixture : public ::testing::Test {
 protected:
  void SetUp() override {
    index::Catalog::Options options;
    options.data_folder = folder_.path();
    options.sync_writes = false;
    auto opened = index::Catalog::open(options);
    ASSERT_TRUE(opened.has_value()) << opened.error().reason();
    catalog_ = std::move(opened).value();
    service_ = std::make_unique<SearchService>(*catalog_, inference_, clock_);
  }

  void create(const std::string& name, const std::string& body) {
    const auto document = base::JsonDocument::parse(body);
    ASSERT_TRUE(document.has_value()) << document.error().reason();
    const auto index = catalog_->create(name, document->root());
    ASSERT_TRUE(index.has_value()) << index.error().reason();
  }

  /// Each {id, source} in order, visible afterwards.
  void add(const std::string& name, const std::vector<std::pair<std::string, std::string>>& documents) {
    const auto index = catalog_->resolve_write(name, true);
    ASSERT_TRUE(index.has_value()) << index.error().reason();
    std::vector<index::WriteOp> ops;
    for (const auto& [id, source] : documents) {
      index::WriteOp op;
      op.id = id;
      op.source = source;
      ops.push_back(std::move(op));
    }
    for (const auto& result : (*index)->engine->apply(ops)) ASSERT_TRUE(result.has_value()) << result.error().reason();
    ASSERT_TRUE((*index)->engine->refresh().has_value());
  }
  void remove(const std::string& name, const std::string& id) {
    index::WriteOp op;
    op.type = index::OpType::kDelete;
    op.id = id;
    const std::vector<index::WriteOp> ops = {op};
    const auto index = catalog_->find(name);
    for (const auto& result : index->engine->apply(ops)) ASSERT_TRUE(result.has_value());
    ASSERT_TRUE(index->engine->refresh().has_value());
  }

  using Parameters = std::vector<std::pair<std::string, std::string>>;
  base::Result<std::string> try_search(const std::string& indices, const std::string& body, const Parameters& parameters = {}) {
    SearchCall call{indices, parameters, nullptr};
    base::JsonDocument document;
    if (!body.empty()) {
      RETURN_IF_ERROR(document.reparse(body));
      call.body = &document;
    }
    return service_->search(call, base::Cancellation());
  }
  /// The answer, parsed; a failed search fails the test and reads as null.
  base::JsonValue search(const std::string& indices, const std::string& body, const Parameters& parameters = {}) {
    return parsed(try_search(indices, body, parameters), body);
  }
  /// The same of any answer. `what`: shown if it failed.
  base::JsonValue parsed(base::Result<std::string> result, const std::string& what = "") {
    EXPECT_TRUE(result.has_value()) << (result.has_value() ? "" : describe(result.error())) << "\n" << what;
    if (!result.has_value()) return {};
    answers_.push_back(std::make_unique<std::string>(std::move(result).value()));
    auto document = base::JsonDocument::parse(*answers_.back());
    EXPECT_TRUE(document.has_value()) << *answers_.back();
    if (!document.has_value()) return {};
    documents_.push_back(std::make_unique<base::JsonDocument>(std::move(document).value()));
    return documents_.back()->root();
  }
  base::Error search_error(const std::string& indices, const std::string& body, const Parameters& parameters = {}) {
    auto result = try_search(indices, body, parameters);
    EXPECT_FALSE(result.has_value()) << body << "\n" << result.value_or("");
    return result.has_value() ? base::Error(base::ErrorCode::kInternal, "no error") : result.error();
  }

  static std::vector<std::string> ids(base::JsonValue answer) {
    std::vector<std::string> found;
    if (!answer["hits"]["hits"].is_array()) return found;
    for (const base::JsonValue hit : answer["hits"]["hits"].as_array()) found.emplace_back(hit["_id"].as_string());
    return found;
  }
  static base::JsonValue hit(base::JsonValue answer, size_t i) {
    size_t at = 0;
    for (const base::JsonValue found : answer["hits"]["hits"].as_array()) {
      if (at++ == i) return found;
    }
    return {};
  }
  static double score(base::JsonValue answer, size_t i) { return hit(answer, i)["_score"].as_double(); }
  static int64_t total(base::JsonValue answer) { return answer["hits"]["total"]["value"].as_int64(); }
  static std::string describe(const base::Error& error) {
    std::string text = error.reason();
    for (const base::Error* cause = error.cause(); cause != nullptr; cause = cause->cause()) text += " <- " + cause->reason();
    for (const base::Error& suppressed : error.suppressed()) text += " & " + describe(suppressed);
    return text;
  }

  index::TemporaryFolder folder_;  // outlives the catalog
  FakeInference inference_;
  base::ManualClock clock_;  ///< when points in time and scrolls are forgotten
  std::unique_ptr<index::Catalog> catalog_;
  std::unique_ptr<SearchService> service_;

 private:
  std::vector<std::unique_ptr<std::string>> answers_;
  std::vector<std::unique_ptr<base::JsonDocument>> documents_;
};

}  // namespace selene::search
