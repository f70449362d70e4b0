// UpdateTable: billing, protection, and indexes that come and go under writes and restarts.
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "table/operation/index_backfill.h"
#include "table/operation/table_test_fixture.h"
#include "table/value/item_codec.h"

namespace gatehouse::table {
namespace {

IndexDefinition ByRoom(std::string name = "by-room") {
  IndexDefinition index;
  index.name = std::move(name);
  index.key_schema = {{"room", KeyType::kHash}};
  index.projection_type = ProjectionType::kAll;
  index.provisioned_throughput = {1, 1};
  return index;
}

TableUpdate AddByRoom() {
  TableUpdate update{.table_name = "chat"};
  update.attribute_definitions = {{"room", ScalarType::kString}};
  update.created_indexes = {ByRoom()};
  return update;
}

class UpdateTableTest : public TableTest {
 protected:
  UpdateTableTest() { EXPECT_TRUE(Create(Definition("chat"))); }

  // Waits until indexes have their rows.
  Result<void> Update(TableUpdate update) {
    return Wait<void>([&](Tables::Done<void> done) {
      auto answer = std::make_shared<Tables::Done<void>>(std::move(done));
      tables_->UpdateTable(
          std::move(update), executor_,
          [answer](Result<TableDefinition> changed) {
            if (!changed) (*answer)(changed.error());
          },
          [answer](Result<void> finished) { (*answer)(finished); });
    });
  }
  Result<ScanPage> QueryRoom(std::string room, std::size_t limit = 0) {
    QueryOptions options{.key_condition = "room = :r"};
    options.values = {{":r", std::move(room)}};
    options.index_name = "by-room";
    options.limit = limit;
    return Wait<ScanPage>(
        [&](auto done) { tables_->Query("chat", options, executor_, std::move(done)); });
  }
  void Fill(int count) {
    for (int i = 0; i < count; ++i) {
      ASSERT_TRUE(Put("chat", {{"id", std::to_string(i)}, {"room", i % 2 == 0 ? "even" : "odd"}}));
    }
  }
};
INSTANTIATE_TEST_SUITE_P(Stores, UpdateTableTest, kAllKinds);

TEST_P(UpdateTableTest, AnAddedIndexGetsTheRowsThatAreThere) {
  Fill(static_cast<int>(kBackfillRowsMax) + 50);
  ASSERT_TRUE(Put("chat", {{"id", "number"}, {"room", Number{"1"}}}));  // left out, no error
  auto updated = Update(AddByRoom());
  ASSERT_TRUE(updated) << updated.error().message;
  EXPECT_FALSE(tables_->DescribeTable("chat")->indexes[0].backfilling);
  EXPECT_EQ(QueryRoom("even")->items.size(), (kBackfillRowsMax + 50) / 2);
  EXPECT_EQ(QueryRoom("odd")->items.size(), (kBackfillRowsMax + 50) / 2);
}

TEST_P(UpdateTableTest, WritesDuringABackfillAreInTheIndex) {
  Fill(static_cast<int>(kBackfillRowsMax) * 3);
  auto stale = tables_->Find("chat");
  std::optional<Result<void>> finished;
  int written = 0;
  tables_->UpdateTable(
      AddByRoom(), executor_, [](Result<TableDefinition> changed) { EXPECT_TRUE(changed); },
      [&](Result<void> result) { finished = result; });
  // Prepared before the index was there, carried out behind it in the same queue.
  auto write = std::make_shared<ItemWrite>();
  write->table = stale;
  write->item = {{"id", "late"}, {"room", "late"}};
  ASSERT_TRUE(PrepareItemWrite(*write));
  tables_->Write(write, executor_, [&](Result<void> r) { written += r ? 1 : 0; });
  tables_->DeleteItem("chat", {{"id", "0"}}, executor_,
                      [&](Result<void> r) { written += r ? 1 : 0; });
  tables_->PutItem("chat", {{"id", "2"}, {"room", "odd"}}, executor_,
                   [&](Result<void> r) { written += r ? 1 : 0; });
  EXPECT_TRUE(executor_.Wait(finished));
  while (written < 3) executor_.RunOne();
  EXPECT_EQ(QueryRoom("late")->items.size(), 1u);
  EXPECT_EQ(QueryRoom("even")->items.size(), kBackfillRowsMax * 3 / 2 - 2);
  EXPECT_EQ(QueryRoom("odd")->items.size(), kBackfillRowsMax * 3 / 2 + 1);
}

TEST_P(UpdateTableTest, ABackfillingIndexIsNotRead) {
  Fill(static_cast<int>(kBackfillRowsMax) * 2);
  std::optional<Result<TableDefinition>> changed;
  std::optional<Result<void>> finished;
  tables_->UpdateTable(
      AddByRoom(), executor_, [&](Result<TableDefinition> r) { changed = std::move(r); },
      [&](Result<void> r) { finished = r; });
  auto definition = executor_.Wait(changed);
  ASSERT_TRUE(definition);
  EXPECT_TRUE(definition->indexes[0].backfilling);
  EXPECT_TRUE(executor_.Wait(finished));
  EXPECT_TRUE(QueryRoom("even"));
}

TEST_P(UpdateTableTest, AStaleWriteIsCheckedAgainstTheNewIndex) {
  auto write = std::make_shared<ItemWrite>();
  write->table = tables_->Find("chat");
  write->item = {{"id", "a"}, {"room", Number{"1"}}};
  ASSERT_TRUE(PrepareItemWrite(*write));
  ASSERT_TRUE(Update(AddByRoom()));
  auto refused = Wait<void>([&](auto done) { tables_->Write(write, executor_, std::move(done)); });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidArgument);
}

TEST_P(UpdateTableTest, ARemovedIndexIsGone) {
  ASSERT_TRUE(Update(AddByRoom()));
  Fill(2);
  TableUpdate remove{.table_name = "chat"};
  remove.deleted_indexes = {"by-room"};
  ASSERT_TRUE(Update(remove));
  EXPECT_EQ(QueryRoom("even").error().message,
            "The table does not have the specified index: by-room");
  EXPECT_EQ(tables_->DescribeTable("chat")->attribute_definitions.size(), 1u);
  EXPECT_EQ(Update(remove).error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(Update(AddByRoom()));
  EXPECT_EQ(QueryRoom("even")->items.size(), 1u);
  EXPECT_EQ(Update(AddByRoom()).error().message,
            "Attempting to create an index which already exists");
}

TEST_P(UpdateTableTest, ChangesBillingAndProtection) {
  TableUpdate same{.table_name = "chat"};
  same.provisioned_throughput = {5, 5};
  EXPECT_NE(Update(same).error().message.find(
                "The provisioned throughput for the table will not change."),
            std::string::npos);
  TableUpdate on_demand{.table_name = "chat", .billing_mode = BillingMode::kPayPerRequest};
  on_demand.deletion_protection_enabled = true;
  ASSERT_TRUE(Update(on_demand));
  auto now = tables_->DescribeTable("chat");
  EXPECT_EQ(now->billing_mode, BillingMode::kPayPerRequest);
  EXPECT_EQ(now->provisioned_throughput, std::nullopt);
  EXPECT_TRUE(now->deletion_protection_enabled);
  TableUpdate nowhere{.table_name = "nowhere", .billing_mode = BillingMode::kPayPerRequest};
  EXPECT_EQ(Update(nowhere).error().code, ErrorCode::kNotFound);
}

class BackfillRestartTest : public UpdateTableTest {};
INSTANTIATE_TEST_SUITE_P(Stores, BackfillRestartTest, kFileKinds);

TEST_P(BackfillRestartTest, AnInterruptedBackfillIsFinishedAtTheNextStart) {
  Fill(static_cast<int>(kBackfillRowsMax) * 2);
  tables_->UpdateTable(AddByRoom(), executor_, [](Result<TableDefinition>) {});
  store_->Close();  // carries out what is queued: the definition, no step or the first
  while (executor_.waiting() > 0) executor_.RunOne();
  Restart();
  EXPECT_FALSE(tables_->DescribeTable("chat")->indexes[0].backfilling);
  EXPECT_EQ(QueryRoom("even")->items.size(), kBackfillRowsMax);
}

TEST_P(BackfillRestartTest, RowsOfFormat1BecomeFormat2) {
  auto row = [this](std::string name, auto change) {
    Item item;
    EXPECT_TRUE(store_->WriteAndWait([&](store::Transaction& t) -> Result<void> {
      auto keyspace = **t.FindKeyspace("tables");
      item = *DecodeItem(**t.Get(keyspace, name));
      if (!change(item)) return {};
      return t.Put(keyspace, name, EncodeItem(item));
    }));
    return item;
  };
  row("chat", [](Item& item) {
    item["FormatVersion"] = Number{"1"};
    return true;
  });
  Restart();
  EXPECT_EQ(row("chat", [](Item&) { return false; })["FormatVersion"], Number{"2"});
  EXPECT_TRUE(Put("chat", {{"id", "a"}}));
}

}  // namespace
}  // namespace gatehouse::table
