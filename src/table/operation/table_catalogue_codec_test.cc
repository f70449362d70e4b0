#include "table/operation/table_catalogue_codec.h"

#include <string>

#include <gtest/gtest.h>

#include "table/value/item_codec.h"

namespace gatehouse::table {
namespace {

TableEntry Entry() {
  TableDefinition definition;
  definition.name = "chat";
  definition.attribute_definitions = {{"id", ScalarType::kBinary}, {"at", ScalarType::kNumber}};
  definition.key_schema = {{"id", KeyType::kHash}, {"at", KeyType::kRange}};
  definition.provisioned_throughput = {5, 7};
  definition.deletion_protection_enabled = true;
  definition.table_id = "0b0c1e2a-0000-4000-8000-000000000001";
  definition.creation_time = base::Millis(1'700'000'000'123);
  definition.attribute_definitions.push_back({"room", ScalarType::kString});
  IndexDefinition local;
  local.name = "by-room";
  local.global = false;
  local.backfilling = true;
  local.key_schema = {{"id", KeyType::kHash}, {"room", KeyType::kRange}};
  local.projection_type = ProjectionType::kInclude;
  local.non_key_attributes = {"x", "y"};
  IndexDefinition global;
  global.name = "rooms";
  global.key_schema = {{"room", KeyType::kHash}};
  global.projection_type = ProjectionType::kAll;
  global.provisioned_throughput = {1, 2};
  definition.indexes = {local, global};
  return *MakeTableEntry(definition, store::KeyspaceId{42},
                         {store::KeyspaceId{43}, store::KeyspaceId{44}});
}

TEST(CatalogueCodec, RowsComeBack) {
  TableEntry entry = Entry();
  auto decoded = DecodeTableEntry(EncodeTableEntry(entry));
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_EQ(decoded->definition, entry.definition);
  EXPECT_EQ(decoded->keyspace, entry.keyspace);
  EXPECT_EQ(decoded->primary_key.sort->name, "at");
  ASSERT_EQ(decoded->indexes.size(), 2u);
  EXPECT_EQ(decoded->indexes[1].keyspace, store::KeyspaceId{44});
  EXPECT_EQ(decoded->indexes[0].projected,
            (std::vector<std::string>{"at", "id", "room", "x", "y"}));
}

TEST(CatalogueCodec, ReadsFormat1) {
  Item row = *DecodeItem(EncodeTableEntry(Entry()));
  row["FormatVersion"] = Number{"1"};
  row.erase("Indexes");
  row["AttributeDefinitions"] =
      AttributeValue::List{Item{{"AttributeName", "id"}, {"AttributeType", "B"}},
                           Item{{"AttributeName", "at"}, {"AttributeType", "N"}}};
  auto decoded = DecodeTableEntry(EncodeItem(row));
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_EQ(decoded->indexes.size(), 0u);
  EXPECT_TRUE(IsOlderFormat(EncodeItem(row)));
  EXPECT_FALSE(IsOlderFormat(EncodeTableEntry(*decoded)));
}

TEST(CatalogueCodec, UnknownMembersAreLeftAlone) {
  Item row = *DecodeItem(EncodeTableEntry(Entry()));
  row["Later"] = "?";
  EXPECT_TRUE(DecodeTableEntry(EncodeItem(row)));
}

TEST(CatalogueCodec, RefusesANewerFormat) {
  Item row = *DecodeItem(EncodeTableEntry(Entry()));
  row["FormatVersion"] = Number{"3"};
  auto refused = DecodeTableEntry(EncodeItem(row));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(refused.error().message,
            "a table was created by a newer gatehouse: its catalogue format is 3, this one reads "
            "up to 2");
}

TEST(CatalogueCodec, RefusesDamage) {
  Item row = *DecodeItem(EncodeTableEntry(Entry()));
  for (const auto& [name, value] : row) {
    if (name == "ProvisionedThroughput") continue;  // absent: checked as CreateTable checks it
    Item damaged = row;
    damaged[name] = Null();
    auto refused = DecodeTableEntry(EncodeItem(damaged));
    ASSERT_FALSE(refused) << name;
    EXPECT_EQ(refused.error().code, ErrorCode::kIo) << name;
    damaged.erase(name);
    EXPECT_FALSE(DecodeTableEntry(EncodeItem(damaged))) << name;
  }
  row["KeySchema"] = AttributeValue::List{"no map"};
  EXPECT_FALSE(DecodeTableEntry(EncodeItem(row)));
  EXPECT_FALSE(DecodeTableEntry("junk"));
}

}  // namespace
}  // namespace gatehouse::table
