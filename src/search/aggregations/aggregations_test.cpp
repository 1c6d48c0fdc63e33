#include <cmath>

#include "search/search_fixture.h"

namespace selene::search {
namespace {

using base::ErrorCode;

/// Three indices' worth of small shops; expectations are those of a real node on the same documents.
class AggregationsTest : public SearchFixture {
 protected:
  void SetUp() override {
    SearchFixture::SetUp();
    create("shop", R"({"mappings":{"properties":{"t":{"type":"text"},"k":{"type":"keyword"},"n":{"type":"integer"},
      "d":{"type":"date"},"b":{"type":"boolean"},"f":{"type":"double"}}}})");
    add("shop", {{"1", R"({"t":"hello world","k":"a","n":1,"d":"2020-01-01T10:00:00Z","b":true,"f":1.5})"},
                 {"2", R"({"t":"hello","k":["a","b"],"n":[2,3],"d":"2020-02-01","b":false,"f":2.5})"},
                 {"3", R"({"k":"c"})"}});
  }
  /// The aggregations of a search as JSON text.
  std::string run(const std::string& aggs, const Parameters& parameters = {}) {
    const auto answer = search("shop", R"({"size":0,"aggs":)" + aggs + "}", parameters);
    return base::JsonWriter().value(answer["aggregations"]).take();
  }
  std::string reason(const std::string& aggs) {
    const base::Error error = search_error("shop", R"({"size":0,"aggs":)" + aggs + "}");
    const base::Error* at = &error;
    while (at->cause() != nullptr && !at->reason().starts_with("Invalid aggregation order")) at = at->cause();
    return at->reason();
  }
};

TEST_F(AggregationsTest, TermsOfEachTypeShowTheirKeys) {
  EXPECT_EQ(
      run(R"({"x":{"terms":{"field":"k"},"meta":{"a":1}}})", {{"typed_keys", "true"}}),
      R"({"sterms#x":{"meta":{"a":1},"doc_count_error_upper_bound":0,"sum_other_doc_count":0,"buckets":[{"key":"a","doc_count":2},{"key":"b","doc_count":1},{"key":"c","doc_count":1}]}})");
  EXPECT_EQ(
      run(R"({"x":{"terms":{"field":"b"}}})", {{"typed_keys", "true"}}),
      R"({"lterms#x":{"doc_count_error_upper_bound":0,"sum_other_doc_count":0,"buckets":[{"key":0,"key_as_string":"false","doc_count":1},{"key":1,"key_as_string":"true","doc_count":1}]}})");
  EXPECT_EQ(
      run(R"({"x":{"terms":{"field":"d"}}})"),
      R"({"x":{"doc_count_error_upper_bound":0,"sum_other_doc_count":0,"buckets":[{"key":1577872800000,"key_as_string":"2020-01-01T10:00:00.000Z","doc_count":1},{"key":1580515200000,"key_as_string":"2020-02-01T00:00:00.000Z","doc_count":1}]}})");
  EXPECT_EQ(
      run(R"({"x":{"terms":{"field":"f"}}})", {{"typed_keys", "true"}}),
      R"({"dterms#x":{"doc_count_error_upper_bound":0,"sum_other_doc_count":0,"buckets":[{"key":1.5,"doc_count":1},{"key":2.5,"doc_count":1}]}})");
  EXPECT_EQ(run(R"({"x":{"terms":{"field":"nope"}}})", {{"typed_keys", "true"}}),
            R"({"sterms#x":{"doc_count_error_upper_bound":0,"sum_other_doc_count":0,"buckets":[]}})");
}

TEST_F(AggregationsTest, TermsAreOrderedAndCut) {
  EXPECT_EQ(
      run(R"({"x":{"terms":{"field":"k","order":{"_key":"desc"},"size":1,"show_term_doc_count_error":true},"aggs":{"m":{"avg":{"field":"n"}}}}})"),
      R"({"x":{"doc_count_error_upper_bound":0,"sum_other_doc_count":3,"buckets":[{"key":"c","doc_count":1,"doc_count_error_upper_bound":0,"m":{"value":null}}]}})");
  EXPECT_EQ(
      run(R"({"x":{"terms":{"field":"k","order":[{"m":"desc"},{"_key":"asc"}]},"aggs":{"m":{"max":{"field":"n"}}}}})"),
      R"({"x":{"doc_count_error_upper_bound":0,"sum_other_doc_count":0,"buckets":[{"key":"a","doc_count":2,"m":{"value":3.0}},{"key":"b","doc_count":1,"m":{"value":3.0}},{"key":"c","doc_count":1,"m":{"value":null}}]}})");
  EXPECT_EQ(run(R"({"x":{"terms":{"field":"n","include":[2,3],"exclude":[3],"min_doc_count":1}}})"),
            R"({"x":{"doc_count_error_upper_bound":0,"sum_other_doc_count":0,"buckets":[{"key":2,"doc_count":1}]}})");
}

TEST_F(AggregationsTest, TermsOfNoDocumentShowWithMinDocCountZero) {
  const auto answer =
      search("shop", R"({"size":0,"query":{"term":{"k":"c"}},"aggs":{"x":{"terms":{"field":"k","min_doc_count":0}}}})");
  EXPECT_EQ(base::JsonWriter().value(answer["aggregations"]["x"]["buckets"]).take(),
            R"([{"key":"c","doc_count":1},{"key":"a","doc_count":0},{"key":"b","doc_count":0}])");
}

TEST_F(AggregationsTest, MetricsAreThoseOfARealNode) {
  EXPECT_EQ(
      run(R"({"es":{"extended_stats":{"field":"f"}}})"),
      R"({"es":{"count":2,"min":1.5,"max":2.5,"avg":2.0,"sum":4.0,"sum_of_squares":8.5,"variance":0.25,"variance_population":0.25,"variance_sampling":0.5,"std_deviation":0.5,"std_deviation_population":0.5,"std_deviation_sampling":0.7071067811865476,"std_deviation_bounds":{"upper":3.0,"lower":1.0,"upper_population":3.0,"lower_population":1.0,"upper_sampling":3.414213562373095,"lower_sampling":0.5857864376269049}}})");
  EXPECT_EQ(
      run(R"({"a":{"avg":{"field":"n"}},"v":{"value_count":{"field":"k"}},"c":{"cardinality":{"field":"k"}},"f":{"avg":{"field":"f","format":"0.00"}}})"),
      R"({"a":{"value":2.0},"v":{"value":4},"c":{"value":3},"f":{"value":2.0,"value_as_string":"2.00"}})");
  EXPECT_EQ(
      run(R"({"m":{"min":{"field":"d"}},"b":{"max":{"field":"b"}}})"),
      R"({"m":{"value":1.5778728E12,"value_as_string":"2020-01-01T10:00:00.000Z"},"b":{"value":1.0,"value_as_string":"true"}})");
  EXPECT_EQ(run(R"({"s":{"stats":{"field":"nope"}},"e":{"avg":{"field":"nope"}},"m":{"avg":{"field":"n","missing":10}}})"),
            R"({"s":{"count":0,"min":null,"max":null,"avg":null,"sum":0.0},"e":{"value":null},"m":{"value":4.0}})");
}

TEST_F(AggregationsTest, PercentilesInterpolateBetweenNeighbours) {
  EXPECT_EQ(
      run(R"({"p":{"percentiles":{"field":"n"}}})", {{"typed_keys", "true"}}),
      R"({"tdigest_percentiles#p":{"values":{"1.0":1.02,"5.0":1.1,"25.0":1.5,"50.0":2.0,"75.0":2.5,"95.0":2.9,"99.0":2.98}}})");
  EXPECT_EQ(
      run(R"({"p":{"percentile_ranks":{"field":"n","values":[0,1,1.5,2,3,5]}}})"),
      R"({"p":{"values":{"0.0":0.0,"1.0":16.666666666666664,"1.5":33.33333333333333,"2.0":50.0,"3.0":83.33333333333334,"5.0":100.0}}})");
  EXPECT_EQ(
      run(R"({"p":{"percentiles":{"field":"d","percents":[50],"keyed":false}},"m":{"median_absolute_deviation":{"field":"n"}}})"),
      R"({"p":{"values":[{"key":50.0,"value":1.579194E12,"value_as_string":"2020-01-16T17:00:00.000Z"}]},"m":{"value":1.0}})");
}

TEST_F(AggregationsTest, RangesCountFromInclusiveToExclusive) {
  EXPECT_EQ(
      run(R"({"r":{"range":{"field":"n","ranges":[{"to":2},{"from":2,"to":3},{"from":3,"key":"big"}]}}})"),
      R"({"r":{"buckets":[{"key":"*-2.0","to":2.0,"doc_count":1},{"key":"2.0-3.0","from":2.0,"to":3.0,"doc_count":1},{"key":"big","from":3.0,"doc_count":1}]}})");
  EXPECT_EQ(run(R"({"r":{"range":{"field":"n","keyed":true,"ranges":[{"to":2}]}}})"),
            R"({"r":{"buckets":{"*-2.0":{"to":2.0,"doc_count":1}}}})");
  EXPECT_EQ(
      run(R"({"r":{"date_range":{"field":"d","ranges":[{"to":"2020-01-15"},{"from":"2020-01-15"}]}}})"),
      R"({"r":{"buckets":[{"key":"*-2020-01-15T00:00:00.000Z","to":1.5790464E12,"to_as_string":"2020-01-15T00:00:00.000Z","doc_count":1},{"key":"2020-01-15T00:00:00.000Z-*","from":1.5790464E12,"from_as_string":"2020-01-15T00:00:00.000Z","doc_count":1}]}})");
}

TEST_F(AggregationsTest, HistogramsFillTheirGaps) {
  EXPECT_EQ(run(R"({"h":{"histogram":{"field":"n","interval":2}}})"),
            R"({"h":{"buckets":[{"key":0.0,"doc_count":1},{"key":2.0,"doc_count":1}]}})");
  EXPECT_EQ(
      run(R"({"h":{"histogram":{"field":"n","interval":1,"keyed":true,"offset":0.5}}})"),
      R"({"h":{"buckets":{"0.5":{"key":0.5,"doc_count":1},"1.5":{"key":1.5,"doc_count":1},"2.5":{"key":2.5,"doc_count":1}}}})");
  EXPECT_EQ(
      run(R"({"h":{"histogram":{"field":"f","interval":0.5,"extended_bounds":{"min":1,"max":3}}}})"),
      R"({"h":{"buckets":[{"key":1.0,"doc_count":0},{"key":1.5,"doc_count":1},{"key":2.0,"doc_count":0},{"key":2.5,"doc_count":1},{"key":3.0,"doc_count":0}]}})");
  EXPECT_EQ(
      run(R"({"h":{"histogram":{"field":"n","interval":1,"order":{"_key":"desc"},"min_doc_count":1,"hard_bounds":{"min":2}}}})"),
      R"({"h":{"buckets":[{"key":3.0,"doc_count":1},{"key":2.0,"doc_count":1}]}})");
}

TEST_F(AggregationsTest, DateHistogramsFollowTheCalendarOfTheirZone) {
  EXPECT_EQ(
      run(R"({"h":{"date_histogram":{"field":"d","calendar_interval":"month"}}})"),
      R"({"h":{"buckets":[{"key_as_string":"2020-01-01T00:00:00.000Z","key":1577836800000,"doc_count":1},{"key_as_string":"2020-02-01T00:00:00.000Z","key":1580515200000,"doc_count":1}]}})");
  EXPECT_EQ(
      run(R"({"h":{"date_histogram":{"field":"d","calendar_interval":"month","keyed":true,"format":"yyyy-MM","time_zone":"Europe/Berlin"}}})"),
      R"({"h":{"buckets":{"2020-01":{"key_as_string":"2020-01","key":1577833200000,"doc_count":1},"2020-02":{"key_as_string":"2020-02","key":1580511600000,"doc_count":1}}}})");
  const auto answer =
      search("shop", R"({"size":0,"aggs":{"h":{"date_histogram":{"field":"d","fixed_interval":"10d","offset":"+1d"}}}})");
  EXPECT_EQ(answer["aggregations"]["h"]["buckets"].as_array().size(), 4U);
}

TEST_F(AggregationsTest, FiltersAndSingleBuckets) {
  EXPECT_EQ(
      run(R"({"f":{"filter":{"term":{"k":"a"}},"aggs":{"s":{"sum":{"field":"f"}}}},"m":{"missing":{"field":"n"}},"g":{"global":{}}})"),
      R"({"f":{"doc_count":2,"s":{"value":4.0}},"m":{"doc_count":1},"g":{"doc_count":3}})");
  EXPECT_EQ(run(R"({"f":{"filters":{"filters":{"x":{"term":{"k":"a"}}},"other_bucket":true}}})"),
            R"({"f":{"buckets":{"x":{"doc_count":2},"_other_":{"doc_count":1}}}})");
  EXPECT_EQ(run(R"({"f":{"filters":{"filters":[{"term":{"k":"a"}}]}}})"), R"({"f":{"buckets":[{"doc_count":2}]}})");
}

TEST_F(AggregationsTest, GlobalSeesWhatTheQueryDoesNot) {
  const auto answer = search(
      "shop",
      R"({"size":0,"query":{"term":{"k":"c"}},"aggs":{"t":{"terms":{"field":"k"}},"g":{"global":{},"aggs":{"v":{"value_count":{"field":"k"}}}}}})");
  EXPECT_EQ(
      base::JsonWriter().value(answer["aggregations"]).take(),
      R"({"t":{"doc_count_error_upper_bound":0,"sum_other_doc_count":0,"buckets":[{"key":"c","doc_count":1}]},"g":{"doc_count":3,"v":{"value":4}}})");
}

TEST_F(AggregationsTest, CompositePagesThroughAllKeys) {
  const std::string sources = R"("sources":[{"k":{"terms":{"field":"k"}}},{"n":{"histogram":{"field":"n","interval":2}}}])";
  EXPECT_EQ(
      run(R"({"c":{"composite":{)" + sources + "}}}"),
      R"({"c":{"after_key":{"k":"b","n":2.0},"buckets":[{"key":{"k":"a","n":0.0},"doc_count":1},{"key":{"k":"a","n":2.0},"doc_count":1},{"key":{"k":"b","n":2.0},"doc_count":1}]}})");
  EXPECT_EQ(run(R"({"c":{"composite":{"size":1,"after":{"k":"a","n":0},)" + sources + "}}}"),
            R"({"c":{"after_key":{"k":"a","n":2.0},"buckets":[{"key":{"k":"a","n":2.0},"doc_count":1}]}})");
  EXPECT_EQ(
      run(R"({"c":{"composite":{"size":1,"sources":[{"n":{"terms":{"field":"n","missing_bucket":true,"order":"desc","missing_order":"first"}}}]}}})"),
      R"({"c":{"after_key":{"n":null},"buckets":[{"key":{"n":null},"doc_count":1}]}})");
}

TEST_F(AggregationsTest, TopHitsShowTheBestOfEachBucket) {
  const auto answer = search(
      "shop",
      R"({"size":0,"aggs":{"k":{"terms":{"field":"k","size":1},"aggs":{"h":{"top_hits":{"size":1,"sort":[{"f":"desc"}],"_source":["n"]}}}}}})");
  const auto hits = answer["aggregations"]["k"]["buckets"].as_array();
  EXPECT_EQ(
      base::JsonWriter().value((*hits.begin())["h"]).take(),
      R"({"hits":{"total":{"value":2,"relation":"eq"},"max_score":null,"hits":[{"_index":"shop","_id":"2","_score":null,"_source":{"n":[2,3]},"sort":[2.5]}]}})");
}

TEST_F(AggregationsTest, PipelinesReadWhatOthersFound) {
  EXPECT_EQ(
      run(R"({"h":{"histogram":{"field":"n","interval":1},"aggs":{"s":{"sum":{"field":"n"}},"c":{"cumulative_sum":{"buckets_path":"s"}},"d":{"derivative":{"buckets_path":"s"}}}},"m":{"max_bucket":{"buckets_path":"h>s"}},"a":{"avg_bucket":{"buckets_path":"h._count"}}})",
          {{"typed_keys", "true"}}),
      R"({"histogram#h":{"buckets":[{"key":1.0,"doc_count":1,"sum#s":{"value":1.0},"simple_value#c":{"value":1.0}},{"key":2.0,"doc_count":1,"sum#s":{"value":5.0},"simple_value#c":{"value":6.0},"derivative#d":{"value":4.0}},{"key":3.0,"doc_count":1,"sum#s":{"value":5.0},"simple_value#c":{"value":11.0},"derivative#d":{"value":0.0}}]},"bucket_metric_value#m":{"value":5.0,"keys":["2.0","3.0"]},"simple_value#a":{"value":1.0}})");
}

TEST_F(AggregationsTest, SeveralIndicesAreOne) {
  create("more", R"({"mappings":{"properties":{"k":{"type":"keyword"},"n":{"type":"long"}}}})");
  add("more", {{"9", R"({"k":"a","n":7})"}});
  const auto answer = search(
      "shop,more",
      R"({"size":0,"aggs":{"k":{"terms":{"field":"k","size":1}},"n":{"max":{"field":"n"}},"i":{"terms":{"field":"_index"}}}})");
  EXPECT_EQ(
      base::JsonWriter().value(answer["aggregations"]).take(),
      R"({"k":{"doc_count_error_upper_bound":0,"sum_other_doc_count":2,"buckets":[{"key":"a","doc_count":3}]},"n":{"value":7.0},"i":{"doc_count_error_upper_bound":0,"sum_other_doc_count":0,"buckets":[{"key":"shop","doc_count":3},{"key":"more","doc_count":1}]}})");
}

TEST_F(AggregationsTest, AggregationsSeeTheUnionOfARetrieverTree) {
  const auto answer = search(
      "shop",
      R"({"size":1,"retriever":{"text_similarity_reranker":{"retriever":{"standard":{"query":{"match":{"t":"hello"}}}},"field":"t","inference_id":"fake","inference_text":"q","rank_window_size":1}},"aggs":{"k":{"terms":{"field":"k"}}}})");
  EXPECT_EQ(ids(answer).size(), 1U);
  EXPECT_EQ(base::JsonWriter().value(answer["aggregations"]["k"]["buckets"]).take(),
            R"([{"key":"a","doc_count":2},{"key":"b","doc_count":1}])");
}

TEST_F(AggregationsTest, ErrorsAreWordedAsOnARealNode) {
  EXPECT_EQ(reason(R"({"x":{}})"), "Missing definition for aggregation [x]");
  EXPECT_EQ(reason(R"({"x":{"term":{"field":"k"}}})"), "Unknown aggregation type [term] did you mean [terms]?");
  EXPECT_EQ(reason(R"({"x[]":{"avg":{"field":"n"}}})"),
            "Invalid aggregation name [x[]]. Aggregation names can contain any character except '[', ']', and '>'");
  EXPECT_EQ(reason(R"({"x":{"avg":{"field":"n"},"max":{"field":"n"}}})"),
            "Found two aggregation type definitions in [x]: [avg] and [max]");
  EXPECT_EQ(reason(R"({"x":{"avg":{"field":"n"},"aggs":{"y":{"avg":{"field":"n"}}}}})"),
            "Aggregator [x] of type [avg] cannot accept sub-aggregations");
  EXPECT_EQ(reason(R"({"x":{"avg":{}}})"), "Required one of fields [field, script], but none were specified. ");
  EXPECT_EQ(reason(R"({"x":{"avg":{"field":"k"}}})"), "Field [k] of type [keyword] is not supported for aggregation [avg]");
  EXPECT_EQ(reason(R"({"x":{"terms":{"field":"t"}}})").substr(0, 38), "Fielddata is disabled on [t] in [shop]");
  EXPECT_EQ(reason(R"({"x":{"terms":{"field":"k","size":0}}})"), "[size] must be greater than 0. Found [0] in [x]");
  EXPECT_EQ(reason(R"({"x":{"terms":{"field":"k","order":{"y":"asc"}}}})"),
            "Invalid aggregation order path [y]. Cannot find aggregation named [y]");
  EXPECT_EQ(reason(R"({"x":{"histogram":{"field":"n"}}})"), "interval must be positive, got: 0.0");
  EXPECT_EQ(reason(R"({"x":{"date_histogram":{"field":"d","calendar_interval":"2d"}}})"),
            "The supplied interval [2d] could not be parsed as a calendar interval.");
  EXPECT_EQ(reason(R"({"x":{"range":{"field":"n"}}})"), "No [ranges] specified for the [x] aggregation");
  EXPECT_EQ(reason(R"({"x":{"filters":{}}})"), "[filters] cannot be empty.");
  EXPECT_EQ(reason(R"({"x":{"max_bucket":{"buckets_path":"y>z"}}})"), "Validation Failed: 1: No aggregation found for path [y>z];");
}

TEST_F(AggregationsTest, TooManyBucketsAreRefused) {
  const auto error = search_error("shop", R"({"size":0,"aggs":{"x":{"date_histogram":{"field":"d","fixed_interval":"1ms"}}}})");
  EXPECT_EQ(error.code(), ErrorCode::kSearchPhaseExecution);
  ASSERT_NE(error.cause(), nullptr);
  EXPECT_EQ(error.cause()->code(), ErrorCode::kTooManyBuckets);
  EXPECT_EQ(
      error.cause()->reason(),
      "Trying to create too many buckets. Must be less than or equal to: [65536] but this number of buckets was exceeded. This "
      "limit can be set by changing the [search.max_buckets] cluster level setting.");
}

}  // namespace
}  // namespace selene::search
