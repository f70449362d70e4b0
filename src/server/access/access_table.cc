#include "server/access/access_table.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "api/define/control_path.h"
#include "aws/arn.h"
#include "event/events_api.h"
#include "event/scheduler_api.h"
#include "function/wire/lambda_api.h"
#include "parameter/ssm_api.h"
#include "server/access/sts.h"
#include "stack/wire/cloudformation_api.h"
#include "stack/wire/cloudformation_api_call.h"
#include "table/wire/dynamodb_api.h"

namespace gatehouse::server {
namespace {

using enum Service;

std::string OfDynamoDb(const wire::ServiceRequest& request) {
  if (request.head.method != "POST") return {};
  return std::string(table::Api::OperationOf(request.head.Find("X-Amz-Target").value_or("")));
}

std::string OfLambda(const wire::ServiceRequest& request) {
  return std::string(
      function::LambdaApi::PathOf(request.head.method, request.head.target).operation);
}

std::string OfCloudFormation(const wire::ServiceRequest& request) {
  Result<wire::FormFields> fields = stack::ReadQueryFields(request);
  return fields ? stack::QueryRequest(*std::move(fields)).Text("Action") : std::string();
}

// Its actions are methods.
std::string OfApiGateway(const wire::ServiceRequest& request) {
  std::string_view path = request.head.target;
  bool known =
      api::ParseControlPath(path.substr(0, path.find('?'))).kind != api::ControlPath::kUnknown;
  return known ? std::string(request.head.method) : std::string();
}
std::vector<std::string_view> Methods() { return {"GET", "POST", "PUT", "PATCH", "DELETE"}; }

std::string OfSts(const wire::ServiceRequest& request) { return std::string(StsActionOf(request)); }
std::vector<std::string_view> StsOperations() { return {"GetCallerIdentity"}; }

std::string OfEvents(const wire::ServiceRequest& request) {
  if (request.head.method != "POST") return {};
  return std::string(event::EventsApi::OperationOf(request.head.Find("X-Amz-Target").value_or("")));
}

std::string OfSsm(const wire::ServiceRequest& request) {
  if (request.head.method != "POST") return {};
  return std::string(
      parameter::SsmApi::OperationOf(request.head.Find("X-Amz-Target").value_or("")));
}

std::string OfScheduler(const wire::ServiceRequest& request) {
  return std::string(
      event::SchedulerApi::PathOf(request.head.method, request.head.target).operation);
}

constexpr std::array kServices = {
    ServiceRow{kDynamoDb, "dynamodb", OfDynamoDb, table::Api::Operations},
    ServiceRow{kLambda, "lambda", OfLambda, function::LambdaApi::Operations},
    ServiceRow{kCloudFormation, "cloudformation", OfCloudFormation,
               stack::CloudFormationApi::Operations},
    ServiceRow{kApiGateway, "apigateway", OfApiGateway, Methods},
    ServiceRow{kEvents, "events", OfEvents, event::EventsApi::Operations},
    ServiceRow{kScheduler, "scheduler", OfScheduler, event::SchedulerApi::Operations},
    ServiceRow{kSsm, "ssm", OfSsm, parameter::SsmApi::Operations},
    ServiceRow{kSts, "sts", OfSts, StsOperations},
};

// Actions on no resource of their own.
void Anything(const AccessQuestion& question, Accesses& out) {
  out.push_back({question.action, "*"});
}
void Nothing(const AccessQuestion&, Accesses&) {}

constexpr OperationRow kOperations[] = {
    {kDynamoDb, "BatchGetItem", BatchAccess},
    {kDynamoDb, "BatchWriteItem", BatchAccess},
    {kDynamoDb, "CreateTable", TableAccess},
    {kDynamoDb, "DeleteItem", ItemAccess},
    {kDynamoDb, "DeleteTable", TableAccess},
    {kDynamoDb, "DescribeContinuousBackups", TableAccess},
    {kDynamoDb, "DescribeEndpoints", Anything},
    {kDynamoDb, "DescribeLimits", Anything},
    {kDynamoDb, "DescribeTable", TableAccess},
    {kDynamoDb, "DescribeTimeToLive", TableAccess},
    {kDynamoDb, "GetItem", ItemAccess},
    {kDynamoDb, "ListTables", Anything},
    {kDynamoDb, "ListTagsOfResource", ResourceArnAccess},
    {kDynamoDb, "PutItem", ItemAccess},
    {kDynamoDb, "Query", ItemAccess},
    {kDynamoDb, "Scan", ItemAccess},
    {kDynamoDb, "TagResource", ResourceArnAccess},
    {kDynamoDb, "TransactGetItems", TransactAccess},
    {kDynamoDb, "TransactWriteItems", TransactAccess},
    {kDynamoDb, "UntagResource", ResourceArnAccess},
    {kDynamoDb, "UpdateItem", ItemAccess},
    {kDynamoDb, "UpdateTable", TableAccess},
    {kDynamoDb, "UpdateTimeToLive", TableAccess},

    {kLambda, "Invoke", FunctionAccess},
    {kLambda, "ListFunctions", Anything},
    {kLambda, "CreateFunction", FunctionWithRoleAccess},
    {kLambda, "GetFunction", FunctionAccess},
    {kLambda, "DeleteFunction", FunctionAccess},
    {kLambda, "GetFunctionConfiguration", FunctionAccess},
    {kLambda, "UpdateFunctionConfiguration", FunctionWithRoleAccess},
    {kLambda, "UpdateFunctionCode", FunctionAccess},
    {kLambda, "GetPolicy", FunctionAccess},
    {kLambda, "AddPermission", FunctionAccess},
    {kLambda, "RemovePermission", FunctionAccess},
    {kLambda, "PutFunctionEventInvokeConfig", FunctionAccess},
    {kLambda, "UpdateFunctionEventInvokeConfig", FunctionAccess},
    {kLambda, "GetFunctionEventInvokeConfig", FunctionAccess},
    {kLambda, "DeleteFunctionEventInvokeConfig", FunctionAccess},
    {kLambda, "ListFunctionEventInvokeConfigs", FunctionAccess},

    {kCloudFormation, "CreateChangeSet", StackAccess},
    {kCloudFormation, "CreateStack", StackAccess},
    {kCloudFormation, "DeleteChangeSet", StackAccess},
    {kCloudFormation, "DeleteStack", StackAccess},
    {kCloudFormation, "DescribeChangeSet", StackAccess},
    {kCloudFormation, "DescribeStackEvents", StackAccess},
    {kCloudFormation, "DescribeStackResource", StackAccess},
    {kCloudFormation, "DescribeStackResources", StackAccess},
    {kCloudFormation, "DescribeStacks", StackAccess},
    {kCloudFormation, "ExecuteChangeSet", StackAccess},
    {kCloudFormation, "GetTemplate", StackAccess},
    {kCloudFormation, "GetTemplateSummary", StackAccess},
    {kCloudFormation, "ListChangeSets", StackAccess},
    {kCloudFormation, "ListExports", Anything},
    {kCloudFormation, "ListImports", Anything},
    {kCloudFormation, "ListStackResources", StackAccess},
    {kCloudFormation, "ListStacks", Anything},
    {kCloudFormation, "UpdateStack", StackAccess},
    {kCloudFormation, "ValidateTemplate", Anything},

    {kApiGateway, "GET", ApiGatewayAccess},
    {kApiGateway, "POST", ApiGatewayAccess},
    {kApiGateway, "PUT", ApiGatewayAccess},
    {kApiGateway, "PATCH", ApiGatewayAccess},
    {kApiGateway, "DELETE", ApiGatewayAccess},

    {kEvents, "PutRule", RuleAccess},
    {kEvents, "DescribeRule", RuleAccess},
    {kEvents, "DeleteRule", RuleAccess},
    {kEvents, "EnableRule", RuleAccess},
    {kEvents, "DisableRule", RuleAccess},
    {kEvents, "ListRules", Anything},
    {kEvents, "PutTargets", RuleAccess},
    {kEvents, "RemoveTargets", RuleAccess},
    {kEvents, "ListTargetsByRule", RuleAccess},
    {kEvents, "ListRuleNamesByTarget", Anything},
    {kEvents, "ListTagsForResource", RuleAccess},
    {kEvents, "PutEvents", PutEventsAccess},
    {kEvents, "TestEventPattern", Anything},
    {kEvents, "ListEventBuses", Anything},
    {kEvents, "DescribeEventBus", BusAccess},

    {kScheduler, "CreateSchedule", ScheduleAccess},
    {kScheduler, "UpdateSchedule", ScheduleAccess},
    {kScheduler, "GetSchedule", ScheduleAccess},
    {kScheduler, "DeleteSchedule", ScheduleAccess},
    {kScheduler, "ListSchedules", Anything},
    {kScheduler, "CreateScheduleGroup", ScheduleGroupAccess},
    {kScheduler, "GetScheduleGroup", ScheduleGroupAccess},
    {kScheduler, "DeleteScheduleGroup", ScheduleGroupAccess},
    {kScheduler, "ListScheduleGroups", Anything},

    {kSsm, "PutParameter", ParameterAccess},
    {kSsm, "GetParameter", ParameterAccess},
    {kSsm, "GetParameters", ParameterAccess},
    {kSsm, "GetParametersByPath", ParameterAccess},
    {kSsm, "DeleteParameter", ParameterAccess},

    {kSts, "GetCallerIdentity", Nothing},
};

// The action's name, where it is not the operation's.
std::string_view ActionName(std::string_view operation) {
  return operation == "Invoke" ? "InvokeFunction" : operation;
}

const ServiceRow* FindService(Service service) {
  for (const ServiceRow& row : kServices) {
    if (row.service == service) return &row;
  }
  return nullptr;
}

bool Has(const std::vector<std::string_view>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

std::string AccessQuestion::Arn(std::string_view service, std::string_view resource) const {
  return aws::Arn(service, facts.region, facts.account_id, resource);
}

std::span<const ServiceRow> AccessServices() { return kServices; }

const OperationRow* FindAccessRow(Service service, std::string_view operation) {
  for (const OperationRow& row : kOperations) {
    if (row.service == service && row.operation == operation) return &row;
  }
  return nullptr;
}

// What the dispatcher does not know either it refuses itself, by a better sentence.
AskedAccess AccessOf(Service service, const wire::ServiceRequest& request,
                     const AccessFacts& facts) {
  AskedAccess asked;
  const ServiceRow* row = FindService(service);
  if (!row) return {true, "this service", {}};
  asked.operation = row->operation_of(request);
  const OperationRow* operation = FindAccessRow(service, asked.operation);
  if (!operation) {
    asked.is_missing = Has(row->operations(), asked.operation);
    return asked;
  }
  AccessQuestion question{asked.operation, request, facts, {}};
  question.action = fmt::format("{}:{}", row->prefix, ActionName(asked.operation));
  operation->accesses(question, asked.accesses);
  return asked;
}

std::string ConnectionsPrefix(const AccessFacts& facts, std::string_view api_id,
                              std::string_view stage, std::string_view verb) {
  std::string arn = aws::ExecuteApiArn(facts.region, facts.account_id, api_id, stage);
  return arn.append("/").append(verb).append("/@connections/");
}

Access ConnectionAccess(const AccessFacts& facts, std::string_view api_id, std::string_view stage,
                        std::string_view verb, std::string_view connection_id) {
  std::string prefix = ConnectionsPrefix(facts, api_id, stage, verb);
  Access access{"execute-api:ManageConnections", prefix, prefix + "*"};
  access.resource += connection_id;
  return access;
}

StageGrants GrantsOf(Iam& iam, const AccessFacts& facts, const auth::Principal& role,
                     std::string_view api_id, std::string_view stage) {
  auto all = [&](std::string_view verb) {
    std::string prefix = ConnectionsPrefix(facts, api_id, stage, verb);
    return iam.IsFree(role, "execute-api:ManageConnections", prefix, false);
  };
  return {all("POST"), all("GET"), all("DELETE")};
}

std::string TableArn(const AccessFacts& facts, std::string_view table) {
  return aws::TableArn(facts.region, facts.account_id, table);
}

}  // namespace gatehouse::server
