#include "index/catalog/catalog.h"

#include <gtest/gtest.h>

#include <fstream>
#include <thread>

#include "index/catalog/index_blocks.h"
#include "index/engine/engine_fixture.h"

namespace selene::index {
namespace {

using base::ErrorCode;
using base::JsonDocument;

class CatalogTest : public testing::Test {
 protected:
  CatalogTest() { open(); }
  void open(Catalog::Options options = {}) {
    catalog_ = nullptr;  // the store stays open as long as an Index or Snapshot of it
    options.data_folder = folder_.path() / "data";
    auto catalog = Catalog::open(std::move(options));
    ASSERT_TRUE(catalog) << catalog.error().reason();
    catalog_ = std::move(*catalog);
  }
  base::Result<std::shared_ptr<Index>> create(std::string_view name, std::string_view body = "{}") {
    const auto json = JsonDocument::parse(body);
    EXPECT_TRUE(json) << body;
    return catalog_->create(name, json->root());
  }
  base::Status put_settings(std::string_view name, std::string_view body) {
    const auto json = JsonDocument::parse(body);
    EXPECT_TRUE(json) << body;
    return catalog_->put_settings(name, json->root());
  }
  /// Names joined by commas, or `error: ` and the reason.
  std::string resolve(std::string_view expression, const IndicesOptions& options = {}) const {
    const auto indices = catalog_->resolve(expression, options);
    if (!indices) return "error: " + indices.error().reason();
    std::string names;
    for (const auto& index : *indices) names += (names.empty() ? "" : ",") + index->name;
    return names;
  }
  void alias(std::string index, std::string name, std::optional<bool> write = {}) {
    AliasAction action;
    action.index = std::move(index);
    action.alias = std::move(name);
    action.info.is_write_index = write;
    const auto status = catalog_->update_aliases({action});
    ASSERT_TRUE(status) << status.error().reason();
  }

  TemporaryFolder folder_;
  std::unique_ptr<Catalog> catalog_;
};

TEST_F(CatalogTest, NamesAreCheckedWithElasticsearchsWords) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"Upper", "Invalid index name [Upper], must be lowercase"},
      {"_x", "Invalid index name [_x], must not start with '_', '-', or '+'"},
      {"a#b", "Invalid index name [a#b], must not contain '#'"},
      {"a:b", "Invalid index name [a:b], must not contain ':'"},
      {"..", "Invalid index name [..], must not be '.' or '..'"},
      {"a b", R"(Invalid index name [a b], must not contain the following characters ['\','/','*','?','"','<','>','|',' ',','])"},
      {std::string(256, 'a'), "Invalid index name [" + std::string(256, 'a') + "], index name is too long, (256 > 255)"},
  };
  for (const auto& [name, reason] : cases) {
    const auto index = create(name);
    ASSERT_FALSE(index) << name;
    EXPECT_EQ(index.error().code(), ErrorCode::kInvalidIndexName);
    EXPECT_EQ(index.error().reason(), reason);
  }
  EXPECT_TRUE(create("\xC3\xA9t\xC3\xA9"));
  EXPECT_FALSE(create("\xC3\x89t\xC3\xA9"));
}

TEST_F(CatalogTest, AnExistingNameIsRefusedWithItsUuid) {
  const auto index = create("i");
  ASSERT_TRUE(index);
  EXPECT_EQ((*index)->uuid.size(), 22U);
  const auto again = create("i");
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code(), ErrorCode::kResourceAlreadyExists);
  EXPECT_EQ(again.error().reason(), "index [i/" + (*index)->uuid + "] already exists");
}

TEST_F(CatalogTest, ResolutionTable) {
  for (const char* name : {"logs-1", "logs-2", "other", ".hidden"}) ASSERT_TRUE(create(name));
  ASSERT_TRUE(create("secret", R"({"settings":{"hidden":true}})"));
  alias("logs-1", "all-logs");
  alias("logs-2", "all-logs");
  IndicesOptions lenient;
  lenient.ignore_unavailable = true;
  IndicesOptions strict;
  strict.allow_no_indices = false;
  IndicesOptions hidden;
  hidden.expand_hidden = true;
  EXPECT_EQ(resolve(""), "logs-1,logs-2,other");
  EXPECT_EQ(resolve("_all"), "logs-1,logs-2,other");
  EXPECT_EQ(resolve("*", hidden), ".hidden,logs-1,logs-2,other,secret");
  EXPECT_EQ(resolve(".h*"), ".hidden");
  EXPECT_EQ(resolve("secret"), "secret");
  EXPECT_EQ(resolve("other,logs-*"), "other,logs-1,logs-2");
  EXPECT_EQ(resolve("logs-*,logs-1"), "logs-1,logs-2");
  EXPECT_EQ(resolve("logs-*,-logs-1"), "logs-2");
  EXPECT_EQ(resolve("*,-all-logs"), "other");
  EXPECT_EQ(resolve("all-logs"), "logs-1,logs-2");
  EXPECT_EQ(resolve("all-*"), "logs-1,logs-2");
  EXPECT_EQ(resolve("nothing*"), "");
  EXPECT_EQ(resolve("nothing*", strict), "error: no such index [nothing*]");
  EXPECT_EQ(resolve("missing"), "error: no such index [missing]");
  EXPECT_EQ(resolve("other,missing"), "error: no such index [missing]");
  EXPECT_EQ(resolve("other,missing", lenient), "other");
}

TEST_F(CatalogTest, ThereAreNoRemoteClusters) {
  ASSERT_TRUE(create("books"));
  IndicesOptions lenient;
  lenient.ignore_unavailable = true;
  for (const char* expression : {"far:books", "books,far:*", "far:b*,books", "*,-far:books"}) {
    EXPECT_EQ(resolve(expression), "error: no such remote cluster: [far]") << expression;
    EXPECT_EQ(resolve(expression, lenient), "error: no such remote cluster: [far]") << expression;
  }
  EXPECT_EQ(catalog_->resolve("far:books", {}).error().code(), base::ErrorCode::kNoSuchRemoteCluster);
  EXPECT_EQ(resolve("*:books"), "");
  EXPECT_EQ(resolve("books,*:books"), "books");
  EXPECT_EQ(resolve("missing::data"), "error: no such index [missing::data]");
}

TEST_F(CatalogTest, CountsOfAnIndexOutliveIt) {
  for (const char* const name : {"opened", "removed"}) {
    const auto index = create(name);
    ASSERT_TRUE(index);
    WriteOp op;
    op.id = "1";
    op.source = "{}";
    ASSERT_TRUE((*index)->engine->apply({&op, 1}).front());
  }
  EXPECT_EQ(catalog_->past_operations()[Operation::kIndex].total, 0);
  ASSERT_TRUE(catalog_->remove("removed"));
  EXPECT_EQ(catalog_->past_operations()[Operation::kIndex].total, 1);
  ASSERT_TRUE(catalog_->set_state("opened", IndexState::kClosed));
  ASSERT_TRUE(catalog_->set_state("opened", IndexState::kOpen));
  EXPECT_EQ(catalog_->past_operations()[Operation::kIndex].total, 2);
  EXPECT_EQ(catalog_->find("opened")->engine->counters().totals()[Operation::kIndex].total, 0);
}

TEST_F(CatalogTest, WritesGoThroughAnAliasToItsOneIndexOrItsWriteIndex) {
  ASSERT_TRUE(create("i1"));
  ASSERT_TRUE(create("i2"));
  alias("i1", "a");
  EXPECT_EQ((*catalog_->resolve_write("a", true))->name, "i1");
  alias("i2", "a");
  const auto none = catalog_->resolve_write("a", true);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code(), ErrorCode::kIllegalArgument);
  EXPECT_TRUE(
      none.error().reason().starts_with("no write index is defined for alias [a]. The write index may be explicitly disabled"));
  alias("i2", "a", true);
  EXPECT_EQ((*catalog_->resolve_write("a", true))->name, "i2");
  alias("i1", "only", false);
  EXPECT_FALSE(catalog_->resolve_write("only", true));
  EXPECT_EQ((*catalog_->resolve_write("new", true))->name, "new");
  EXPECT_EQ(catalog_->resolve_write("newer", false).error().code(), ErrorCode::kIndexNotFound);
}

TEST_F(CatalogTest, ClosedIndicesAnswerOnlyToWhoeverAllowsThem) {
  ASSERT_TRUE(create("a1"));
  ASSERT_TRUE(create("a2"));
  ASSERT_TRUE(catalog_->set_state("a1", IndexState::kClosed));
  EXPECT_EQ(catalog_->set_state("missing", IndexState::kClosed).error().code(), ErrorCode::kIndexNotFound);
  IndicesOptions allowed;
  allowed.closed = IndicesOptions::Closed::kAllowed;
  IndicesOptions closed_only = allowed;
  closed_only.expand_open = false;
  closed_only.expand_closed = true;
  IndicesOptions lenient;
  lenient.ignore_unavailable = true;
  EXPECT_EQ(resolve("a*"), "a2");
  EXPECT_EQ(resolve("a1"), "error: closed");
  EXPECT_EQ(resolve("a1,a2", lenient), "a2");
  EXPECT_EQ(resolve("a1", allowed), "a1");
  EXPECT_EQ(resolve("a*", closed_only), "a1");
  open();
  EXPECT_EQ(catalog_->find("a1")->state, IndexState::kClosed);
  EXPECT_EQ(catalog_->find("a1")->settings.flat.at("index.verified_before_close"), "true");
}

TEST_F(CatalogTest, AReopenedIndexHasItsDocumentsAndTheSettingsMadeMeanwhile) {
  const auto index = create("i");
  const WriteOp op = make_index_op("1", R"({"t":"x"})");
  ASSERT_TRUE((*index)->engine->apply({&op, 1})[0]);
  ASSERT_TRUE(catalog_->set_state("i", IndexState::kClosed));
  EXPECT_FALSE(put_settings("i", R"({"index.uuid":"x"})"));
  EXPECT_FALSE(put_settings("i", R"({"analysis":{"analyzer":{"bad":{"type":"nonsense"}}}})"));
  ASSERT_TRUE(put_settings("i", R"({"analysis":{"analyzer":{"mine":{"type":"keyword"}}}})"));
  ASSERT_TRUE(catalog_->set_state("i", IndexState::kOpen));
  const auto again = catalog_->find("i");
  EXPECT_NE(again->engine->mapping()->analyzers()->find("mine"), nullptr);
  EXPECT_TRUE((*again->engine->get("1")).has_value());
  EXPECT_EQ(again->engine->snapshot()->num_docs(), 1);
  const WriteOp second = make_index_op("2", "{}");
  EXPECT_EQ((*again->engine->apply({&second, 1})[0]).seq_no, 1);
}

TEST_F(CatalogTest, BlocksForbidWhatTheySay) {
  const auto index = create("i", R"({"settings":{"blocks.write":true}})");
  EXPECT_EQ(check_blocks(**index, BlockLevel::kWrite).error().reason(), "index [i] blocked by: [FORBIDDEN/8/index write (api)];");
  EXPECT_TRUE(check_blocks(**index, BlockLevel::kRead));
  EXPECT_TRUE(check_blocks(**index, BlockLevel::kDelete));
  ASSERT_TRUE(put_settings("i", R"({"blocks.write":false,"blocks.read_only_allow_delete":true})"));
  EXPECT_EQ(check_blocks(*catalog_->find("i"), BlockLevel::kWrite).error().code(), ErrorCode::kFloodStage);
  EXPECT_TRUE(check_blocks(*catalog_->find("i"), BlockLevel::kDelete));
  ASSERT_TRUE(put_settings("i", R"({"blocks.read_only":true})"));
  EXPECT_EQ(check_blocks(*catalog_->find("i"), BlockLevel::kMetadataWrite).error().code(), ErrorCode::kClusterBlock);
  EXPECT_FALSE(check_blocks(*catalog_->find("i"), BlockLevel::kDelete));
}

TEST_F(CatalogTest, AliasesSayMoreThanAFilter) {
  ASSERT_TRUE(create("i", R"({"aliases":{"a":{"routing":1,"is_hidden":true},"b":{"index_routing":"x","search_routing":"y"}}})"));
  open();
  const auto aliases = catalog_->aliases_of("i");
  EXPECT_EQ(aliases.at("a").index_routing, "1");
  EXPECT_EQ(aliases.at("a").search_routing, "1");
  EXPECT_EQ(aliases.at("a").is_hidden, true);
  EXPECT_EQ(aliases.at("b").index_routing, "x");
  EXPECT_EQ(aliases.at("b").search_routing, "y");
  EXPECT_FALSE(create("j", R"({"aliases":{"a":{"is_write_index":"yes"}}})"));
}

TEST_F(CatalogTest, AliasChangesAreAllOrNothingAndDurable) {
  ASSERT_TRUE(create("i1", R"({"aliases":{"first":{"filter":{"term":{"a":1}}}}})"));
  EXPECT_EQ(catalog_->aliases_of("i1").at("first").filter, R"({"term":{"a":1}})");
  AliasAction add;
  add.index = "i1";
  add.alias = "second";
  AliasAction remove;
  remove.type = AliasAction::Type::kRemove;
  remove.index = "i1";
  remove.alias = "missing";
  const auto failed = catalog_->update_aliases({add, remove});
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code(), ErrorCode::kAliasesNotFound);
  EXPECT_EQ(catalog_->aliases_of("i1").size(), 1U);
  remove.alias = "first";
  ASSERT_TRUE(catalog_->update_aliases({add, remove}));
  open();
  EXPECT_EQ(catalog_->aliases_of("i1").size(), 1U);
  EXPECT_EQ(resolve("second"), "i1");
  EXPECT_FALSE(create("second"));
  add.alias = "i1";
  EXPECT_EQ(catalog_->update_aliases({add}).error().code(), ErrorCode::kInvalidAliasName);
}

TEST_F(CatalogTest, SettingsComeNestedDottedPrefixedOrBare) {
  auto index =
      create("i", R"({"settings":{"index":{"number_of_replicas":0,"mapping":{"total_fields":{"limit":5}}},"refresh_interval":"5s",
                                     "index.max_result_window":"77","query.default_field":["a","b"]}})");
  ASSERT_TRUE(index) << index.error().reason();
  const auto check = [](const IndexSettings& settings) {
    EXPECT_EQ(settings.number_of_replicas, 0);
    EXPECT_EQ(settings.refresh_interval_ms, 5000);
    EXPECT_EQ(settings.max_result_window, 77);
    EXPECT_EQ(settings.total_fields_limit, 5);
    EXPECT_EQ(settings.query_default_field, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(settings.flat.at("index.number_of_shards"), "1");
    EXPECT_EQ(settings.flat.at("index.provided_name"), "i");
  };
  check((*index)->settings);
  *index = nullptr;
  open();
  check(catalog_->find("i")->settings);
}

TEST_F(CatalogTest, BadSettingsAreRefused) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"({"settings":{"index.foo":1}})",
       "unknown setting [index.foo] please check that any required plugins are installed, or check the breaking changes "
       "documentation for removed "
       "settings"},
      {R"({"settings":{"number_of_replicas":-1}})",
       "Failed to parse value [-1] for setting [index.number_of_replicas] must be >= 0"},
      {R"({"settings":{"number_of_shards":"x"}})", "Failed to parse value [x] for setting [index.number_of_shards]"},
      {R"({"settings":{"hidden":"maybe"}})", "Failed to parse value [maybe] as only [true] or [false] are allowed."},
      {R"({"settings":{"uuid":"x"}})", "Validation Failed: 1: private index setting [index.uuid] can not be set explicitly;"},
      {R"({"setings":{}})", "unknown key [setings] for create index"},
  };
  for (const auto& [body, reason] : cases) {
    const auto index = create("i", body);
    ASSERT_FALSE(index) << body;
    EXPECT_EQ(index.error().reason(), reason);
  }
  EXPECT_TRUE(catalog_->all().empty());
}

TEST_F(CatalogTest, OnlyDynamicSettingsChangeLater) {
  const std::string uuid = (*create("i"))->uuid;
  const auto fixed = put_settings("i", R"({"index":{"number_of_shards":2}})");
  ASSERT_FALSE(fixed);
  EXPECT_EQ(fixed.error().reason(),
            "Can't update non dynamic settings [[index.number_of_shards]] for open indices [[i/" + uuid + "]]");
  ASSERT_TRUE(put_settings("i", R"({"refresh_interval":"-1"})"));
  EXPECT_EQ(catalog_->find("i")->settings.refresh_interval_ms, -1);
  open();
  EXPECT_EQ(catalog_->find("i")->settings.refresh_interval_ms, -1);
  ASSERT_TRUE(put_settings("i", R"({"refresh_interval":null})"));
  EXPECT_EQ(catalog_->find("i")->settings.refresh_interval_ms, 1000);
  EXPECT_EQ(put_settings("missing", "{}").error().code(), ErrorCode::kIndexNotFound);
}

TEST_F(CatalogTest, AnalysisSettingsReachTheMapping) {
  auto index = create(
      "i", R"({"settings":{"analysis":{"analyzer":{"mine":{"type":"custom","tokenizer":"whitespace","filter":["lowercase"]}}}},
                                     "mappings":{"properties":{"t":{"type":"text","analyzer":"mine"}}}})");
  ASSERT_TRUE(index) << index.error().reason();
  *index = nullptr;
  open();
  ASSERT_NE(catalog_->find("i"), nullptr);
  EXPECT_EQ(catalog_->find("i")->engine->mapping()->find("t")->analyzer->name(), "mine");
}

TEST_F(CatalogTest, ABadMappingLeavesNoIndex) {
  EXPECT_FALSE(create("i", R"({"mappings":{"properties":{"f":{"type":"nonsense"}}}})"));
  EXPECT_EQ(catalog_->find("i"), nullptr);
  open();
  EXPECT_TRUE(catalog_->all().empty());
}

TEST_F(CatalogTest, ARemovedIndexLeavesNothingAndANewOneStartsEmpty) {
  const auto index = create("i");
  ASSERT_TRUE(index);
  const WriteOp op = make_index_op("1", R"({"a":1})");
  ASSERT_TRUE((*index)->engine->apply({&op, 1})[0]);
  ASSERT_TRUE((*index)->engine->flush());
  const auto snapshot = (*index)->engine->snapshot();
  ASSERT_TRUE(catalog_->remove("i"));
  EXPECT_EQ(catalog_->remove("i").error().code(), ErrorCode::kIndexNotFound);
  EXPECT_FALSE((*index)->engine->apply({&op, 1})[0]);
  EXPECT_TRUE(snapshot->document(0)) << "a search that runs goes on";
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path() / "data" / "indices"));
  const auto again = create("i");
  ASSERT_TRUE(again);
  EXPECT_NE((*again)->uuid, (*index)->uuid);
  EXPECT_FALSE(*(*again)->engine->get("1"));
  EXPECT_EQ((*(*again)->engine->apply({&op, 1})[0]).seq_no, 0);
}

TEST_F(CatalogTest, LeftoversOfACrashAreRemovedAtOpen) {
  catalog_ = nullptr;
  std::filesystem::create_directories(folder_.path() / "data" / "indices" / "half-made");
  open();
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path() / "data" / "indices"));
}

TEST_F(CatalogTest, ASecondOwnerIsRefused) {
  const auto second = Catalog::open({.data_folder = folder_.path() / "data"});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code(), ErrorCode::kIllegalState);
  EXPECT_EQ(second.error().reason(), "data folder [" + (folder_.path() / "data").string() + "] is locked by another process");
}

TEST_F(CatalogTest, ANewerFormatIsRefused) {
  catalog_ = nullptr;
  std::ofstream(folder_.path() / "data" / "format", std::ios::trunc) << "selene data 2\n";
  const auto newer = Catalog::open({.data_folder = folder_.path() / "data"});
  ASSERT_FALSE(newer);
  EXPECT_EQ(newer.error().code(), ErrorCode::kIllegalState);
  EXPECT_NE(newer.error().reason().find("newer version"), std::string::npos);
}

TEST_F(CatalogTest, RecordsOfUpperLayersAreDurableAndApart) {
  ASSERT_TRUE(catalog_->put_record("endpoint", "a", "1"));
  ASSERT_TRUE(catalog_->put_record("endpoint", "b", std::string_view("\0x", 2)));
  ASSERT_TRUE(catalog_->put_record("endpoints", "c", "3"));
  const std::string uuid = catalog_->cluster_uuid();
  open();
  EXPECT_EQ(catalog_->cluster_uuid(), uuid);
  EXPECT_EQ(*catalog_->records("endpoint"), (std::map<std::string, std::string>{{"a", "1"}, {"b", std::string("\0x", 2)}}));
  ASSERT_TRUE(catalog_->remove_record("endpoint", "a"));
  EXPECT_EQ(catalog_->records("endpoint")->size(), 1U);
}

TEST_F(CatalogTest, ShownDocumentsAreKeptUpToTheSizeOfTheirCache) {
  ASSERT_TRUE(create("i"));
  const WriteOp op = make_index_op("1", R"({"a":"b"})");
  ASSERT_TRUE(catalog_->find("i")->engine->apply({&op, 1})[0]);
  const auto show = [&] {
    ASSERT_TRUE(catalog_->find("i")->engine->refresh());
    const DocId doc = 0;
    ASSERT_TRUE(catalog_->find("i")->engine->snapshot()->documents({&doc, 1}));
  };
  show();
  EXPECT_GT(catalog_->memory().document_cache_bytes, 0);
  Catalog::Options none;
  none.document_cache_bytes = 0;
  open(none);
  show();
  EXPECT_EQ(catalog_->memory().document_cache_bytes, 0);
}

TEST_F(CatalogTest, BackgroundRefreshMakesWritesVisible) {
  const auto index = create("i", R"({"settings":{"refresh_interval":"1ms"}})");
  ASSERT_TRUE(index);
  const WriteOp op = make_index_op("1", "{}");
  ASSERT_TRUE((*index)->engine->apply({&op, 1})[0]);
  // The thread's own clock decides when; the limit only ends a test that failed.
  for (int i = 0; i < 1000 && (*index)->engine->snapshot()->num_docs() == 0; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_EQ((*index)->engine->snapshot()->num_docs(), 1);
}

}  // namespace
}  // namespace selene::index
