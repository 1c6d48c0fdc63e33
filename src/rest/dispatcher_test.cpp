#include "rest/dispatcher.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

#include "base/json/json_writer.h"
#include "rest/cat_table.h"

namespace selene::rest {
namespace {

/// Answers with what `run` gives.
class TestHandler final : public RestHandler {
 public:
  using Run = base::Result<RestResponse> (*)(const RestRequest& request);
  TestHandler(std::string_view method, std::string_view path, Run run) : route_{method, path}, run_(run) {}
  std::vector<Route> routes() const override { return {route_}; }
  std::vector<std::string_view> parameters() const override { return {"size", "v", "h", "s", "help", "bytes"}; }
  bool accepts_ndjson() const override { return route_.path == "/ndjson"; }
  base::Result<RestResponse> handle(const RestRequest& request) override { return run_(request); }

 private:
  Route route_;
  Run run_;
};

base::Result<RestResponse> answer_json(const RestRequest&) {
  RestResponse response;
  response.body = R"({"a":1,"b":{"c":[true,"x"]}})";
  return response;
}
base::Result<RestResponse> fail(const RestRequest&) { return base::Error(base::ErrorCode::kIndexNotFound, "no such index [x]"); }
base::Result<RestResponse> run_out_of_memory(const RestRequest&) { throw std::bad_alloc(); }
base::Result<RestResponse> throw_foreign(const RestRequest&) { throw std::runtime_error("boom"); }
base::Result<RestResponse> answer_table(const RestRequest& request) {
  CatTable table;
  table.columns = {{"index", "i", "index name"}, {"docs.count", "dc", "available docs", CatColumn::Align::kRight}};
  table.rows = {{"b", "12"}, {"abc", "3"}};
  return render_cat_table(std::move(table), request);
}

class DispatcherTest : public testing::Test {
 protected:
  DispatcherTest() : dispatcher_(make_router(), metrics_) {}
  static Router make_router() {
    Router router;
    router.add(std::make_unique<TestHandler>("GET", "/json", &answer_json));
    router.add(std::make_unique<TestHandler>("POST", "/json", &answer_json));
    router.add(std::make_unique<TestHandler>("POST", "/ndjson", &answer_json));
    router.add(std::make_unique<TestHandler>("GET", "/fail", &fail));
    router.add(std::make_unique<TestHandler>("GET", "/memory", &run_out_of_memory));
    router.add(std::make_unique<TestHandler>("GET", "/throw", &throw_foreign));
    router.add(std::make_unique<TestHandler>("GET", "/_cat/x", &answer_table));
    return router;
  }
  net::Response get(std::string target, std::string accept = "") {
    return send("GET", std::move(target), std::move(accept), "", "");
  }
  net::Response send(std::string method, std::string target, std::string accept, std::string type, std::string body) {
    net::Request request;
    request.method = std::move(method);
    request.target = std::move(target);
    request.body = std::move(body);
    if (!accept.empty()) request.headers.add("Accept", std::move(accept));
    if (!type.empty()) request.headers.add("Content-Type", std::move(type));
    request.headers.add("X-Opaque-Id", "tracer");
    return dispatcher_.handle(request, base::Cancellation());
  }

  RequestMetrics metrics_;
  Dispatcher dispatcher_;
};

TEST_F(DispatcherTest, EveryAnswerBearsTheProductHeaderAndTheOpaqueId) {
  for (const char* target : {"/json", "/fail", "/memory", "/throw", "/none/at/all", "/json?foo=1", "/%zz"}) {
    const net::Response response = get(target);
    EXPECT_EQ(response.headers.get("X-Elastic-Product"), "Elasticsearch") << target;
    EXPECT_EQ(response.headers.get("X-Opaque-Id"), "tracer") << target;
    EXPECT_EQ(response.headers.get("Content-Type"), "application/json") << target;
  }
  EXPECT_EQ(dispatcher_.fault(413, "too large").headers.get("X-Elastic-Product"), "Elasticsearch");
}

TEST_F(DispatcherTest, ErrorsAreRenderedInTheAskedMediaType) {
  const net::Response response = get("/fail", "application/vnd.elasticsearch+json; compatible-with=8");
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.headers.get("Content-Type"), "application/vnd.elasticsearch+json;compatible-with=8");
}

TEST_F(DispatcherTest, PrettyAndFilterPathShapeAnswersButLeaveErrorsWhole) {
  EXPECT_EQ(get("/json?filter_path=b.c").body, R"({"b":{"c":[true,"x"]}})");
  EXPECT_EQ(get("/fail?filter_path=status").body, get("/fail").body);
  EXPECT_EQ(get("/fail").body.find("stack_trace"), std::string::npos);
  EXPECT_NE(get("/fail?error_trace").body.find("\"stack_trace\":\"index_not_found_exception: "), std::string::npos);
  EXPECT_EQ(get("/json?filter_path=a&pretty").body, "{\n  \"a\" : 1\n}\n");
  EXPECT_EQ(get("/json?pretty=false&filter_path=a").body, R"({"a":1})");
  EXPECT_EQ(get("/json?pretty=maybe").status, 400);
}

TEST_F(DispatcherTest, YamlIsAnsweredWhenAskedFor) {
  const net::Response response = get("/json?format=yaml");
  EXPECT_EQ(response.headers.get("Content-Type"), "application/yaml");
  EXPECT_EQ(response.body, "---\n\"a\": 1\n\"b\":\n  \"c\":\n    - true\n    - \"x\"\n");
}

TEST_F(DispatcherTest, ForeignExceptionsBecomeAnswers) {
  EXPECT_EQ(get("/memory").status, 429);
  EXPECT_NE(get("/memory").body.find("circuit_breaking_exception"), std::string::npos);
  EXPECT_EQ(get("/throw").status, 500);
}

TEST_F(DispatcherTest, MethodNotAllowedHasAnAllowHeader) {
  const net::Response response = send("DELETE", "/json", "", "", "");
  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(response.headers.get("Allow"), "GET,POST,HEAD");
}

TEST_F(DispatcherTest, OnlyBulkCallsTakeNdjson) {
  EXPECT_EQ(send("POST", "/json", "", "application/x-ndjson", "{}\n").status, 406);
  EXPECT_EQ(send("POST", "/ndjson", "", "application/x-ndjson", "{}\n").status, 200);
  EXPECT_EQ(send("POST", "/ndjson", "", "application/json", "{}\n").status, 200);
}

TEST_F(DispatcherTest, CatIsTextUnlessJsonIsNamed) {
  EXPECT_EQ(get("/_cat/x").body, "b   12\nabc  3\n");
  EXPECT_EQ(get("/_cat/x").headers.get("Content-Type"), "text/plain; charset=UTF-8");
  EXPECT_EQ(get("/_cat/x?v&s=index").body, "index docs.count\nabc            3\nb             12\n");
  EXPECT_EQ(get("/_cat/x?h=dc,index&s=docs.count:desc").body, "12 b\n 3 abc\n");
  EXPECT_EQ(get("/_cat/x?format=json&h=i").body, R"([{"i":"b"},{"i":"abc"}])");
  EXPECT_EQ(get("/_cat/x", "application/json").body, R"([{"index":"b","docs.count":"12"},{"index":"abc","docs.count":"3"}])");
  EXPECT_EQ(get("/_cat/x", "text/plain,application/json").body, "b   12\nabc  3\n");
  EXPECT_EQ(get("/_cat/x?format=json", "text/plain,application/vnd.elasticsearch+json; compatible-with=9").body.front(), '[');
  EXPECT_EQ(get("/_cat/x?s=nope").status, 400);
  EXPECT_EQ(get("/_cat/x?help").body, "index      | i  | index name\ndocs.count | dc | available docs\n");
}

TEST_F(DispatcherTest, AnswersAreCounted) {
  get("/json");
  get("/fail");
  std::string text;
  metrics_.write_prometheus(text);
  EXPECT_NE(text.find("selene_http_requests_total{code=\"2xx\"} 1\n"), std::string::npos);
  EXPECT_NE(text.find("selene_http_requests_total{code=\"4xx\"} 1\n"), std::string::npos);
  EXPECT_NE(text.find("selene_http_request_seconds_count 2\n"), std::string::npos);
}

/// Lets `Authorization: right` in.
class TestAuthenticator final : public Authenticator {
 public:
  base::Result<Authentication> authenticate(const net::Request& request) const override {
    if (request.headers.get("Authorization") == "right") return Authentication{Authentication::Type::kRealm, "someone", {}, {}};
    return base::Error(base::ErrorCode::kSecurity, "missing authentication credentials for REST request [{}]", request.target);
  }
};

base::Result<RestResponse> answer_caller(const RestRequest& request) {
  RestResponse response;
  response.body = base::quote(request.authentication() == nullptr ? "anyone" : request.authentication()->username);
  return response;
}

TEST(DispatcherSecurityTest, NothingIsRoutedWithoutCredentials) {
  RequestMetrics metrics;
  Router router;
  router.add(std::make_unique<TestHandler>("GET", "/caller", &answer_caller));
  const TestAuthenticator authenticator;
  const Dispatcher dispatcher(std::move(router), metrics, &authenticator);
  net::Request request;
  request.method = "GET";
  for (const char* target : {"/caller", "/no/such/path", "/caller?unknown=1", "/%zz"}) {
    request.target = target;
    const net::Response refused = dispatcher.handle(request, base::Cancellation());
    EXPECT_EQ(refused.status, 401) << target;
    EXPECT_EQ(refused.headers.get("X-Elastic-Product"), "Elasticsearch");
    std::vector<std::string> schemes;
    for (const auto& [name, value] : refused.headers.items()) {
      if (name == "WWW-Authenticate") schemes.push_back(value);
    }
    EXPECT_EQ(schemes, (std::vector<std::string>{R"(Basic realm="security", charset="UTF-8")", "ApiKey"}));
    EXPECT_NE(
        refused.body.find(R"("header":{"WWW-Authenticate":["Basic realm=\"security\", charset=\"UTF-8\"","ApiKey"]}}],"type")"),
        std::string::npos)
        << refused.body;
  }
  request.target = "/caller";
  request.headers.add("Authorization", "right");
  EXPECT_EQ(dispatcher.handle(request, base::Cancellation()).body, "\"someone\"");
}

TEST(DispatcherSecurityTest, WithoutAnAuthenticatorNobodyIsAsked) {
  RequestMetrics metrics;
  Router router;
  router.add(std::make_unique<TestHandler>("GET", "/caller", &answer_caller));
  const Dispatcher dispatcher(std::move(router), metrics);
  net::Request request;
  request.method = "GET";
  request.target = "/caller";
  EXPECT_EQ(dispatcher.handle(request, base::Cancellation()).body, "\"anyone\"");
}

}  // namespace
}  // namespace selene::rest
