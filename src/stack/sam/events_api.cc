// Events of REST and HTTP APIs: who may call the function, and the route in the API's definition
// if that is SAM's.
#include <algorithm>
#include <cctype>

#include "stack/sam/api.h"
#include "stack/sam/events.h"

namespace gatehouse::stack::sam {
namespace {

constexpr std::string_view kAnyMethod = "x-amazon-apigateway-any-method";

// "/a/{id}/" is "/a/*" in an ARN.
std::string ArnPath(std::string_view path) {
  if (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  std::string out;
  while (!path.empty()) {
    const std::size_t open = path.find('{');
    const std::size_t close = open == path.npos ? open : path.find('}', open);
    out += path.substr(0, close == path.npos ? path.size() : open);
    if (close == path.npos) break;
    out += '*';
    path.remove_prefix(close + 1);
  }
  return out;
}

std::string Upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

std::string Lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

// The properties of the API that the event names, if it is SAM's and in the template.
Value* ApiProperties(const Event& event, std::string_view property, std::string_view type) {
  Value* api = event.expansion.resources().Find(LogicalIdOf(*event.Find(property)));
  if (!api || api->Text("Type") != type) return nullptr;
  return &ObjectAt(*api, "Properties");
}

// Adds the route to a definition that is not the author's own.
void AddPath(const Event& event, Value& api, const Value& skeleton, const std::string& path,
             const std::string& method, Value operation) {
  Value* body = api.Find("DefinitionBody");
  if ((body && !body->Find(kManagedDefinition)) || api.Find("DefinitionUri")) return;
  if (!body) api.Set("DefinitionBody", skeleton);
  Value& paths = ObjectAt(*api.Find("DefinitionBody"), "paths");
  Value& methods = ObjectAt(paths, path);
  if (methods.Find(method)) {
    return event.Fail("API method \"" + method + "\" defined multiple times for path \"" + path +
                      "\".");
  }
  methods.Set(method, std::move(operation));
}

Value LambdaUri(const Event& event) {
  const bool is_alias = event.target.id != event.source.id;
  return Sub("arn:" + event.expansion.partition() +
             ":apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${" + event.target.id +
             (is_alias ? "}" : ".Arn}") + "/invocations");
}

// A definition without paths, marked as one that events fill.
Value Skeleton(std::string_view kind, std::string_view version) {
  return Object({{kind, Text(version)},
                 {"info", Object({{"version", Text("1.0")}, {"title", RefTo("AWS::StackName")}})},
                 {kManagedDefinition, Value::Bool(true)}});
}

Value Operation(const Event& event, std::initializer_list<Field> more) {
  Value integration = Object(
      {{"httpMethod", Text("POST")}, {"type", Text("aws_proxy")}, {"uri", LambdaUri(event)}});
  for (const Field& field : more) integration.Set(field.first, field.second);
  return Object({{"x-amazon-apigateway-integration", std::move(integration)},
                 {"responses", Value::Object()}});
}

void AddApiPermission(const Event& event, const std::string& suffix, const std::string& resource,
                      const Value& api_id, std::string_view stage) {
  Made& permission = event.Add(event.id + "Permission" + suffix, "AWS::Lambda::Permission");
  permission.Set("Action", Text("lambda:InvokeFunction"));
  permission.Set("FunctionName", event.target.name);
  permission.Set("Principal", Text("apigateway.amazonaws.com"));
  permission.Set("SourceArn", Sub("arn:" + event.expansion.partition() +
                                      ":execute-api:${AWS::Region}:${AWS::AccountId}:${__ApiId__}/"
                                      "${__Stage__}/" +
                                      resource,
                                  {{"__ApiId__", api_id}, {"__Stage__", Text(stage)}}));
}

}  // namespace

void ExpandApiEvent(const Event& event) {
  for (const char* name : {"Path", "Method", "RestApiId"}) {
    if (!event.Requires(name)) return;
  }
  const std::string path = event.Find("Path")->text;
  const std::string method = event.Find("Method")->text;
  const bool any = Lower(method) == "any";
  std::string suffix = "AllStages";
  if (Value* api = ApiProperties(event, "RestApiId", "AWS::Serverless::Api")) {
    const Value* stage = api->Find("StageName");
    suffix = stage && stage->is_string() ? stage->text : "Stage";
    AddPath(event, *api, Skeleton("swagger", "2.0"), path,
            any ? std::string(kAnyMethod) : Lower(method), Operation(event, {}));
  }
  AddApiPermission(event, suffix, (any ? "*" : Upper(method)) + ArnPath(path),
                   *event.Find("RestApiId"), "*");
}

void ExpandHttpApiEvent(const Event& event) {
  const Value* path = event.Find("Path");
  const Value* given = event.Find("Method");
  if ((path != nullptr) != (given != nullptr) || !event.Find("ApiId")) {
    return event.Fail("an HttpApi event has both of Path and Method, or neither, and an ApiId.");
  }
  const std::string route = path ? path->text : "$default";
  const std::string method = given ? Lower(given->text) : std::string(kAnyMethod);
  const bool any = method == "any" || method == kAnyMethod;
  if (Value* api = ApiProperties(event, "ApiId", "AWS::Serverless::HttpApi")) {
    AddPath(event, *api, Skeleton("openapi", "3.0.1"), route,
            any ? std::string(kAnyMethod) : method,
            Operation(event, {{"payloadFormatVersion", Text("2.0")}}));
  }
  const bool is_default = route == "$default" || route == "/$default";
  AddApiPermission(event, "", (any ? "*" : Upper(method)) + (is_default ? "" : ArnPath(route)),
                   *event.Find("ApiId"), "*");
}

}  // namespace gatehouse::stack::sam
