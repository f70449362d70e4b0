#include "event/resource_types.h"

#include "event/definition.h"
#include "event/schedule_expression.h"

namespace gatehouse::event {
namespace {

using aws::Integer;
using aws::Json;
using aws::Object;
using aws::ObjectList;
using aws::Property;
using aws::Text;
using aws::TextMap;

constexpr std::int64_t kArnMax = 1600;

constexpr Property kTag[] = {Text("Key", 1, 128).Required(), Text("Value", 0, 256).Required()};

constexpr Property kTransformer[] = {
    TextMap("InputPathsMap", 0, 256),
    Text("InputTemplate", 1, kTargetInputMax).Required(),
};
constexpr Property kRetry[] = {
    Integer("MaximumEventAgeInSeconds", 60, 86'400),
    Integer("MaximumRetryAttempts", 0, 185),
};
constexpr Property kDeadLetter[] = {Text("Arn", 1, kArnMax)};

constexpr Property kTarget[] = {
    Text("Arn", 1, kArnMax).Required(),
    Text("Id", 1, kNameMax).Required(),
    Text("Input", 0, kTargetInputMax),
    Text("InputPath", 0, 256),
    Text("RoleArn", 1, kArnMax),
    Object("InputTransformer", kTransformer),
    Object("RetryPolicy", kRetry),
    Object("DeadLetterConfig", kDeadLetter).Inert(),
    Json("AppSyncParameters").Refused(),
    Json("BatchParameters").Refused(),
    Json("EcsParameters").Refused(),
    Json("HttpParameters").Refused(),
    Json("KinesisParameters").Refused(),
    Json("RedshiftDataParameters").Refused(),
    Json("RunCommandParameters").Refused(),
    Json("SageMakerPipelineParameters").Refused(),
    Json("SqsParameters").Refused(),
};

constexpr Property kRule[] = {
    Text("Name", 1, kNameMax).Replaces(),
    Text("Description", 0, kDescriptionMax),
    Text("EventBusName").Replaces(),
    Json("EventPattern"),
    Text("RoleArn", 1, kArnMax),
    Text("ScheduleExpression", 0, kScheduleExpressionMax),
    Text("State"),
    ObjectList("Tags", kTag),
    ObjectList("Targets", kTarget),
};

constexpr Property kWindow[] = {
    Text("Mode", 1, 16).Required(),
    Integer("MaximumWindowInMinutes", 1, 1440),
};

constexpr Property kScheduleTarget[] = {
    Text("Arn", 1, kArnMax).Required(),
    Text("RoleArn", 1, kArnMax).Required(),
    Text("Input", 0, kScheduleInputMax),
    Object("RetryPolicy", kRetry),
    Object("DeadLetterConfig", kDeadLetter).Inert(),
    Json("EcsParameters").Refused(),
    Json("EventBridgeParameters").Refused(),
    Json("KinesisParameters").Refused(),
    Json("SageMakerPipelineParameters").Refused(),
    Json("SqsParameters").Refused(),
};

constexpr Property kSchedule[] = {
    Text("Name", 1, kNameMax).Replaces(),
    Text("GroupName", 1, kNameMax).Replaces(),
    Text("Description", 0, kDescriptionMax),
    Text("StartDate"),
    Text("EndDate"),
    Text("KmsKeyArn", 1, 2048).Inert(),
    Text("State"),
    Object("FlexibleTimeWindow", kWindow).Required(),
    Text("ScheduleExpression", 1, kScheduleExpressionMax).Required(),
    Text("ScheduleExpressionTimezone", 1, 50),
    Object("Target", kScheduleTarget).Required(),
};

constexpr Property kScheduleGroup[] = {
    Text("Name", 1, kNameMax).Replaces(),
    ObjectList("Tags", kTag).Kept(),
};

}  // namespace

std::span<const Property> RuleRows() { return kRule; }
std::span<const Property> TargetRows() { return kTarget; }
std::span<const Property> TransformerRows() { return kTransformer; }
std::span<const Property> RetryRows() { return kRetry; }
std::span<const Property> DeadLetterRows() { return kDeadLetter; }
std::span<const Property> ScheduleRows() { return kSchedule; }
std::span<const Property> ScheduleTargetRows() { return kScheduleTarget; }
std::span<const Property> WindowRows() { return kWindow; }

const aws::ResourceType& RuleType() {
  static constexpr aws::ResourceType kType{.name = "AWS::Events::Rule",
                                           .properties = kRule,
                                           .name_property = "Name",
                                           .attributes = "Arn",
                                           .source = "docs/aws/cloudformation.md §9"};
  return kType;
}

const aws::ResourceType& ScheduleType() {
  static constexpr aws::ResourceType kType{.name = "AWS::Scheduler::Schedule",
                                           .properties = kSchedule,
                                           .name_property = "Name",
                                           .attributes = "Arn",
                                           .source = "docs/aws/cloudformation.md §9"};
  return kType;
}

const aws::ResourceType& ScheduleGroupType() {
  static constexpr aws::ResourceType kType{.name = "AWS::Scheduler::ScheduleGroup",
                                           .properties = kScheduleGroup,
                                           .name_property = "Name",
                                           .attributes = "Arn State",
                                           .unserved = "CreationDate LastModificationDate",
                                           .source = "docs/aws/cloudformation.md §9"};
  return kType;
}

}  // namespace gatehouse::event
