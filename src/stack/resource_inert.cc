// Types that templates carry for AWS's sake: accepted, named in a notice, and without effect here.
#include "stack/resource_type.h"

namespace gatehouse::stack {
namespace {

std::string Arn(const Surroundings& around, std::string_view service, const std::string& rest) {
  std::string arn = "arn:aws:";
  return arn.append(service).append(":") + around.region + ":" + around.account_id + ":" + rest;
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

constexpr std::string_view kAlarm =
    "AlarmName:s AlarmDescription:s ActionsEnabled:b AlarmActions:[s] OKActions:[s] "
    "InsufficientDataActions:[s] ComparisonOperator:s! EvaluationPeriods:i! DatapointsToAlarm:i "
    "Dimensions:[{Name:s! Value:s!}] MetricName:s Namespace:s Period:i Statistic:s "
    "ExtendedStatistic:s Threshold:n ThresholdMetricId:s TreatMissingData:s Unit:s Metrics:j "
    "EvaluateLowSampleCountPercentile:s Tags:[{Key:s! Value:s}]";

constexpr SchemaType kTypes[] = {
    {.name = "AWS::Logs::LogGroup",
     .schema = "LogGroupName:s RetentionInDays:i KmsKeyId:s LogGroupClass:s "
               "DataProtectionPolicy:j FieldIndexPolicies:j Tags:[{Key:s! Value:s!}]",
     .replacing = "LogGroupName",
     .name_property = "LogGroupName",
     .id_size = 512,
     .attributes = "Arn",
     .inert = true,
     .values = LogGroupValues},
    {.name = "AWS::CloudWatch::Alarm",
     .schema = kAlarm,
     .replacing = "AlarmName",
     .name_property = "AlarmName",
     .id_size = 255,
     .attributes = "Arn",
     .inert = true,
     .values = AlarmValues},
    {.name = "AWS::ApiGateway::Account",
     .schema = "CloudWatchRoleArn:s",
     .id_size = 128,
     .attributes = "Id",
     .inert = true,
     .values = AccountValues},
    {.name = "AWS::CDK::Metadata",  // the CDK's statistics
     .schema = "Analytics:s",
     .id_size = 128,
     .inert = true},
    {.name = "AWS::CloudWatch::Dashboard",
     .schema = "DashboardName:s DashboardBody:s!",
     .replacing = "DashboardName",
     .name_property = "DashboardName",
     .id_size = 255,
     .inert = true},
};

}  // namespace

std::span<const SchemaType> InertTypes() { return kTypes; }

}  // namespace gatehouse::stack
