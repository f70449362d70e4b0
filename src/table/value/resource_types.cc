#include "table/value/resource_types.h"

#include "table/value/table_definition.h"

namespace gatehouse::table {
namespace {

using aws::Boolean;
using aws::Integer;
using aws::Json;
using aws::Object;
using aws::ObjectList;
using aws::Property;
using aws::Text;
using aws::TextList;

constexpr Property kAttributeDefinition[] = {
    Text("AttributeName", 1, kKeyNameBytesMax).Required(),
    Text("AttributeType").OneOf("S|N|B").Required(),
};
constexpr Property kKeySchemaElement[] = {
    Text("AttributeName", 1, kKeyNameBytesMax).Required(),
    Text("KeyType").OneOf("HASH|RANGE").Required(),
};
constexpr Property kThroughput[] = {
    Integer("ReadCapacityUnits", 1).Required(),
    Integer("WriteCapacityUnits", 1).Required(),
};
constexpr Property kTag[] = {Text("Key").Required(), Text("Value").Required()};

constexpr Property kTimeToLive[] = {
    Text("AttributeName", 1, kKeyNameBytesMax),
    Boolean("Enabled").Required(),
};
constexpr Property kProjection[] = {
    Text("ProjectionType").OneOf("ALL|INCLUDE|KEYS_ONLY"),
    TextList("NonKeyAttributes"),
};
constexpr Property kLocalIndex[] = {
    Text("IndexName").Required(),
    ObjectList("KeySchema", kKeySchemaElement).Required(),
    Object("Projection", kProjection).Required(),
};
constexpr Property kGlobalIndex[] = {
    Text("IndexName").Required(),
    ObjectList("KeySchema", kKeySchemaElement).Required(),
    Object("Projection", kProjection).Required(),
    Object("ProvisionedThroughput", kThroughput),
    Json("ContributorInsightsSpecification").Kept(),
    Json("OnDemandThroughput").Kept(),
    Json("WarmThroughput").Kept(),
};

constexpr Property kTable[] = {
    Text("TableName", kTableNameBytesMin, kTableNameBytesMax).Replaces(),
    ObjectList("AttributeDefinitions", kAttributeDefinition).Required(),
    ObjectList("KeySchema", kKeySchemaElement).Required().Replaces(),
    Text("BillingMode").OneOf("PROVISIONED|PAY_PER_REQUEST").Default(R"("PROVISIONED")"),
    Object("ProvisionedThroughput", kThroughput),
    Boolean("DeletionProtectionEnabled").Default("false"),
    Json("SSESpecification").Kept(),
    Json("PointInTimeRecoverySpecification").Inert(),
    Object("TimeToLiveSpecification", kTimeToLive),
    ObjectList("Tags", kTag),
    Text("TableClass").Kept(),
    Json("ContributorInsightsSpecification").Kept(),
    Json("OnDemandThroughput").Kept(),
    Json("WarmThroughput").Kept(),
    Json("ResourcePolicy").Inert(),
    Json("StreamSpecification").Refused(),
    ObjectList("GlobalSecondaryIndexes", kGlobalIndex),
    ObjectList("LocalSecondaryIndexes", kLocalIndex).Replaces(),
    Json("KinesisStreamSpecification").Refused(),
    Json("ImportSourceSpecification").Refused(),
};

}  // namespace

const aws::ResourceType& TableType() {
  static constexpr aws::ResourceType kType{.name = "AWS::DynamoDB::Table",
                                           .properties = kTable,
                                           .name_property = "TableName",
                                           .id_size = kTableNameBytesMax,
                                           .attributes = "Arn",
                                           .unserved = "StreamArn",
                                           .source = "docs/aws/dynamodb.md §3"};
  return kType;
}

}  // namespace gatehouse::table
