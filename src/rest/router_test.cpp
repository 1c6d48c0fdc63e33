#include "rest/router.h"

#include <gtest/gtest.h>

namespace selene::rest {
namespace {

using base::ErrorCode;

class NamedHandler final : public RestHandler {
 public:
  NamedHandler(std::string_view name, std::vector<Route> routes) : name_(name), routes_(std::move(routes)) {}
  std::vector<Route> routes() const override { return routes_; }
  std::vector<std::string_view> parameters() const override { return {}; }
  base::Result<RestResponse> handle(const RestRequest&) override {
    RestResponse response;
    response.body = name_;
    return response;
  }

 private:
  std::string name_;
  std::vector<Route> routes_;
};

class RouterTest : public testing::Test {
 protected:
  RouterTest() {
    add("root", {{"GET", "/"}});
    add("search_all", {{"GET", "/_search"}, {"POST", "/_search"}});
    add("index", {{"GET", "/{index}"}, {"PUT", "/{index}"}});
    add("search", {{"GET", "/{index}/_search"}});
    add("doc", {{"PUT", "/{index}/_doc/{id}"}, {"HEAD", "/{index}/_doc/{id}"}});
    add("inference", {{"GET", "/_inference/{id}"}});
    add("typed", {{"GET", "/_inference/{task_type}/{id}"}});
  }
  void add(std::string_view name, std::vector<RestHandler::Route> routes) {
    router_.add(std::make_unique<NamedHandler>(name, std::move(routes)));
  }
  base::Result<Router::Match> route(std::string method, std::string target) {
    request_.method = std::move(method);
    request_.target = std::move(target);
    return router_.route(request_, cancellation_);
  }
  std::string name(std::string method, std::string target) {
    auto match = route(std::move(method), std::move(target));
    return match ? match->handler->handle(match->request)->body : match.error().reason();
  }

  Router router_;
  net::Request request_;
  base::Cancellation cancellation_;
};

TEST_F(RouterTest, LiteralBeatsParameter) {
  EXPECT_EQ(name("GET", "/_search"), "search_all");
  EXPECT_EQ(name("GET", "/books"), "index");
  EXPECT_EQ(name("GET", "/"), "root");
}

TEST_F(RouterTest, ParameterServesAMethodTheLiteralLacks) { EXPECT_EQ(name("PUT", "/_search"), "index"); }

TEST_F(RouterTest, SameDepthMayNameItsPartsDifferently) {
  const auto one = route("GET", "/_inference/a");
  EXPECT_EQ(one->request.path_param("id"), "a");
  const auto two = route("GET", "/_inference/rerank/a");
  EXPECT_EQ(two->request.path_param("task_type"), "rerank");
  EXPECT_EQ(two->request.path_param("id"), "a");
  EXPECT_EQ(two->request.path_param("index"), "");
}

TEST_F(RouterTest, PathPartsAreDecodedOneByOne) {
  const auto match = route("PUT", "/my%2Findex/_doc/a+b%20%C3%A9");
  ASSERT_TRUE(match.has_value());
  EXPECT_EQ(match->request.path_param("index"), "my/index");
  EXPECT_EQ(match->request.path_param("id"), "a+b \xC3\xA9");
}

TEST_F(RouterTest, QueryIsDecodedWithPlusAsBlank) {
  const auto match = route("GET", "/_search?q=a+b%2B&pretty&size=5");
  ASSERT_TRUE(match.has_value());
  EXPECT_EQ(match->request.param("q"), "a b+");
  EXPECT_EQ(match->request.param("pretty"), "");
  EXPECT_EQ(*match->request.int_param("size", 0), 5);
  EXPECT_FALSE(match->request.param("from").has_value());
}

TEST_F(RouterTest, HeadFallsBackToGet) {
  EXPECT_EQ(name("HEAD", "/"), "root");
  EXPECT_EQ(name("HEAD", "/i/_doc/1"), "doc");
}

TEST_F(RouterTest, WrongMethodNamesTheAllowedOnes) {
  const auto match = route("DELETE", "/_search?x=1");
  ASSERT_FALSE(match.has_value());
  EXPECT_EQ(match.error().code(), ErrorCode::kMethodNotAllowed);
  EXPECT_EQ(match.error().reason(),
            "Incorrect HTTP method for uri [/_search?x=1] and method [DELETE], allowed: [GET, POST, PUT, HEAD]");
  ASSERT_EQ(match.error().metadata().size(), 1u);
  EXPECT_EQ(match.error().metadata()[0].second, "\"GET,POST,PUT,HEAD\"");
}

TEST_F(RouterTest, UnknownPathHasNoHandler) {
  const auto match = route("GET", "/i/_nope/1");
  ASSERT_FALSE(match.has_value());
  EXPECT_EQ(match.error().code(), ErrorCode::kNoHandler);
  EXPECT_EQ(match.error().reason(), "no handler found for uri [/i/_nope/1] and method [GET]");
}

TEST_F(RouterTest, BadEscapesAreRefused) {
  for (const char* target : {"/%zz", "/%4", "/%ff", "/a%00b", "/_search?q=%2"}) {
    const auto match = route("GET", target);
    ASSERT_FALSE(match.has_value()) << target;
    EXPECT_EQ(match.error().code(), ErrorCode::kIllegalArgument) << target;
  }
}

TEST_F(RouterTest, EmptyPartsAreSkipped) { EXPECT_EQ(name("GET", "//books//_search/"), "search"); }

TEST_F(RouterTest, TypedParametersSayWhatIsWrong) {
  const auto match = route("GET", "/_search?a=maybe&b=x&c=5parsecs&d=5m&e=-1");
  ASSERT_TRUE(match.has_value());
  const RestRequest& request = match->request;
  EXPECT_EQ(request.bool_param("a", false).error().reason(),
            "Failed to parse value [maybe] as only [true] or [false] are allowed.");
  EXPECT_EQ(request.int_param("b", 0).error().reason(), "Failed to parse int parameter [b] with value [x]");
  EXPECT_EQ(request.time_param("c", {}).error().code(), ErrorCode::kIllegalArgument);
  EXPECT_EQ(*request.time_param("d", {}), std::chrono::minutes(5));
  EXPECT_EQ(*request.time_param("e", {}), std::chrono::milliseconds(-1));
  EXPECT_EQ(*request.time_param("absent", std::chrono::seconds(3)), std::chrono::seconds(3));
}

}  // namespace
}  // namespace selene::rest
