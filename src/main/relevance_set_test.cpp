#include "main/relevance_set.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "base/random_id.h"

namespace selene::main {
namespace {

class RelevanceSetTest : public testing::Test {
 protected:
  RelevanceSetTest() : folder_(std::filesystem::temp_directory_path() / base::random_uuid()) {
    std::filesystem::create_directories(folder_);
  }
  ~RelevanceSetTest() override { std::filesystem::remove_all(folder_); }
  void write(const std::string& name, std::string_view text) const { std::ofstream(folder_ / name) << text; }

  std::filesystem::path folder_;
};

TEST_F(RelevanceSetTest, ReadsDocumentsQueriesAndGrades) {
  write("corpus.jsonl", "{\"_id\":\"d1\",\"title\":\"T\",\"text\":\"x\"}\n\n{\"_id\":\"d2\",\"title\":\"\",\"text\":\"y\"}\n");
  write("queries.jsonl", "{\"_id\":\"q1\",\"text\":\"a\"}\n{\"_id\":\"q2\",\"text\":\"b\"}\n{\"_id\":\"q3\",\"text\":\"c\"}\n");
  write("qrels.tsv", "query-id\tcorpus-id\tscore\nq1\td1\t2\nq2\td2\t0\n");
  const auto set = RelevanceSet::load(folder_);
  ASSERT_TRUE(set.has_value());
  ASSERT_EQ(set->documents.size(), 2u);
  EXPECT_EQ(set->documents[0].text, "T. x");
  EXPECT_EQ(set->documents[1].text, "y");
  ASSERT_EQ(set->queries.size(), 1u);  // q2 has no relevant document, q3 no judgement
  EXPECT_EQ(set->queries[0].id, "q1");
  EXPECT_EQ(set->judgements.at("q1").at("d1"), 2);
}

TEST_F(RelevanceSetTest, BadLinesAreNamed) {
  write("corpus.jsonl", "{\"_id\":\"d1\"}\n");
  write("queries.jsonl", "");
  write("qrels.tsv", "");
  EXPECT_NE(RelevanceSet::load(folder_).error().reason().find("corpus.jsonl:1]"), std::string::npos);
  write("corpus.jsonl", "");
  write("qrels.tsv", "heading\nq1\td1\tx\n");
  EXPECT_NE(RelevanceSet::load(folder_).error().reason().find("qrels.tsv:2]"), std::string::npos);
}

TEST(NdcgTest, PerfectOrderIsOneAndLaterRanksCountLess) {
  const RelevanceSet::Grades grades = {{"a", 2}, {"b", 1}, {"c", 0}};
  const std::vector<std::string> perfect = {"a", "b", "c"};
  EXPECT_DOUBLE_EQ(ndcg(perfect, grades, 10), 1.0);
  const std::vector<std::string> swapped = {"b", "a"};
  const double best = 3.0 + 1.0 / std::log2(3.0);
  EXPECT_DOUBLE_EQ(ndcg(swapped, grades, 10), (1.0 + 3.0 / std::log2(3.0)) / best);
  const std::vector<std::string> late = {"x", "y", "a"};
  EXPECT_DOUBLE_EQ(ndcg(late, grades, 2), 0.0);
}

TEST(KendallTauTest, CountsPairsInTheSameAndInOppositeOrder) {
  const std::vector<std::string> a = {"a", "b", "c", "d"};
  const std::vector<std::string> reversed = {"d", "c", "b", "a"};
  const std::vector<std::string> neighbours_swapped = {"b", "a", "c", "d"};
  EXPECT_DOUBLE_EQ(kendall_tau(a, a), 1.0);
  EXPECT_DOUBLE_EQ(kendall_tau(a, reversed), -1.0);
  EXPECT_DOUBLE_EQ(kendall_tau(a, neighbours_swapped), 4.0 / 6.0);  // 5 pairs agree, 1 does not
}

TEST(KendallTauTest, DocumentsOfOneRankingOnlyDoNotCount) {
  const std::vector<std::string> a = {"x", "a", "b"};
  const std::vector<std::string> b = {"a", "y", "b"};
  EXPECT_DOUBLE_EQ(kendall_tau(a, b), 1.0);
  EXPECT_DOUBLE_EQ(kendall_tau(a, {}), 1.0);
}

}  // namespace
}  // namespace selene::main
