// Rows of indexes: the worked bytes of docs/table-format.md, and that they follow their items.
#include "table/operation/index_rows.h"

#include <map>
#include <string>

#include <gtest/gtest.h>

#include "table/operation/table_test_fixture.h"
#include "table/value/item_check.h"
#include "table/value/item_codec.h"
#include "table/value/key_codec.h"

namespace gatehouse::table {
namespace {

IndexDefinition RoomIndex(ProjectionType projection) {
  IndexDefinition index;
  index.name = "by-room";
  index.key_schema = {{"room", KeyType::kHash}};
  index.projection_type = projection;
  index.provisioned_throughput = {1, 1};
  return index;
}

TableDefinition Rooms(ProjectionType projection) {
  TableDefinition definition = Definition("rooms", ScalarType::kString, ScalarType::kNumber);
  definition.attribute_definitions.push_back({"room", ScalarType::kString});
  definition.indexes = {RoomIndex(projection)};
  return definition;
}

TEST(IndexRows, HaveTheDocumentedBytes) {
  TableEntry table = *MakeTableEntry(Rooms(ProjectionType::kKeysOnly), store::KeyspaceId{1},
                                     {store::KeyspaceId{2}});
  Item item{{"id", "a"}, {"at", Number{"123.45"}}, {"room", "3635"}, {"more", "x"}};
  std::string row_key = RowKeyOf(table.primary_key, item);
  EXPECT_EQ(
      IndexRowKey(table.indexes[0], item, row_key),
      std::string("\x00\x08\x33\x36\x33\x35\x00\x01\x61\x00\x01\xC0\x84\x0D\x23\x33\x00", 17));
  EXPECT_EQ(IndexRowValue(table.indexes[0], item, EncodeItem(item)),
            std::string("\x01\x03\x02\x61\x74\x04\x06\x31\x32\x33\x2e\x34\x35\x02\x69\x64\x03\x01"
                        "\x61\x04\x72\x6f\x6f\x6d\x03\x04\x33\x36\x33\x35",
                        30));
  item["room"] = Number{"1"};
  EXPECT_EQ(IndexRowKey(table.indexes[0], item, row_key), std::nullopt);
  item["room"] = "";
  EXPECT_EQ(IndexRowKey(table.indexes[0], item, row_key), std::nullopt);
  item["room"] = std::string(kPartitionKeyBytesMax, 'x');
  EXPECT_NE(IndexRowKey(table.indexes[0], item, row_key), std::nullopt);
  item["room"] = std::string(kPartitionKeyBytesMax + 1, 'x');
  EXPECT_EQ(IndexRowKey(table.indexes[0], item, row_key), std::nullopt);
  item.erase("room");
  EXPECT_EQ(IndexRowKey(table.indexes[0], item, row_key), std::nullopt);
}

class IndexRowsTest : public TableTest {
 protected:
  // What stands in the index's keyspace: the items of its rows by their keys.
  std::map<std::string, Item> Rows() {
    std::map<std::string, Item> rows;
    EXPECT_TRUE(store_->WriteAndWait([&](store::Transaction& t) -> Result<void> {
      auto keyspace = **t.FindKeyspace("index:rooms/by-room");
      auto end = t.Scan(keyspace, {}, [&](std::string_view key, std::string_view value) {
        rows[std::string(key)] = *DecodeItem(value);
        return true;
      });
      return end ? Result<void>() : Result<void>(end.error());
    }));
    return rows;
  }
};
INSTANTIATE_TEST_SUITE_P(Stores, IndexRowsTest, kAllKinds);

TEST_P(IndexRowsTest, FollowTheirItems) {
  ASSERT_TRUE(Create(Rooms(ProjectionType::kAll)));
  Item item{{"id", "a"}, {"at", Number{"1"}}, {"room", "r"}, {"v", "1"}};
  ASSERT_TRUE(Put("rooms", item));
  ASSERT_EQ(Rows().size(), 1u);
  EXPECT_EQ(Rows().begin()->second, item);
  item["v"] = "2";
  ASSERT_TRUE(Put("rooms", item));
  ASSERT_EQ(Rows().size(), 1u);
  EXPECT_EQ(Rows().begin()->second, item);
  item["room"] = "s";
  ASSERT_TRUE(Put("rooms", item));
  ASSERT_EQ(Rows().size(), 1u);
  EXPECT_EQ(Rows().begin()->second, item);
  Item other{{"id", "a"}, {"at", Number{"2"}}, {"room", "s"}};
  ASSERT_TRUE(Put("rooms", other));
  EXPECT_EQ(Rows().size(), 2u);
  item.erase("room");
  ASSERT_TRUE(Put("rooms", item));
  ASSERT_EQ(Rows().size(), 1u);
  EXPECT_EQ(Rows().begin()->second, other);
  ASSERT_TRUE(Delete("rooms", {{"id", "a"}, {"at", Number{"2"}}}));
  EXPECT_EQ(Rows().size(), 0u);
}

TEST_P(IndexRowsTest, GoWithTheirTable) {
  ASSERT_TRUE(Create(Rooms(ProjectionType::kAll)));
  ASSERT_TRUE(Put("rooms", {{"id", "a"}, {"at", Number{"1"}}, {"room", "r"}}));
  ASSERT_TRUE(Drop("rooms"));
  ASSERT_TRUE(Create(Rooms(ProjectionType::kKeysOnly)));
  EXPECT_EQ(Rows().size(), 0u);
}

}  // namespace
}  // namespace gatehouse::table
