// The chat's templates deployed through the real rooms over a store in memory.
#include <cctype>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <regex>

#include <gtest/gtest.h>

#include "api/define/test_catalogue.h"
#include "stack/check/template_check.h"
#include "stack/engine/stacks.h"
#include "stack/engine/test_stacks.h"
#include "stack/provide/rooms_provider.h"

namespace gatehouse::stack {
namespace {

Task<Answer> Handle(Event, Context&) { co_return Answer{}; }

std::string ReadExample(const std::string& name) {
  std::ifstream in(std::string(GATEHOUSE_EXAMPLES) + "/" + name);
  EXPECT_TRUE(in) << name;
  return {std::istreambuf_iterator<char>(in), {}};
}

// What the templates must have, by apps/chat/routes.inc.
struct ChatRoute {
  std::string key;
  std::string handler;     // "chat/connect"
  std::string logical_id;  // "ConnectHandler"
  bool is_alias = false;
};

std::vector<ChatRoute> ReadRoutes() {
  std::vector<ChatRoute> routes;
  std::ifstream in(std::string(GATEHOUSE_EXAMPLES) + "/../apps/chat/routes.inc");
  const std::regex row(R"re(CHAT_(ROUTE|ALIAS)\("([^"]+)",.* ?"([^"]+)"\))re");
  for (std::string line; std::getline(in, line);) {
    std::smatch match;
    if (!std::regex_match(line, match, row)) continue;
    std::string name = match[3], logical_id = name + "Handler";
    logical_id[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(logical_id[0])));
    routes.push_back({match[2], "chat/" + name, logical_id, match[1] == "ALIAS"});
  }
  EXPECT_GE(routes.size(), 6u);
  return routes;
}

std::vector<HandlerEntry> Entries(const std::vector<ChatRoute>& routes) {
  std::vector<HandlerEntry> entries;
  for (const ChatRoute& route : routes) {
    if (!route.is_alias) entries.push_back({route.handler.c_str(), Handle});
  }
  return entries;
}

struct ExamplesTest : testing::Test, api::CatalogueWorld {
  ExamplesTest() { OpenRooms(); }
  ~ExamplesTest() override { Settle(); }

  void OpenRooms() {
    auto opened_functions = function::Catalogue::Open(*store, loop, entries);
    ASSERT_TRUE(opened_functions) << opened_functions.error().message;
    functions = *std::move(opened_functions);
    auto opened_tables = table::Tables::Open(*store);
    ASSERT_TRUE(opened_tables) << opened_tables.error().message;
    tables = *std::move(opened_tables);
    auto opened_events = event::Catalogue::Open(*store, loop);
    ASSERT_TRUE(opened_events) << opened_events.error().message;
    events = *std::move(opened_events);
    auto opened_parameters = parameter::Parameters::Open(*store, loop);
    ASSERT_TRUE(opened_parameters) << opened_parameters.error().message;
    stored = *std::move(opened_parameters);
    provider.emplace(
        Rooms{*catalogue, *functions, *tables, roles, loop, clock, random, *events, *stored});
    StackOptions options;
    options.stored_parameter = [this](std::string_view name) -> std::optional<std::string> {
      const parameter::Parameter* found = stored->Find(name);
      if (!found) return std::nullopt;
      return found->value;
    };
    auto opened = Stacks::Open(*store, *provider, names, loop, clock, random, options);
    ASSERT_TRUE(opened) << opened.error().message;
    stacks = *std::move(opened);
  }

  Result<DeployResult> Deploy(const std::string& text, ParameterInputs parameters = {}) {
    StackRequest request;
    request.name = "websocket-chat-demo";
    request.template_text = text;
    request.parameters = std::move(parameters);
    std::optional<Result<DeployResult>> answer;
    stacks->Deploy(std::move(request), "t.yaml",
                   [&](Result<DeployResult> result) { answer.emplace(std::move(result)); });
    Settle();
    if (!answer) return Error{ErrorCode::kTimeout, "no answer"};
    return *std::move(answer);
  }
  const Resource& Made(const std::string& logical_id) const {
    return stacks->Find("websocket-chat-demo")->entries.at(logical_id).now;
  }
  std::string RouteTarget(const std::string& key) const {
    const std::string api_id = Made("WebSocketApi").physical_id;
    auto routes = catalogue->List({api::ResourceKind::kRoute, api_id, "", ""});
    for (const auto& route : *routes) {
      if (route.at("routeKey").as_string() != key) continue;
      std::string target(route.at("target").as_string());
      auto integration = catalogue->Get(
          {api::ResourceKind::kIntegration, api_id, "", target.substr(target.find('/') + 1)});
      EXPECT_TRUE(integration);
      return integration ? std::string(integration->at("integrationUri").as_string()) : "";
    }
    return "no route " + key;
  }

  const std::vector<ChatRoute> expected = ReadRoutes();
  const std::vector<HandlerEntry> entries = Entries(expected);
  TestNames names;
  auth::Roles roles;
  std::unique_ptr<function::Catalogue> functions;
  std::unique_ptr<table::Tables> tables;
  std::unique_ptr<event::Catalogue> events;
  std::unique_ptr<parameter::Parameters> stored;
  std::optional<RoomsProvider> provider;
  std::unique_ptr<Stacks> stacks;
};

TEST_F(ExamplesTest, TheChatIsWhatItWasInCpp) {
  auto deployed = Deploy(ReadExample("chat/ws-starter.yaml"));
  ASSERT_TRUE(deployed) << deployed.error().message;
  EXPECT_EQ(deployed->status, "CREATE_COMPLETE");
  EXPECT_TRUE(deployed->notices.empty());

  const std::string table = Made("ConnectionsTable").physical_id;
  auto described = tables->DescribeTable(table);
  ASSERT_TRUE(described);
  EXPECT_EQ(described->billing_mode, table::BillingMode::kPayPerRequest);
  EXPECT_EQ(described->key_schema.at(0).attribute_name, "connectionId");
  EXPECT_EQ(described->table_id.size(), 36u);

  for (const auto& [key, handler, logical_id, is_alias] : expected) {
    auto function = functions->Find(Made(logical_id).physical_id);
    ASSERT_TRUE(function) << logical_id;
    EXPECT_EQ(function->in_process, handler);
    EXPECT_EQ(function->logical_id, logical_id);
    EXPECT_EQ(function->stack, "websocket-chat-demo");
    EXPECT_EQ(function->environment.at("TABLE_NAME"), table);
    EXPECT_EQ(functions->Permissions(function->name).size(), 1u);
    const auth::Role* role = roles.FindByArn(function->role);
    ASSERT_TRUE(role) << function->role;
    EXPECT_TRUE(role->role_id.starts_with("AROA"));
    EXPECT_EQ(role->role_id.size(), 21u);
    EXPECT_EQ(roles.PoliciesOf(role->name).size(), 1u);
  }
  auto connect = functions->Find(Made("ConnectHandler").physical_id);
  EXPECT_EQ(connect->environment.at("SEND_ID_ON_CONNECT"), "false");
  EXPECT_EQ(connect->environment.at("GET_CONNECTION_ID_FUNCTION"),
            Made("GetConnectionIdHandler").physical_id);

  for (const auto& [key, handler, logical_id, is_alias] : expected) {
    EXPECT_NE(RouteTarget(key).find(":function:" + Made(logical_id).physical_id + "/invocations"),
              std::string::npos)
        << RouteTarget(key);
  }
  const std::string api_id = Made("WebSocketApi").physical_id;
  EXPECT_TRUE(gateway->stages().Find(api_id, "production"));
  const auto& outputs = stacks->Find("websocket-chat-demo")->definition.outputs;
  ASSERT_EQ(outputs.size(), 3u);
  EXPECT_EQ(outputs[0].value,
            "wss://" + api_id + ".execute-api.us-east-1.amazonaws.com/production");
  EXPECT_EQ(outputs[2].value, Made("SendMessageHandler").physical_id);
}

TEST_F(ExamplesTest, ThePythonChatDeploysAndUpdates) {
  const std::string text = ReadExample("chat/ws-starter-python.yaml");
  auto deployed = Deploy(text);
  ASSERT_TRUE(deployed) << deployed.error().message;
  for (const auto& [key, handler, logical_id, is_alias] : expected) {
    EXPECT_NE(RouteTarget(key).find(":function:" + Made(logical_id).physical_id + "/invocations"),
              std::string::npos)
        << RouteTarget(key);
    auto function = functions->Find(Made(logical_id).physical_id);
    ASSERT_TRUE(function);
    EXPECT_EQ(function->runtime, "python3.12");
    EXPECT_EQ(function->code.kind, function::CodeSource::kInline);
    EXPECT_LE(function->code.text.size(), 4096u);
    EXPECT_TRUE(function->code.text.starts_with("import "));
  }
  const std::string api_id = Made("WebSocketApi").physical_id;
  auto changed =
      Deploy(text, {{"StageName", {"dev", false}}, {"SendIdOnConnect", {"true", false}}});
  ASSERT_TRUE(changed) << changed.error().message;
  EXPECT_EQ(changed->status, "UPDATE_COMPLETE");
  Settle();
  EXPECT_TRUE(gateway->stages().Find(api_id, "dev"));
  EXPECT_FALSE(gateway->stages().Find(api_id, "production"));
  EXPECT_EQ(
      functions->Find(Made("ConnectHandler").physical_id)->environment.at("SEND_ID_ON_CONNECT"),
      "true");
  auto again = Deploy(text, {{"StageName", {"dev", false}}, {"SendIdOnConnect", {"true", false}}});
  ASSERT_TRUE(again);
  EXPECT_FALSE(again->changed);
}

constexpr const char* kVersions = R"(
Resources:
  F:
    Type: AWS::Lambda::Function
    Properties: {Runtime: python3.12, Handler: index.handler, Role: r, Layers: [!Ref L],
                 Code: {ZipFile: 'def handler(e, c): return 1'}}
  L: {Type: AWS::Lambda::LayerVersion, Properties: {Content: layer/}}
  V: {Type: AWS::Lambda::Version, DeletionPolicy: Retain, Properties: {FunctionName: !Ref F}}
  W: {Type: AWS::Lambda::Version, DependsOn: V, Properties: {FunctionName: !GetAtt F.Arn}}
  Live:
    Type: AWS::Lambda::Alias
    Properties: {FunctionName: !Ref F, FunctionVersion: !GetAtt V.Version, Name: live}
Outputs: {A: {Value: !Ref Live}, V: {Value: !Ref V}, W: {Value: !GetAtt W.Version}}
)";

TEST_F(ExamplesTest, VersionsAndAliasesAreNamesOfTheFunction) {
  auto deployed = Deploy(kVersions);
  ASSERT_TRUE(deployed) << deployed.error().message;
  const std::string name = Made("F").physical_id;
  const auto& outputs = stacks->Find("websocket-chat-demo")->definition.outputs;
  EXPECT_EQ(outputs[0].value, "arn:aws:lambda:us-east-1:000000000000:function:" + name + ":live");
  EXPECT_EQ(outputs[1].value, "arn:aws:lambda:us-east-1:000000000000:function:" + name + ":1");
  EXPECT_EQ(outputs[2].value, "2");
  for (const char* qualifier : {"1", "2", "live"}) {
    EXPECT_TRUE(functions->HasQualifier(name, qualifier)) << qualifier;
  }
  EXPECT_FALSE(functions->HasQualifier(name, "3"));
  stacks.reset();
  provider.reset();
  OpenRooms();  // as at the next start
  EXPECT_TRUE(functions->HasQualifier(name, "live"));
  std::string without = kVersions;
  without.replace(without.find("Name: live"), 10, "Name: next");
  ASSERT_TRUE(Deploy(without));
  EXPECT_FALSE(functions->HasQualifier(name, "live"));
  EXPECT_TRUE(functions->HasQualifier(name, "next"));
}

constexpr const char* kStored = R"(
Parameters:
  Url: {Type: AWS::SSM::Parameter::Value<String>, Default: /app/url}
  Names: {Type: 'AWS::SSM::Parameter::Value<List<String>>', Default: names}
Resources:
  Own: {Type: AWS::SSM::Parameter, Properties: {Name: /app/own, Type: String, Value: !Ref Url}}
  Joined: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: !Join ['+', !Ref Names]}}
Outputs: {O: {Value: !GetAtt Own.Value}, N: {Value: !Ref Own}}
)";

TEST_F(ExamplesTest, ParametersOfSystemsManagerAreMadeAndRead) {
  auto without = Deploy(kStored);
  ASSERT_TRUE(without) << without.error().message;
  ASSERT_EQ(without->notices.size(), 2u);
  EXPECT_EQ(without->notices[0].message,
            "Parameter Url: there is no parameter /app/url, gatehouse-placeholder-Url stands for "
            "it; aws ssm put-parameter --name /app/url --type String --value VALUE makes it, then "
            "start again");
  for (const auto& [name, value] : {std::pair("/app/url", "wss://x"), std::pair("names", "a,b")}) {
    parameter::Parameter parameter;
    parameter.name = name;
    parameter.value = value;
    stored->Put(std::move(parameter), parameter::Parameters::Mode::kNew, [](auto) {});
  }
  Settle();
  auto deployed = Deploy(kStored);
  ASSERT_TRUE(deployed) << deployed.error().message;
  EXPECT_EQ(deployed->status, "UPDATE_COMPLETE");
  EXPECT_TRUE(deployed->notices.empty());
  ASSERT_TRUE(stored->Find("/app/own"));
  EXPECT_EQ(stored->Find("/app/own")->value, "wss://x");
  EXPECT_EQ(stored->Find(Made("Joined").physical_id)->value, "a+b");
  EXPECT_EQ(stacks->Find("websocket-chat-demo")->definition.outputs[0].value, "wss://x");
  ASSERT_TRUE(Deploy("Resources: {G: {Type: AWS::Logs::LogGroup}}\n"));
  EXPECT_FALSE(stored->Find("/app/own"));
}

constexpr const char* kStageOfADeployment = R"(
Resources:
  WebSocketApi:
    Type: AWS::ApiGatewayV2::Api
    Properties: {Name: x, ProtocolType: WEBSOCKET, RouteSelectionExpression: $request.body.action}
  I:
    Type: AWS::ApiGatewayV2::Integration
    Properties: {ApiId: !Ref WebSocketApi, IntegrationType: MOCK}
  R:
    Type: AWS::ApiGatewayV2::Route
    Properties: {ApiId: !Ref WebSocketApi, RouteKey: a, Target: !Sub 'integrations/${I}'}
  S: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref WebSocketApi, StageName: live}}
  D:
    Type: AWS::ApiGatewayV2::Deployment
    DependsOn: R
    Properties: {ApiId: !Ref WebSocketApi, StageName: !Ref S}
)";

TEST_F(ExamplesTest, ADeploymentMayNameItsStage) {
  auto deployed = Deploy(kStageOfADeployment);
  ASSERT_TRUE(deployed) << deployed.error().message;
  const auto stage = gateway->stages().Find(Made("WebSocketApi").physical_id, "live");
  ASSERT_TRUE(stage);
  auto again = Deploy(kStageOfADeployment);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_FALSE(again->changed);
}

TEST_F(ExamplesTest, RolesAreThereAgainAfterARestart) {
  ASSERT_TRUE(Deploy(ReadExample("chat/ws-starter.yaml")));
  const auth::Role before = *roles.Find(Made("ConnectRole").physical_id);
  stacks.reset();
  std::destroy_at(&roles);
  std::construct_at(&roles);
  OpenRooms();
  const auth::Role* after = roles.Find(before.name);
  ASSERT_TRUE(after);
  EXPECT_EQ(*after, before);
}

TEST_F(ExamplesTest, AServicesRefusalRollsBack) {
  std::string text = ReadExample("chat/ws-starter.yaml");
  const std::string logical_id = "  GetConnectionIdHandler:\n    Type: AWS::Lambda::Function\n";
  const std::size_t at = text.find("    Properties:\n", text.find(logical_id));
  text.insert(at + std::strlen("    Properties:\n"), "      FunctionName: mine\n");
  function::FunctionDefinition mine;  // no rehearsal knows of it
  mine.name = "mine";
  mine.in_process = "chat/connect";
  functions->Create(mine, [](Result<void> created) { EXPECT_TRUE(created); });
  Settle();
  auto deployed = Deploy(text);
  ASSERT_FALSE(deployed);
  EXPECT_EQ(deployed.error().message,
            "stack websocket-chat-demo is ROLLBACK_COMPLETE: GetConnectionIdHandler: mine already "
            "exists");
  ASSERT_EQ(functions->List().size(), 1u);
  EXPECT_TRUE(tables->ListTables("", 10).names.empty());
}

// What `check` says, and without a stack that is begun.
TEST_F(ExamplesTest, WhatARoomWouldRefuseIsToldBeforeAnythingBegins) {
  std::string text = ReadExample("chat/ws-starter.yaml");
  const std::string timeout = "Timeout: 60", stage = "StageName: !Ref StageName";
  text.replace(text.find(timeout), timeout.size(), "Timeout: 6000");
  text.replace(text.find(stage), stage.size(), "StageName: $x!");
  auto deployed = Deploy(text);
  ASSERT_FALSE(deployed);
  std::string checked;
  for (const Problem& problem : Check(text, {}).problems) {
    checked += (checked.empty() ? "t.yaml:" : "\nt.yaml:") + std::to_string(problem.line) + ": " +
               problem.message;
  }
  EXPECT_EQ(deployed.error().message, checked);
  EXPECT_NE(checked.find("its timeout is 6000000 ms"), std::string::npos) << checked;
  EXPECT_NE(checked.find("Stage name only allows"), std::string::npos) << checked;
  EXPECT_FALSE(stacks->Find("websocket-chat-demo"));
}

TEST_F(ExamplesTest, DeletingLeavesNothing) {
  ASSERT_TRUE(Deploy(ReadExample("chat/ws-starter.yaml")));
  const std::string api_id = Made("WebSocketApi").physical_id;
  std::optional<Result<void>> deleted;
  stacks->Delete("websocket-chat-demo",
                 [&](Result<void> result) { deleted.emplace(std::move(result)); });
  Settle();
  ASSERT_TRUE(deleted && *deleted);
  EXPECT_FALSE(stacks->Find("websocket-chat-demo"));
  EXPECT_TRUE(functions->List().empty());
  EXPECT_TRUE(tables->ListTables("", 10).names.empty());
  EXPECT_FALSE(gateway->stages().Find(api_id, "production"));
  EXPECT_FALSE(catalogue->Get({api::ResourceKind::kApi, "", "", api_id}));
}

TEST(Examples, HaveNothingToRemark) {
  for (const char* name : {"chat/ws-starter.yaml", "chat/ws-starter-python.yaml"}) {
    const CheckResult result = Check(ReadExample(name), {});
    for (const Problem& problem : result.problems) {
      ADD_FAILURE() << name << ":" << problem.line << ": " << problem.message;
    }
    EXPECT_TRUE(result.notices.empty());
  }
}

// A response of a route and a model, by the names of templates.
TEST_F(ExamplesTest, TheOtherKindsOfApiResources) {
  auto deployed = Deploy(R"(
Resources:
  Api:
    Type: AWS::ApiGatewayV2::Api
    Properties: {Name: x, ProtocolType: WEBSOCKET, RouteSelectionExpression: $request.body.action}
  Route:
    Type: AWS::ApiGatewayV2::Route
    Properties:
      ApiId: !Ref Api
      RouteKey: $default
      RouteResponseSelectionExpression: $default
      Target: !Join ['/', [integrations, !Ref Integration]]
  Integration:
    Type: AWS::ApiGatewayV2::Integration
    Properties:
      ApiId: !Ref Api
      IntegrationType: MOCK
      RequestTemplates: {'200': '{"statusCode":200}'}
      TemplateSelectionExpression: '200'
  Response:
    Type: AWS::ApiGatewayV2::RouteResponse
    Properties: {ApiId: !Ref Api, RouteId: !Ref Route, RouteResponseKey: $default}
  IntegrationResponse:
    Type: AWS::ApiGatewayV2::IntegrationResponse
    Properties:
      ApiId: !Ref Api
      IntegrationId: !Ref Integration
      IntegrationResponseKey: $default
      ResponseTemplates: {'200': '{"a":1}'}
      TemplateSelectionExpression: '200'
  Model:
    Type: AWS::ApiGatewayV2::Model
    Properties: {ApiId: !Ref Api, Name: Said, Schema: {type: object}}
  Deployment: {Type: AWS::ApiGatewayV2::Deployment, Properties: {ApiId: !Ref Api}}
  Stage:
    Type: AWS::ApiGatewayV2::Stage
    Properties:
      ApiId: !Ref Api
      StageName: live
      DeploymentId: !Ref Deployment
      StageVariables: {Table_Name: t}
      DefaultRouteSettings: {ThrottlingBurstLimit: '5', ThrottlingRateLimit: 2.5}
)");
  ASSERT_TRUE(deployed) << deployed.error().message;
  const std::string api_id = Made("Api").physical_id;
  auto model = catalogue->Get({api::ResourceKind::kModel, api_id, "", Made("Model").physical_id});
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->at("schema").as_string(), R"({"type":"object"})");
  auto stage = catalogue->Get({api::ResourceKind::kStage, api_id, "", "live"});
  ASSERT_TRUE(stage) << stage.error().message;
  EXPECT_EQ(stage->at("stageVariables").as_object().at("Table_Name").as_string(), "t");
  EXPECT_EQ(
      stage->at("defaultRouteSettings").as_object().at("throttlingBurstLimit").to_number<int>(), 5);
  EXPECT_TRUE(catalogue->Get({api::ResourceKind::kRouteResponse, api_id, Made("Route").physical_id,
                              Made("Response").physical_id}));
}

}  // namespace
}  // namespace gatehouse::stack
