#include "server/access/access_table.h"

#include <gtest/gtest.h>

namespace gatehouse::server {
namespace {

constexpr std::string_view kTable = "arn:aws:dynamodb:us-east-1:000000000000:table/t";

class AccessTableTest : public testing::Test {
 protected:
  AskedAccess Ask(Service service, std::string_view method, std::string_view target,
                  std::string_view body = {}, std::string_view amz_target = {}) {
    wire::HttpHead head;
    head.method = method;
    head.target = target;
    if (!amz_target.empty()) head.fields.push_back({"X-Amz-Target", amz_target});
    return AccessOf(service, {head, body}, facts_);
  }
  // "action on resource; …"
  std::string Told(const AskedAccess& asked) {
    if (asked.is_missing) return "missing";
    std::string told;
    for (const Access& access : asked.accesses) {
      if (!told.empty()) told += "; ";
      told += access.action + " on " + access.resource;
    }
    return told;
  }
  std::string DynamoDb(std::string_view operation, std::string_view body) {
    std::string target = "DynamoDB_20120810." + std::string(operation);
    return Told(Ask(Service::kDynamoDb, "POST", "/", body, target));
  }
  std::vector<std::string> Key(std::string_view operation, std::string_view body,
                               std::string_view key) {
    std::string target = "DynamoDB_20120810." + std::string(operation);
    AskedAccess asked = Ask(Service::kDynamoDb, "POST", "/", body, target);
    auth::RequestContext keys;
    asked.accesses.at(0).fill(keys);
    const auto* found = keys.Find(key);
    return found ? found->values : std::vector<std::string>{"absent"};
  }

  AccessFacts facts_;
};

// A new operation without a row would be denied to every role.
TEST_F(AccessTableTest, EveryOperationThatADispatcherKnowsHasARow) {
  std::size_t operations = 0;
  for (const ServiceRow& service : AccessServices()) {
    for (std::string_view operation : service.operations()) {
      EXPECT_TRUE(FindAccessRow(service.service, operation))
          << service.prefix << ":" << operation << " has no row in access_table.cc";
      ++operations;
    }
  }
  EXPECT_GE(operations, 46u);
}

// All that the front door hands to a service, but stages, gatehouse's own pages and what it
// refuses.
TEST_F(AccessTableTest, EveryServiceHasARow) {
  for (int i = 0; i <= static_cast<int>(Service::kOther); ++i) {
    Service service = static_cast<Service>(i);
    if (service == Service::kStage || service == Service::kOwn || service == Service::kOther) {
      continue;
    }
    bool found = false;
    for (const ServiceRow& row : AccessServices()) found |= row.service == service;
    EXPECT_TRUE(found) << i;
  }
  EXPECT_EQ(Told(Ask(Service::kOther, "POST", "/")), "missing");
}

TEST_F(AccessTableTest, DynamoDbNamesTables) {
  const std::string table(kTable);
  EXPECT_EQ(DynamoDb("PutItem", R"({"TableName":"t","Item":{}})"), "dynamodb:PutItem on " + table);
  EXPECT_EQ(DynamoDb("CreateTable", R"({"TableName":"t"})"), "dynamodb:CreateTable on " + table);
  EXPECT_EQ(DynamoDb("ListTables", "{}"), "dynamodb:ListTables on *");
  EXPECT_EQ(DynamoDb("Scan", R"({"TableName":"t","IndexName":"i"})"),
            "dynamodb:Scan on " + table + "/index/i");
  // An index that the operation does not look at changes nothing.
  EXPECT_EQ(DynamoDb("Query", R"({"TableName":"t","IndexName":"i"})"),
            "dynamodb:Query on " + table + "/index/i");
  EXPECT_EQ(DynamoDb("UpdateTable", R"({"TableName":"t"})"), "dynamodb:UpdateTable on " + table);
  EXPECT_EQ(DynamoDb("PutItem", R"({"TableName":"t","IndexName":"i"})"),
            "dynamodb:PutItem on " + table);
  EXPECT_EQ(DynamoDb("GetItem", R"({"TableName":"a","TableName":"t"})"),
            "dynamodb:GetItem on " + table);                  // the last counts, as for the service
  EXPECT_EQ(DynamoDb("NoSuch", R"({"TableName":"t"})"), "");  // refused by the service
}

TEST_F(AccessTableTest, BatchesNameEachTable) {
  const std::string table(kTable);
  EXPECT_EQ(DynamoDb("BatchGetItem", R"({"RequestItems":{"t":{"Keys":[]},"u":{"Keys":[]}}})"),
            "dynamodb:BatchGetItem on " + table + "; dynamodb:BatchGetItem on " +
                table.substr(0, table.size() - 1) + "u");
  EXPECT_EQ(DynamoDb("BatchWriteItem", R"({"RequestItems":{"t":[]}})"),
            "dynamodb:BatchWriteItem on " + table);
  EXPECT_EQ(Key("BatchWriteItem",
                R"({"RequestItems":{"t":[{"PutRequest":{"Item":{"a":{"S":"1"}}}},)"
                R"({"DeleteRequest":{"Key":{"b":{"S":"1"}}}}]}})",
                "dynamodb:attributes"),
            (std::vector<std::string>{"a", "b"}));
}

TEST_F(AccessTableTest, TagsNameTheirTableByArn) {
  const std::string table(kTable);
  EXPECT_EQ(DynamoDb("TagResource", R"({"ResourceArn":")" + table + R"("})"),
            "dynamodb:TagResource on " + table);
  EXPECT_EQ(DynamoDb("UpdateTimeToLive", R"({"TableName":"t"})"),
            "dynamodb:UpdateTimeToLive on " + table);
}

TEST_F(AccessTableTest, TransactionsNeedTheActionOfEachItem) {
  const std::string table(kTable);
  constexpr std::string_view kWrites =
      R"({"TransactItems":[{"Put":{"TableName":"t","Item":{"id":{"S":"1"}}}},)"
      R"({"ConditionCheck":{"TableName":"t","Key":{"id":{"S":"2"}}}}]})";
  EXPECT_EQ(DynamoDb("TransactWriteItems", kWrites),
            "dynamodb:PutItem on " + table + "; dynamodb:ConditionCheckItem on " + table);
  EXPECT_EQ(Key("TransactWriteItems", kWrites, "dynamodb:enclosingoperation"),
            std::vector<std::string>{"TransactWriteItems"});
  EXPECT_EQ(DynamoDb("TransactGetItems", R"({"TransactItems":[{"Get":{"TableName":"t"}}]})"),
            "dynamodb:GetItem on " + table);
}

TEST_F(AccessTableTest, DynamoDbTellsKeysOfItems) {
  using Texts = std::vector<std::string>;
  constexpr std::string_view kUpdate =
      R"({"TableName":"t","Key":{"id":{"S":"x"}},"ReturnValues":"ALL_NEW",)"
      R"("UpdateExpression":"SET #a.b = if_not_exists(c, :d) REMOVE e[0]",)"
      R"("ConditionExpression":"attribute_exists(f) AND size(g) > :h",)"
      R"("ExpressionAttributeNames":{"#a":"A"}})";
  EXPECT_EQ(Key("UpdateItem", kUpdate, "dynamodb:attributes"),
            (Texts{"A", "c", "e", "f", "g", "id"}));
  EXPECT_EQ(Key("UpdateItem", kUpdate, "dynamodb:returnvalues"), Texts{"ALL_NEW"});
  EXPECT_EQ(Key("Scan", R"({"TableName":"t"})", "dynamodb:select"), Texts{"ALL_ATTRIBUTES"});
  EXPECT_EQ(Key("Scan", R"({"TableName":"t","ProjectionExpression":"a"})", "dynamodb:select"),
            Texts{"SPECIFIC_ATTRIBUTES"});
}

TEST_F(AccessTableTest, LambdaNamesFunctionsAndTheRolesTheyAreGiven) {
  constexpr std::string_view kArn = "arn:aws:lambda:us-east-1:000000000000:function:f";
  const std::string arn(kArn);
  auto ask = [&](std::string_view method, std::string_view target, std::string_view body = {}) {
    return Told(Ask(Service::kLambda, method, target, body));
  };
  EXPECT_EQ(ask("POST", "/2015-03-31/functions/f/invocations"), "lambda:InvokeFunction on " + arn);
  EXPECT_EQ(ask("POST", "/2015-03-31/functions/f/invocations?Qualifier=live"),
            "lambda:InvokeFunction on " + arn + ":live");
  EXPECT_EQ(ask("POST", "/2015-03-31/functions/%66/invocations"),
            "lambda:InvokeFunction on " + arn);
  EXPECT_EQ(ask("GET", "/2015-03-31/functions"), "lambda:ListFunctions on *");
  EXPECT_EQ(ask("DELETE", "/2015-03-31/functions/f/policy/s"), "lambda:RemovePermission on " + arn);
  EXPECT_EQ(
      ask("POST", "/2015-03-31/functions",
          R"({"FunctionName":"f","Role":"arn:aws:iam::000000000000:role/r"})"),
      "lambda:CreateFunction on " + arn + "; iam:PassRole on arn:aws:iam::000000000000:role/r");
}

TEST_F(AccessTableTest, CloudFormationNamesStacks) {
  auto ask = [&](std::string_view body) {
    return Told(Ask(Service::kCloudFormation, "POST", "/", body));
  };
  EXPECT_EQ(
      ask("Action=DeleteStack&StackName=s"),
      "cloudformation:DeleteStack on arn:aws:cloudformation:us-east-1:000000000000:stack/s/*");
  EXPECT_EQ(ask("Action=ListStacks"), "cloudformation:ListStacks on *");
  EXPECT_EQ(ask("Action=DescribeStacks"), "cloudformation:DescribeStacks on *");
}

TEST_F(AccessTableTest, ApiGatewayNamesPathsAsTheyAreUnderstood) {
  auto ask = [&](std::string_view method, std::string_view target, std::string_view body = {}) {
    return Told(Ask(Service::kApiGateway, method, target, body));
  };
  EXPECT_EQ(ask("GET", "/v2/apis"), "apigateway:GET on arn:aws:apigateway:us-east-1::/apis");
  EXPECT_EQ(ask("DELETE", "/v2/apis/%61b/routes/r"),
            "apigateway:DELETE on arn:aws:apigateway:us-east-1::/apis/ab/routes/r");
  EXPECT_EQ(ask("POST", "/v2/tags/arn:aws:apigateway:us-east-1::%2Fapis%2Fa"),
            "apigateway:POST on arn:aws:apigateway:us-east-1::/tags/"
            "arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Fapis%2Fa");
  EXPECT_EQ(ask("POST", "/v2/apis/a/integrations", R"({"credentialsArn":"arn:aws:iam::1:role/r"})"),
            "apigateway:POST on arn:aws:apigateway:us-east-1::/apis/a/integrations; "
            "iam:PassRole on arn:aws:iam::1:role/r");
}

TEST_F(AccessTableTest, EventsNameRulesBusesAndSchedules) {
  auto events = [&](std::string_view operation, std::string_view body) {
    std::string target = "AWSEvents." + std::string(operation);
    return Told(Ask(Service::kEvents, "POST", "/", body, target));
  };
  const std::string place = "us-east-1:000000000000:";
  EXPECT_EQ(events("PutRule", R"({"Name":"r","EventBusName":"default"})"),
            "events:PutRule on arn:aws:events:" + place + "rule/r");
  EXPECT_EQ(events("PutTargets", R"({"Rule":"r","Targets":[{"RoleArn":"arn:aws:iam::1:role/x"}]})"),
            "events:PutTargets on arn:aws:events:" + place +
                "rule/r; iam:PassRole on arn:aws:iam::1:role/x");
  EXPECT_EQ(events("PutEvents", R"({"Entries":[{},{"EventBusName":"b"}]})"),
            "events:PutEvents on arn:aws:events:" + place +
                "event-bus/default; events:PutEvents on arn:aws:events:" + place + "event-bus/b");
  auto schedules = [&](std::string_view method, std::string_view target,
                       std::string_view body = {}) {
    return Told(Ask(Service::kScheduler, method, target, body));
  };
  EXPECT_EQ(schedules("POST", "/schedules/s",
                      R"({"GroupName":"g","Target":{"RoleArn":"arn:aws:iam::1:role/x"}})"),
            "scheduler:CreateSchedule on arn:aws:scheduler:" + place +
                "schedule/g/s; iam:PassRole on arn:aws:iam::1:role/x");
  EXPECT_EQ(schedules("DELETE", "/schedules/s?groupName=g"),
            "scheduler:DeleteSchedule on arn:aws:scheduler:" + place + "schedule/g/s");
  EXPECT_EQ(schedules("GET", "/schedules/s"),
            "scheduler:GetSchedule on arn:aws:scheduler:" + place + "schedule/default/s");
  EXPECT_EQ(schedules("GET", "/schedule-groups"), "scheduler:ListScheduleGroups on *");
}

TEST_F(AccessTableTest, ParametersAreNamedAsTheirArnsAre) {
  auto ssm = [&](std::string_view operation, std::string_view body) {
    std::string target = "AmazonSSM." + std::string(operation);
    return Told(Ask(Service::kSsm, "POST", "/", body, target));
  };
  const std::string place = " on arn:aws:ssm:us-east-1:000000000000:parameter/";
  EXPECT_EQ(ssm("GetParameter", R"({"Name":"/a/b:3"})"), "ssm:GetParameter" + place + "a/b");
  EXPECT_EQ(ssm("PutParameter", R"({"Name":"a"})"), "ssm:PutParameter" + place + "a");
  EXPECT_EQ(ssm("GetParametersByPath", R"({"Path":"/a/"})"),
            "ssm:GetParametersByPath" + place + "a");
  EXPECT_EQ(ssm("GetParameters", R"({"Names":["a","/b"]})"),
            "ssm:GetParameters" + place + "a; ssm:GetParameters" + place + "b");
}

TEST_F(AccessTableTest, ConnectionsAreNamedByVerb) {
  Access access = ConnectionAccess(facts_, "api", "live", "POST", "id=");
  EXPECT_EQ(access.action, "execute-api:ManageConnections");
  EXPECT_EQ(access.resource,
            "arn:aws:execute-api:us-east-1:000000000000:api/live/POST/@connections/id=");
  EXPECT_EQ(access.statement_resource,
            "arn:aws:execute-api:us-east-1:000000000000:api/live/POST/@connections/*");
}

}  // namespace
}  // namespace gatehouse::server
