// The tables themselves: create, describe, list, delete, restart.
#include "table/operation/tables.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "table/operation/table_test_fixture.h"

namespace gatehouse::table {
namespace {

using Names = std::vector<std::string>;

class TablesTest : public TableTest {};
INSTANTIATE_TEST_SUITE_P(Stores, TablesTest, kAllKinds);

TEST_P(TablesTest, ATableCanBeUsedOnceItIsCreated) {
  auto created = Create(Definition("chat"));
  ASSERT_TRUE(created) << created.error().message;
  EXPECT_EQ(*created, Definition("chat"));
  EXPECT_EQ(*tables_->DescribeTable("chat"), Definition("chat"));
  EXPECT_TRUE(Put("chat", {{"id", "a"}}));
}

TEST_P(TablesTest, WrongDefinitionsAreRefusedInsideTheCall) {
  bool answered = false;
  tables_->CreateTable({}, executor_, [&](Result<TableDefinition> result) {
    answered = true;
    EXPECT_EQ(result.error().code, ErrorCode::kInvalidArgument);
  });
  EXPECT_TRUE(answered);
}

TEST_P(TablesTest, ANameIsTakenOnce) {
  ASSERT_TRUE(Create(Definition("chat")));
  auto again = Create(Definition("chat"));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kConflict);
  EXPECT_EQ(again.error().message, "Table already exists: chat");
}

TEST_P(TablesTest, AnUpdateKeepsKeysIdAndItems) {
  auto update = [&](TableDefinition definition) -> Result<TableDefinition> {
    auto difference = DifferenceOf(*tables_->DescribeTable("chat"), definition);
    if (!difference) return difference.error();
    return Wait<TableDefinition>(
        [&](auto done) { tables_->UpdateTable(*difference, executor_, std::move(done)); });
  };
  TableDefinition first = Definition("chat");
  first.table_id = "an-id";
  ASSERT_TRUE(Create(first));
  ASSERT_TRUE(Put("chat", {{"id", "a"}}));
  TableDefinition wanted = Definition("chat");
  wanted.billing_mode = BillingMode::kPayPerRequest;
  wanted.provisioned_throughput.reset();
  wanted.deletion_protection_enabled = true;
  auto updated = update(wanted);
  ASSERT_TRUE(updated) << updated.error().message;
  EXPECT_EQ(updated->table_id, "an-id");
  EXPECT_EQ(tables_->DescribeTable("chat")->billing_mode, BillingMode::kPayPerRequest);
  EXPECT_FALSE(Drop("chat"));
  EXPECT_TRUE(**Get("chat", {{"id", "a"}}) == (Item{{"id", "a"}}));
  EXPECT_EQ(update(Definition("chat", ScalarType::kString, ScalarType::kNumber)).error().message,
            "the keys of a table cannot be changed");
  EXPECT_EQ(update(Definition("chat", ScalarType::kNumber)).error().code,
            ErrorCode::kInvalidArgument);
}

TEST_P(TablesTest, OfTwoCreatedAtOnceOneWins) {
  int won = 0;
  int answers = 0;
  auto done = [&](Result<TableDefinition> result) {
    won += result ? 1 : 0;
    ++answers;
  };
  tables_->CreateTable(Definition("chat"), executor_, done);
  tables_->CreateTable(Definition("chat"), executor_, done);
  while (answers < 2) executor_.RunOne();
  EXPECT_EQ(won, 1);
}

TEST_P(TablesTest, ADeletedTableIsGoneWithItsItems) {
  ASSERT_TRUE(Create(Definition("chat")));
  ASSERT_TRUE(Put("chat", {{"id", "a"}}));
  auto deleted = Drop("chat");
  ASSERT_TRUE(deleted) << deleted.error().message;
  EXPECT_EQ(deleted->name, "chat");
  EXPECT_EQ(tables_->DescribeTable("chat").error().message,
            "Requested resource not found: Table: chat not found");
  EXPECT_EQ(Drop("chat").error().message, "Requested resource not found: Table: chat not found");
  EXPECT_EQ(Put("chat", {{"id", "a"}}).error().message, "Requested resource not found");
  ASSERT_TRUE(Create(Definition("chat")));
  EXPECT_EQ(Scan("chat")->items.size(), 0u);
}

TEST_P(TablesTest, AProtectedTableStays) {
  TableDefinition definition = Definition("chat");
  definition.deletion_protection_enabled = true;
  ASSERT_TRUE(Create(definition));
  auto refused = Drop("chat");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidArgument);
  EXPECT_TRUE(tables_->DescribeTable("chat"));
}

TEST_P(TablesTest, ListsNamesInPages) {
  for (const char* name : {"ccc", "aaa", "B-b"}) ASSERT_TRUE(Create(Definition(name)));
  TableNamesPage all = tables_->ListTables("", kListTablesMax);
  EXPECT_EQ(all.names, (Names{"B-b", "aaa", "ccc"}));
  EXPECT_EQ(all.last_evaluated_name, std::nullopt);
  TableNamesPage first = tables_->ListTables("", 2);
  EXPECT_EQ(first.names, (Names{"B-b", "aaa"}));
  EXPECT_EQ(first.last_evaluated_name, "aaa");
  EXPECT_EQ(tables_->ListTables("aaa", 2).names, (Names{"ccc"}));
  EXPECT_EQ(tables_->ListTables("zzz", 2).names, Names{});
}

TEST_P(TablesTest, OperationsQueuedBehindADeletionFindNoTable) {
  ASSERT_TRUE(Create(Definition("chat")));
  std::optional<Result<void>> put;
  std::optional<Result<ScanPage>> scan;
  tables_->DeleteTable("chat", executor_, [](Result<TableDefinition>) {});
  tables_->PutItem("chat", {{"id", "a"}}, executor_, [&](Result<void> r) { put = r; });
  tables_->Scan("chat", {}, executor_, [&](Result<ScanPage> r) { scan = r; });
  EXPECT_EQ(executor_.Wait(put).error().message, "Requested resource not found");
  auto page = executor_.Wait(scan);  // before or after the deletion, as the threads run
  if (!page) {
    EXPECT_EQ(page.error().message, "Requested resource not found");
  }
}

class TablesRestartTest : public TableTest {};
INSTANTIATE_TEST_SUITE_P(Stores, TablesRestartTest, kFileKinds);

TEST_P(TablesRestartTest, TablesAndItemsSurvive) {
  TableDefinition definition = Definition("chat", ScalarType::kNumber, ScalarType::kBinary);
  definition.table_id = "0b0c1e2a-0000-4000-8000-000000000001";
  definition.creation_time = base::Millis(1'700'000'000'123);
  ASSERT_TRUE(Create(definition));
  ASSERT_TRUE(Create(Definition("gone")));
  ASSERT_TRUE(Drop("gone"));
  Item item{{"id", Number{"1.5"}}, {"at", Binary{"x"}}, {"text", "hi"}};
  ASSERT_TRUE(Put("chat", item));
  Restart();
  EXPECT_EQ(*tables_->DescribeTable("chat"), definition);
  EXPECT_EQ(tables_->ListTables("", 10).names, Names{"chat"});
  EXPECT_EQ(**Get("chat", {{"id", Number{"15e-1"}}, {"at", Binary{"x"}}}), item);
}

TEST_P(TablesRestartTest, ADamagedCatalogueIsAnErrorNotACrash) {
  ASSERT_TRUE(store_->WriteAndWait([](store::Transaction& transaction) {
    return transaction.Put(**transaction.FindKeyspace("tables"), "chat", "junk");
  }));
  auto refused = Tables::Open(*store_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnsupported);  // 'j' reads as a later version
}

TEST_P(TablesRestartTest, TablesMayDieBeforeTheirClosures) {
  int answers = 0;
  for (int i = 0; i < 100; ++i) {
    tables_->CreateTable(Definition("table" + std::to_string(i)), executor_,
                         [&](Result<TableDefinition>) { ++answers; });
  }
  tables_.reset();
  store_->Close();
  while (executor_.waiting() > 0) executor_.RunOne();
  EXPECT_EQ(answers, 100);
}

}  // namespace
}  // namespace gatehouse::table
