#include "stack/sam/api.h"

#include <algorithm>

#include "stack/sam/function.h"
#include "stack/sam/logical_id.h"
#include "stack/sam/websocket_api.h"

namespace gatehouse::stack::sam {
namespace {

struct ImplicitApi {
  std::string_view event;     // of functions
  std::string_view property;  // by which an event names an API
  std::string_view id;
  std::string_view type;
};
constexpr ImplicitApi kImplicitApis[] = {
    {"Api", "RestApiId", "ServerlessRestApi", "AWS::Serverless::Api"},
    {"HttpApi", "ApiId", "ServerlessHttpApi", "AWS::Serverless::HttpApi"},
};

// Events of that kind without an API get the implicit one; whether there are any.
bool NameImplicitApi(Value& resource, const ImplicitApi& api) {
  const std::string type = resource.Text("Type");
  if (type != "AWS::Serverless::Function" && type != "AWS::Serverless::StateMachine") return false;
  Value* properties = resource.Find("Properties");
  Value* events = properties ? properties->Find("Events") : nullptr;
  bool found = false;
  if (!events) return false;
  for (Member& event : events->members) {
    if (event.value.Text("Type") != api.event) continue;
    Value& own = ObjectAt(event.value, "Properties");
    if (own.Find(api.property)) continue;
    own.Set(api.property, RefTo(api.id));
    found = true;
  }
  return found;
}

Value Definition(const Source& source) {
  if (const Value* given = source.Find("DefinitionBody")) return *given;
  return Object({{"swagger", Text("2.0")},
                 {"info", Object({{"version", Text("1.0")}, {"title", RefTo("AWS::StackName")}})},
                 {"paths", Value::Object()}});
}

}  // namespace

void AddImplicitApis(Expansion& expansion) {
  Value& resources = expansion.resources();
  for (const ImplicitApi& api : kImplicitApis) {
    bool needed = false;
    for (Member& resource : resources.members) {
      needed = NameImplicitApi(resource.value, api) || needed;
    }
    if (!needed || resources.Find(api.id)) continue;
    Value made = Object({{"Type", Text(api.type)}, {"Properties", Value::Object()}});
    if (api.event == "Api") ObjectAt(made, "Properties").Set("StageName", Text("Prod"));
    resources.members.push_back({std::string(api.id), std::move(made), resources.line});
  }
}

void ExpandRestApi(const Source& source, Expansion& expansion) {
  const Value* stage_name = source.Find("StageName");
  if (!stage_name) return expansion.Fail(source, "Missing required property 'StageName'.");
  MadeList made;
  Made& api = made.emplace_back(source.id, "AWS::ApiGateway::RestApi");
  PassAllAttributes(source.body, api.body);
  for (const char* name : {"Name", "Description", "BinaryMediaTypes", "Mode"}) {
    api.Set(name, source.Find(name));
  }
  Value body = Definition(source);
  body.Erase(kManagedDefinition);
  if (source.Find("DefinitionUri") && !source.Find("DefinitionBody")) {
    body = CodeLocation(source, "DefinitionUri", expansion);
    api.Set("BodyS3Location", body);
  } else {
    api.Set("Body", body);
  }
  Made& deployment =
      made.emplace_back(HashedId(source.id + "Deployment", body), "AWS::ApiGateway::Deployment");
  PassAttributes(source.body, deployment.body);
  deployment.Set("RestApiId", RefTo(source.id));
  deployment.Set("StageName", Text("Stage"));
  deployment.Set("Description", Text("RestApi deployment id: " + Sha1Hex(PythonJson(body))));
  const std::string deployment_id = deployment.id;
  Made& stage = made.emplace_back(
      source.id + (stage_name->is_string() ? stage_name->text : std::string()) + "Stage",
      "AWS::ApiGateway::Stage");
  PassAttributes(source.body, stage.body);
  stage.Set("DeploymentId", RefTo(deployment_id));
  stage.Set("RestApiId", RefTo(source.id));
  stage.Set("StageName", *stage_name);
  stage.Set("Variables", source.Find("Variables"));
  expansion.Refer(source.id, "Stage", stage.id);
  expansion.Refer(source.id, "Deployment", deployment_id);
  expansion.Emit(source, std::move(made));
}

void ExpandHttpApi(const Source& source, Expansion& expansion) {
  MadeList made;
  Made& api = made.emplace_back(source.id, "AWS::ApiGatewayV2::Api");
  PassAllAttributes(source.body, api.body);
  const Value* given = source.Find("DefinitionBody");
  Value body =
      given ? *given
            : Object(
                  {{"openapi", Text("3.0.1")},
                   {"info", Object({{"version", Text("1.0")}, {"title", RefTo("AWS::StackName")}})},
                   {"paths", Value::Object()}});
  body.Erase(kManagedDefinition);
  if (source.Find("DefinitionUri")) {
    api.Set("BodyS3Location", CodeLocation(source, "DefinitionUri", expansion));
  } else {
    api.Set("Body", std::move(body));
  }
  for (const char* name : {"Description", "DisableExecuteApiEndpoint", "FailOnWarnings"}) {
    api.Set(name, source.Find(name));
  }
  const Value* name = source.Find("StageName");
  const std::string prefix = name && name->is_string() ? name->text : std::string();
  Made& stage =
      made.emplace_back(source.id + (name ? prefix : std::string("ApiGatewayDefault")) + "Stage",
                        "AWS::ApiGatewayV2::Stage");
  PassAttributes(source.body, stage.body);
  stage.Set("ApiId", RefTo(source.id));
  stage.Set("StageName", name ? *name : Text("$default"));
  stage.Set("AutoDeploy", Value::Bool(true));
  for (const char* passed :
       {"StageVariables", "AccessLogSettings", "DefaultRouteSettings", "RouteSettings"}) {
    stage.Set(passed, source.Find(passed));
  }
  stage.Set("Tags", Object({{"httpapi:createdBy", Text("SAM")}}));
  expansion.Refer(source.id, "Stage", stage.id);
  if (const Value* domain = source.Find("Domain")) {
    MakeDomain(source, expansion.Resolved(*domain), "httpapi:createdBy", made, expansion);
  }
  expansion.Emit(source, std::move(made));
}

}  // namespace gatehouse::stack::sam
