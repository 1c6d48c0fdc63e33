#include "ingest/document_service.h"

#include <gtest/gtest.h>

#include <map>

#include "index/catalog/index_templates.h"

namespace selene::ingest {
namespace {

using base::Error;
using base::ErrorCode;
using index::OpType;
using index::WriteOutcome;
using index::WriteResult;
using Type = DocumentAction::Type;

/// Keeps documents in a map; versions and sequence numbers as an engine gives them. Counts its batches.
class FakeEngine final : public index::IndexEngine {
 public:
  std::vector<base::Result<WriteResult>> apply(std::span<const index::WriteOp> ops) override {
    ++num_batches;
    std::vector<base::Result<WriteResult>> results;
    for (const index::WriteOp& op : ops) results.push_back(apply_one(op));
    return results;
  }
  base::Result<std::optional<index::StoredDocument>> get(std::string_view id) const override {
    const auto it = documents.find(id);
    return it == documents.end() ? std::optional<index::StoredDocument>() : std::optional(it->second);
  }
  base::Status refresh() override {
    ++num_refreshes;
    return {};
  }
  base::Status flush() override { return {}; }
  base::Status force_merge(int32_t) override { return {}; }
  std::shared_ptr<const index::Snapshot> snapshot() const override { return nullptr; }
  std::shared_ptr<const index::Mapping> mapping() const override {
    return index::Mapping::empty(index::AnalyzerRegistry::create({}).value());
  }
  base::Status put_mapping(base::JsonValue) override { return {}; }
  index::EngineStats stats() const override { return {}; }

  std::map<std::string, index::StoredDocument, std::less<>> documents;
  int num_batches = 0;
  int num_refreshes = 0;
  int conflicts_to_come = 0;  ///< compare-and-write operations that fail before one passes

 private:
  base::Result<WriteResult> apply_one(const index::WriteOp& op) {
    const auto it = documents.find(op.id);
    const bool exists = it != documents.end();
    if (op.source == "fail") return Error(ErrorCode::kDocumentParsing, "failed to parse");
    if (op.type == OpType::kCreate && exists) return Error(ErrorCode::kVersionConflict, "document already exists");
    if (op.if_seq_no && conflicts_to_come > 0) {
      --conflicts_to_come;
      return Error(ErrorCode::kVersionConflict, "conflict");
    }
    if (op.if_seq_no && (!exists || it->second.seq_no != *op.if_seq_no)) return Error(ErrorCode::kVersionConflict, "conflict");
    const int64_t version = exists ? it->second.version + 1 : 1;
    const int64_t seq_no = next_seq_no_++;
    if (op.type == OpType::kDelete) {
      documents.erase(op.id);
      return WriteResult{exists ? WriteOutcome::kDeleted : WriteOutcome::kNotFound, version, seq_no, 1};
    }
    documents[op.id] = {op.id, std::string(op.source), op.routing, {}, version, seq_no, 1};
    return WriteResult{exists ? WriteOutcome::kUpdated : WriteOutcome::kCreated, version, seq_no, 1};
  }
  int64_t next_seq_no_ = 0;
};

/// Indices with fake engines; one alias, "alias" -> "a".
class FakeCatalog final : public index::Catalog {
 public:
  FakeEngine& engine(const std::string& name) { return static_cast<FakeEngine&>(*indices_.at(name)->engine); }
  bool has(const std::string& name) const { return indices_.contains(name); }

  base::Result<std::shared_ptr<index::Index>> create(std::string_view name, base::JsonValue) override {
    auto made = std::make_shared<index::Index>();
    made->name = name;
    made->uuid = "uuid";
    made->engine = std::make_shared<FakeEngine>();
    indices_[std::string(name)] = made;
    return made;
  }
  base::Result<std::shared_ptr<index::Index>> resolve_write(std::string_view name, bool auto_create) override {
    const auto it = indices_.find(name == "alias" ? "a" : name);
    if (it != indices_.end()) return it->second;
    if (auto_create) return create(name, {});
    return Error(ErrorCode::kIndexNotFound, "no such index [{}]", name);
  }
  std::shared_ptr<index::Index> find(std::string_view name) const override {
    const auto it = indices_.find(name);
    return it == indices_.end() ? nullptr : it->second;
  }
  base::Status remove(std::string_view) override { return {}; }
  base::Status put_settings(std::string_view, base::JsonValue) override { return {}; }
  base::Result<std::vector<std::shared_ptr<index::Index>>> resolve(std::string_view, const index::IndicesOptions&) const override {
    return std::vector<std::shared_ptr<index::Index>>();
  }
  std::vector<std::shared_ptr<index::Index>> all() const override { return {}; }
  base::Status update_aliases(const std::vector<index::AliasAction>&) override { return {}; }
  base::Status set_state(std::string_view, index::IndexState) override { return {}; }
  index::IndexTemplates& templates() override {
    if (templates_ == nullptr) templates_ = *index::IndexTemplates::load(*this);
    return *templates_;
  }
  std::map<std::string, index::AliasInfo> aliases_of(std::string_view) const override { return {}; }
  std::vector<std::string> alias_filters(std::string_view, std::string_view) const override { return {}; }
  base::Status put_record(std::string_view, std::string_view, std::string_view) override { return {}; }
  base::Status remove_record(std::string_view, std::string_view) override { return {}; }
  base::Result<std::map<std::string, std::string>> records(std::string_view) const override {
    return std::map<std::string, std::string>();
  }
  base::Status copy_to(const std::filesystem::path&) override { return {}; }
  std::vector<std::string> recovery_notes() const override { return {}; }
  base::Status verify_store() const override { return {}; }
  index::CatalogMemory memory() const override { return {}; }
  index::OperationTotals past_operations() const override { return {}; }
  const std::string& cluster_uuid() const override { return uuid_; }
  void close() override {}

 private:
  std::map<std::string, std::shared_ptr<index::Index>, std::less<>> indices_;
  std::string uuid_ = "cluster";
  std::unique_ptr<index::IndexTemplates> templates_;
};

DocumentAction action(Type type, std::string index, std::string id, std::string_view body = "{}") {
  DocumentAction out;
  out.type = type;
  out.index = std::move(index);
  out.id = std::move(id);
  out.body = body;
  return out;
}

class DocumentServiceTest : public testing::Test {
 protected:
  auto apply(const std::vector<DocumentAction>& actions, RefreshPolicy refresh = RefreshPolicy::kNone) {
    return service_.apply(actions, refresh);
  }
  FakeCatalog catalog_;
  DocumentService service_{catalog_};
};

TEST_F(DocumentServiceTest, OneBatchAnIndexAndAnswersInOrder) {
  const auto outcomes = apply({action(Type::kIndex, "a", "1"), action(Type::kIndex, "b", "1"), action(Type::kIndex, "a", "2"),
                               action(Type::kDelete, "b", "1")});
  ASSERT_EQ(outcomes.size(), 4u);
  EXPECT_EQ(outcomes[1]->index, "b");
  EXPECT_EQ(outcomes[2]->id, "2");
  EXPECT_EQ(outcomes[3]->result, DocumentOutcome::Result::kDeleted);
  EXPECT_EQ(catalog_.engine("a").num_batches, 1);
  EXPECT_EQ(catalog_.engine("b").num_batches, 1);
}

TEST_F(DocumentServiceTest, FailingActionLeavesItsNeighboursAlone) {
  const auto outcomes =
      apply({action(Type::kIndex, "a", "1"), action(Type::kIndex, "a", "2", "fail"), action(Type::kIndex, "a", "3")});
  EXPECT_TRUE(outcomes[0].has_value());
  EXPECT_EQ(outcomes[1].error().code(), ErrorCode::kDocumentParsing);
  EXPECT_TRUE(outcomes[2].has_value());
}

TEST_F(DocumentServiceTest, MissingIdIsMadeUp) {
  const auto outcomes = apply({action(Type::kIndex, "a", ""), action(Type::kCreate, "a", "")});
  EXPECT_EQ(outcomes[0]->id.size(), 20u);
  EXPECT_NE(outcomes[0]->id, outcomes[1]->id);
}

TEST_F(DocumentServiceTest, UpdateSeesTheActionsBeforeIt) {
  const auto outcomes = apply({action(Type::kIndex, "a", "1", R"({"x":1})"), action(Type::kUpdate, "a", "1", R"({"doc":{"y":2}})"),
                               action(Type::kUpdate, "a", "1", R"({"doc":{"y":2}})")});
  EXPECT_EQ(outcomes[1]->result, DocumentOutcome::Result::kUpdated);
  EXPECT_EQ(outcomes[1]->version, 2);
  EXPECT_EQ(outcomes[2]->result, DocumentOutcome::Result::kNoop);
  EXPECT_EQ(outcomes[2]->version, 2);
  EXPECT_EQ(catalog_.engine("a").documents.at("1").source, R"({"x":1,"y":2})");
}

TEST_F(DocumentServiceTest, UpdateOfAMissingDocumentNamesTheShard) {
  const auto outcomes = apply({action(Type::kUpdate, "a", "1", R"({"doc":{}})")});
  ASSERT_FALSE(outcomes[0].has_value());
  EXPECT_EQ(outcomes[0].error().code(), ErrorCode::kDocumentMissing);
  const auto& metadata = outcomes[0].error().metadata();
  ASSERT_EQ(metadata.size(), 3u);
  EXPECT_EQ(metadata[2], (std::pair<std::string, std::string>("index", "\"a\"")));
}

TEST_F(DocumentServiceTest, ConflictingUpdateIsTriedAgainAsOftenAsAsked) {
  apply({action(Type::kIndex, "a", "1", R"({"x":1})")});
  DocumentAction update = action(Type::kUpdate, "a", "1", R"({"doc":{"x":2}})");
  update.retry_on_conflict = 2;
  catalog_.engine("a").conflicts_to_come = 2;
  EXPECT_EQ(apply({update})[0]->result, DocumentOutcome::Result::kUpdated);
  catalog_.engine("a").conflicts_to_come = 3;
  update.body = R"({"doc":{"x":3}})";
  EXPECT_EQ(apply({update})[0].error().code(), ErrorCode::kVersionConflict);
}

TEST_F(DocumentServiceTest, UpdateKeepsTheRoutingAndShowsTheAskedSource) {
  DocumentAction first = action(Type::kIndex, "a", "1", R"({"x":1,"z":0})");
  first.routing = "r";
  DocumentAction update = action(Type::kUpdate, "a", "1", R"({"doc":{"x":2},"_source":["x"]})");
  const auto outcomes = apply({first, update});
  EXPECT_EQ(outcomes[1]->get_source, R"({"x":2})");
  EXPECT_EQ(catalog_.engine("a").documents.at("1").routing, "r");
}

TEST_F(DocumentServiceTest, DeleteCreatesNoIndex) {
  EXPECT_EQ(apply({action(Type::kDelete, "a", "1")})[0].error().code(), ErrorCode::kIndexNotFound);
  EXPECT_FALSE(catalog_.has("a"));
}

TEST_F(DocumentServiceTest, AutoCreateRuleIsKept) {
  service_.set_auto_create_rule([](std::string_view name) { return name == "b"; });
  const auto outcomes = apply({action(Type::kIndex, "a", "1"), action(Type::kIndex, "b", "1")});
  EXPECT_EQ(outcomes[0].error().reason(), "no such index [a] and [action.auto_create_index] forbids creating it");
  EXPECT_TRUE(outcomes[1].has_value());
}

TEST_F(DocumentServiceTest, RequireAliasRefusesAConcreteIndex) {
  apply({action(Type::kIndex, "a", "1")});
  DocumentAction by_name = action(Type::kIndex, "a", "2");
  by_name.require_alias = true;
  DocumentAction by_alias = by_name;
  by_alias.index = "alias";
  const auto outcomes = apply({by_name, by_alias});
  EXPECT_EQ(outcomes[0].error().code(), ErrorCode::kIndexNotFound);
  EXPECT_EQ(outcomes[1]->index, "a");
}

TEST_F(DocumentServiceTest, RefreshHappensOncePerWrittenIndex) {
  const auto outcomes = apply({action(Type::kIndex, "a", "1"), action(Type::kIndex, "a", "2")}, RefreshPolicy::kImmediate);
  EXPECT_EQ(catalog_.engine("a").num_refreshes, 1);
  EXPECT_TRUE(outcomes[0]->forced_refresh);
  EXPECT_FALSE(apply({action(Type::kIndex, "a", "3")}, RefreshPolicy::kWaitFor)[0]->forced_refresh);
  EXPECT_EQ(catalog_.engine("a").num_refreshes, 2);
}

TEST_F(DocumentServiceTest, BulkIsCheckedToItsEndBeforeItsFirstActionIsApplied) {
  int done = 0;
  const auto count = [&](const DocumentAction&, const base::Result<DocumentOutcome>&) { ++done; };
  const base::Status status =
      service_.apply_bulk("{\"index\":{\"_id\":\"1\"}}\n{}\n[]\n", {"a", "", false, nullptr}, RefreshPolicy::kNone, count);
  EXPECT_EQ(status.error().code(), ErrorCode::kIllegalArgument);
  EXPECT_EQ(done, 0);
  EXPECT_FALSE(catalog_.has("a"));
}

TEST_F(DocumentServiceTest, LongBulkIsAppliedInChunksAndRefreshedOnce) {
  std::string body;
  for (int i = 0; i < 45000; ++i) body += "{\"index\":{}}\n{}\n";
  int done = 0;
  const auto count = [&](const DocumentAction&, const base::Result<DocumentOutcome>& outcome) {
    done += outcome.has_value() ? 1 : 0;
  };
  EXPECT_TRUE(service_.apply_bulk(body, {"a", "", false, nullptr}, RefreshPolicy::kImmediate, count).has_value());
  EXPECT_EQ(done, 45000);
  EXPECT_EQ(catalog_.engine("a").num_batches, 3);
  EXPECT_EQ(catalog_.engine("a").num_refreshes, 1);
}

}  // namespace
}  // namespace selene::ingest
