// Types that templates carry for AWS's sake: accepted, named in a notice, and without effect here.
#include "aws/arn.h"
#include "stack/resource/resource_type.h"

namespace gatehouse::stack {
namespace {

std::string Arn(const Surroundings& around, std::string_view service, const std::string& rest) {
  return aws::Arn(service, around.region, around.account_id, rest);
}

ResourceValues LogGroupValues(const Resource& resource, const Surroundings& around) {
  const std::string& name = resource.physical_id;
  return {name, {{"Arn", Arn(around, "logs", "log-group:" + name + ":*")}}};
}

ResourceValues AlarmValues(const Resource& resource, const Surroundings& around) {
  const std::string& name = resource.physical_id;
  return {name, {{"Arn", Arn(around, "cloudwatch", "alarm:" + name)}}};
}

ResourceValues AccountValues(const Resource& resource, const Surroundings&) {
  return {resource.physical_id, {{"Id", resource.physical_id}}};
}

using aws::Boolean;
using aws::Integer;
using aws::Json;
using aws::Number;
using aws::ObjectList;
using aws::Property;
using aws::Text;
using aws::TextList;

constexpr std::string_view kSource = "docs/aws/cloudformation.md §9";

constexpr Property kTag[] = {Text("Key").Required(), Text("Value").Required()};
constexpr Property kAlarmTag[] = {Text("Key").Required(), Text("Value")};
constexpr Property kDimension[] = {Text("Name").Required(), Text("Value").Required()};

constexpr Property kLogGroup[] = {
    Text("LogGroupName").Replaces(), Integer("RetentionInDays"),   Text("KmsKeyId"),
    Text("LogGroupClass"),           Json("DataProtectionPolicy"), Json("FieldIndexPolicies"),
    ObjectList("Tags", kTag),
};

constexpr Property kAlarm[] = {
    Text("AlarmName").Replaces(),
    Text("AlarmDescription"),
    Boolean("ActionsEnabled"),
    TextList("AlarmActions"),
    TextList("OKActions"),
    TextList("InsufficientDataActions"),
    Text("ComparisonOperator").Required(),
    Integer("EvaluationPeriods").Required(),
    Integer("DatapointsToAlarm"),
    ObjectList("Dimensions", kDimension),
    Text("MetricName"),
    Text("Namespace"),
    Integer("Period"),
    Text("Statistic"),
    Text("ExtendedStatistic"),
    Number("Threshold"),
    Text("ThresholdMetricId"),
    Text("TreatMissingData"),
    Text("Unit"),
    Json("Metrics"),
    Text("EvaluateLowSampleCountPercentile"),
    ObjectList("Tags", kAlarmTag),
};

constexpr Property kAccount[] = {Text("CloudWatchRoleArn")};
constexpr Property kMetadata[] = {Text("Analytics")};  // the CDK's statistics
constexpr Property kDashboard[] = {
    Text("DashboardName").Replaces(),
    Text("DashboardBody").Required(),
};

constexpr aws::ResourceType kLogGroupType{.name = "AWS::Logs::LogGroup",
                                          .properties = kLogGroup,
                                          .name_property = "LogGroupName",
                                          .id_size = 512,
                                          .attributes = "Arn",
                                          .inert = true,
                                          .source = kSource};
constexpr aws::ResourceType kAlarmType{.name = "AWS::CloudWatch::Alarm",
                                       .properties = kAlarm,
                                       .name_property = "AlarmName",
                                       .id_size = 255,
                                       .attributes = "Arn",
                                       .inert = true,
                                       .source = kSource};
constexpr aws::ResourceType kAccountType{.name = "AWS::ApiGateway::Account",
                                         .properties = kAccount,
                                         .id_size = 128,
                                         .attributes = "Id",
                                         .inert = true,
                                         .source = kSource};
constexpr aws::ResourceType kMetadataType{.name = "AWS::CDK::Metadata",
                                          .properties = kMetadata,
                                          .id_size = 128,
                                          .inert = true,
                                          .source = kSource};
constexpr aws::ResourceType kDashboardType{.name = "AWS::CloudWatch::Dashboard",
                                           .properties = kDashboard,
                                           .name_property = "DashboardName",
                                           .id_size = 255,
                                           .inert = true,
                                           .source = kSource};

}  // namespace

std::vector<ResourceType> InertTypes() {
  return {
      {kLogGroupType, nullptr, {}, LogGroupValues}, {kAlarmType, nullptr, {}, AlarmValues},
      {kAccountType, nullptr, {}, AccountValues},   {kMetadataType, nullptr, {}, nullptr},
      {kDashboardType, nullptr, {}, nullptr},
  };
}

}  // namespace gatehouse::stack
