#include "table/value/table_definition.h"

#include <string>

#include <gtest/gtest.h>

namespace gatehouse::table {
namespace {

const std::string kInvalid = "One or more parameter values were invalid: ";

TableDefinition Good() {
  TableDefinition definition;
  definition.name = "chat";
  definition.attribute_definitions = {{"id", ScalarType::kString}, {"at", ScalarType::kNumber}};
  definition.key_schema = {{"id", KeyType::kHash}, {"at", KeyType::kRange}};
  definition.billing_mode = BillingMode::kPayPerRequest;
  return definition;
}

std::string Message(const TableDefinition& definition) {
  auto key = CheckDefinition(definition);
  if (key) return "ok";
  EXPECT_EQ(key.error().code, ErrorCode::kInvalidArgument);
  return key.error().message;
}

TEST(CheckDefinition, FindsThePrimaryKey) {
  auto both = CheckDefinition(Good());
  ASSERT_TRUE(both) << both.error().message;
  EXPECT_EQ(both->partition.name, "id");
  EXPECT_EQ(both->sort->name, "at");
  EXPECT_EQ(both->sort->type, ScalarType::kNumber);
  EXPECT_EQ(both->size(), 2u);
  TableDefinition hash = Good();
  hash.key_schema.pop_back();
  hash.attribute_definitions.pop_back();
  EXPECT_EQ(CheckDefinition(hash)->size(), 1u);
}

TEST(CheckDefinition, ChecksNames) {
  for (std::string name : {"ab", ""}) {
    TableDefinition definition = Good();
    definition.name = name;
    EXPECT_EQ(Message(definition),
              "TableName must be at least 3 characters long and at most 255 characters long");
  }
  TableDefinition definition = Good();
  definition.name = std::string(255, 'a');
  EXPECT_EQ(Message(definition), "ok");
  definition.name += 'a';
  EXPECT_NE(Message(definition), "ok");
  definition.name = "a;b";
  EXPECT_EQ(Message(definition),
            "1 validation error detected: Value 'a;b' at 'tableName' failed to satisfy constraint: "
            "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+");
}

TEST(CheckDefinition, ChecksBilling) {
  TableDefinition definition = Good();
  definition.provisioned_throughput = {5, 5};
  EXPECT_EQ(Message(definition),
            kInvalid +
                "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when "
                "BillingMode is PAY_PER_REQUEST");
  definition.billing_mode = BillingMode::kProvisioned;
  EXPECT_EQ(Message(definition), "ok");
  definition.provisioned_throughput.reset();
  EXPECT_EQ(Message(definition),
            kInvalid +
                "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode "
                "is PROVISIONED");
}

TEST(CheckDefinition, ChecksKeysAgainstDefinitions) {
  TableDefinition fewer = Good();
  fewer.attribute_definitions.pop_back();
  EXPECT_EQ(Message(fewer), "Invalid KeySchema: Some index key attribute have no definition");
  TableDefinition other = Good();
  other.attribute_definitions[1].name = "typo";
  EXPECT_EQ(
      Message(other),
      kInvalid +
          "Some index key attributes are not defined in AttributeDefinitions. Keys: [id, at], "
          "AttributeDefinitions: [id, typo]");
  TableDefinition more = Good();
  more.key_schema.pop_back();
  EXPECT_EQ(Message(more),
            kInvalid +
                "Number of attributes in KeySchema does not exactly match number of attributes "
                "defined in AttributeDefinitions");
  TableDefinition twice = Good();
  twice.attribute_definitions.push_back({"id", ScalarType::kBinary});
  EXPECT_EQ(Message(twice), kInvalid + "Duplicate AttributeName in AttributeDefinitions: id");
  TableDefinition longer = Good();
  longer.attribute_definitions[0].name = std::string(256, 'a');
  EXPECT_NE(Message(longer).find("less than or equal to 255"), std::string::npos);
}

TEST(CheckDefinition, ChecksTheKeySchema) {
  TableDefinition range_first = Good();
  std::swap(range_first.key_schema[0], range_first.key_schema[1]);
  EXPECT_EQ(Message(range_first),
            "Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
  TableDefinition two_hashes = Good();
  two_hashes.key_schema[1].key_type = KeyType::kHash;
  EXPECT_EQ(Message(two_hashes),
            "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type");
  TableDefinition same = Good();
  same.key_schema[1].attribute_name = "id";
  EXPECT_EQ(Message(same),
            "Both the Hash Key and the Range Key element in the KeySchema have the same name");
  TableDefinition none = Good();
  none.key_schema.clear();
  EXPECT_NE(Message(none), "ok");
  TableDefinition three = Good();
  three.key_schema.push_back({"x", KeyType::kRange});
  EXPECT_NE(Message(three), "ok");
}

TEST(TypeName, IsDynamoDbs) {
  EXPECT_EQ(TypeName(Null()), "NULL");
  EXPECT_EQ(TypeName(true), "BOOL");
  EXPECT_EQ(TypeName("x"), "S");
  EXPECT_EQ(TypeName(Number{"1"}), "N");
  EXPECT_EQ(TypeName(Binary{}), "B");
  EXPECT_EQ(TypeName(StringSet{}), "SS");
  EXPECT_EQ(TypeName(NumberSet{}), "NS");
  EXPECT_EQ(TypeName(BinarySet{}), "BS");
  EXPECT_EQ(TypeName(AttributeValue::List{}), "L");
  EXPECT_EQ(TypeName(Item{}), "M");
}

}  // namespace
}  // namespace gatehouse::table
