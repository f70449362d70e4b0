#include "stack/sam/websocket_api.h"

#include <algorithm>
#include <cctype>

namespace gatehouse::stack::sam {
namespace {

constexpr std::string_view kTag = "websocketapi:createdBy";
constexpr std::string_view kDefaultStage = "default";

std::string Capitalized(std::string_view text) {
  std::string word;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    word += static_cast<char>(word.empty() ? std::toupper(byte) : std::tolower(byte));
  }
  return word;
}

Value InvocationUri(std::string_view variable, const Value& function_arn) {
  return Sub("arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${" +
                 std::string(variable) + "}/invocations",
             {{variable, function_arn}});
}

class WebSocketApiMaker {
 public:
  WebSocketApiMaker(const Source& source, Expansion& expansion)
      : source_(source), expansion_(expansion) {}

  void Expand() {
    const Value* routes = source_.FindFilled("Routes");
    if (!routes || !routes->is_object()) {
      return Fail(routes ? "Property 'Routes' should be a map."
                         : "WebSocket API must have at least one route.");
    }
    if (!source_.Find("RouteSelectionExpression")) {
      return Fail("Missing required property 'RouteSelectionExpression'.");
    }
    routes_ = expansion_.Resolved(*routes);
    if (const Value* auth = source_.Find("Auth")) auth_ = expansion_.Resolved(*auth);
    const Value* stage = source_.Find("StageName");
    stage_name_ = stage ? *stage : Text(kDefaultStage);
    CheckAuth();
    MakeApi();
    for (const Member& route : routes_.members) {
      if (made_.size() > kResourcesMax) break;
      MakeRoute(route);
    }
    if (const Value* domain = source_.Find("Domain")) {
      if (!IsEmpty(domain->Find("MutualTlsAuthentication"))) {
        Fail("Mutual TLS domain name association is not supported for Websocket APIs.");
      }
      MakeDomain(source_, expansion_.Resolved(*domain), kTag, made_, expansion_);
    }
    MakeStage();
    if (HasAuthorizer()) MakeAuthorizer();
    SpreadTags();
    expansion_.Emit(source_, std::move(made_));
  }

 private:
  void Fail(const std::string& why) { expansion_.Fail(source_, why); }

  Made& Add(std::string id, std::string_view type) {
    return made_.emplace_back(std::move(id), type);
  }

  std::string AuthType() const { return auth_.Text("AuthType"); }
  bool HasAuthorizer() const { return AuthType() == "CUSTOM" && routes_.Find("$connect"); }

  void CheckAuth() {
    if (auth_.members.empty()) return;
    const std::string type = AuthType();
    if (!routes_.Find("$connect")) {
      return Fail("Authorization is only available if there is a $connect route.");
    }
    if (type.empty()) return Fail("AuthType must be specified for additional auth configurations.");
    if (type != "NONE" && type != "AWS_IAM" && type != "CUSTOM") {
      return Fail("AuthType '" + type + "' is not one of AWS_IAM, CUSTOM or NONE.");
    }
    if (type == "CUSTOM" && IsEmpty(auth_.Find("AuthArn"))) {
      return Fail("AuthArn must be specified if AuthType is CUSTOM.");
    }
    if (type != "CUSTOM" && auth_.members.size() > 1) {
      return Fail("No additional configurations supported for AuthType " + type + ".");
    }
  }

  void MakeApi() {
    Made& api = Add(source_.id, "AWS::ApiGatewayV2::Api");
    SetIfAny(api.body, "DependsOn", source_.body.Find("DependsOn"));
    for (const char* name :
         {"ApiKeySelectionExpression", "Description", "DisableExecuteApiEndpoint",
          "DisableSchemaValidation", "IpAddressType", "RouteSelectionExpression"}) {
      api.Set(name, source_.Find(name));
    }
    const Value* name = source_.Find("Name");
    api.Set("Name", name ? *name : Text(source_.id));
    api.Set("ProtocolType", Text("WEBSOCKET"));
    api.Set("Tags", Tags());
  }

  Value Tags() const {
    const Value* given = source_.FindFilled("Tags");
    Value tags = given ? *given : Value::Object();
    tags.Set(kTag, Text("SAM"));
    return tags;
  }

  // What all three resources of a route begin with; empty, and told, for a key that cannot be.
  std::string RouteId(const std::string& key) {
    if (key == "$connect" || key == "$disconnect" || key == "$default") {
      return source_.id + Capitalized(std::string_view(key).substr(1));
    }
    const bool plain =
        std::all_of(key.begin(), key.end(), [](unsigned char c) { return std::isalnum(c) != 0; });
    if (plain && !key.empty()) return source_.id + Capitalized(key);
    Fail("Route key '" + key +
         "' must be alphanumeric. Only $connect, $disconnect, and $default special routes are "
         "supported.");
    return {};
  }

  void MakeRoute(const Member& given) {
    const std::string id = RouteId(given.name);
    if (id.empty()) return;
    const Value* function_arn = given.value.Find("FunctionArn");
    if (!function_arn) return Fail("Route must have associated function.");
    Made& route = Add(id + "Route", "AWS::ApiGatewayV2::Route");
    route_ids_.push_back(Text(route.id));
    route.Set("RouteKey", Text(given.name));
    route.Set("ApiId", RefTo(source_.id));
    for (const char* name : {"ApiKeyRequired", "ModelSelectionExpression", "OperationName",
                             "RequestModels", "RouteResponseSelectionExpression"}) {
      route.Set(name, given.value.Find(name));
    }
    if (const Value* parameters = given.value.Find("RequestParameters"); !IsEmpty(parameters)) {
      if (given.name != "$connect") {
        Fail("Request parameters are only supported for the $connect route in WebSocket APIs.");
      }
      route.Set("RequestParameters", *parameters);
    }
    route.Set(
        "Target",
        Object({{"Fn::Join",
                 List({Text("/"), List({Text("integrations"), RefTo(id + "Integration")})})}}));
    if (given.name == "$connect" && !AuthType().empty()) {
      route.Set("AuthorizationType", Text(AuthType()));
      if (HasAuthorizer()) route.Set("AuthorizerId", RefTo(source_.id + "ConnectAuthorizer"));
    }
    MakeIntegration(id, given, *function_arn);
  }

  void MakeIntegration(const std::string& id, const Member& given, const Value& function_arn) {
    Made& integration = Add(id + "Integration", "AWS::ApiGatewayV2::Integration");
    integration.Set("ApiId", RefTo(source_.id));
    integration.Set("IntegrationType", Text("AWS_PROXY"));
    integration.Set("IntegrationUri", InvocationUri("FunctionArn", function_arn));
    integration.Set("TimeoutInMillis", given.value.Find("IntegrationTimeout"));
    Made& permission = Add(id + "Permission", "AWS::Lambda::Permission");
    permission.Set("Action", Text("lambda:InvokeFunction"));
    permission.Set("FunctionName", function_arn);
    permission.Set("Principal", Text("apigateway.amazonaws.com"));
    const std::string api =
        "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${" + source_.id +
        ".ApiId}/";
    permission.Set("SourceArn", stage_name_.is_string()
                                    ? Sub(api + stage_name_.text + "/" + given.name)
                                    : Sub(api + "${__StageName__}/" + given.name,
                                          {{"__StageName__", stage_name_}}));
  }

  void MakeStage() {
    if (stage_name_.is_string() && stage_name_.text == "$default") {
      return Fail("Stages cannot be named $default for WebSocket APIs.");
    }
    const std::string prefix = stage_name_.is_string() ? stage_name_.text : "";
    Made& stage = Add(source_.id + (prefix == kDefaultStage ? "Default" : prefix) + "Stage",
                      "AWS::ApiGatewayV2::Stage");
    stage.Set("ApiId", RefTo(source_.id));
    stage.Set("StageName", stage_name_);
    stage.Set("AutoDeploy", Value::Bool(true));
    for (const char* name :
         {"StageVariables", "AccessLogSettings", "DefaultRouteSettings", "RouteSettings"}) {
      stage.Set(name, source_.Find(name));
    }
    Value tags = Value::Object();
    tags.Set(kTag, Text("SAM"));
    stage.Set("Tags", std::move(tags));
    if (source_.FindFilled("RouteSettings")) stage.body.Set("DependsOn", Value::List(route_ids_));
    // Whose pages may open its WebSockets is gatehouse's own (docs/security.md).
    if (const Value* metadata = source_.body.Find("Metadata")) {
      if (const Value* ours = metadata->Find("Gatehouse")) {
        stage.body.Set("Metadata", Object({{"Gatehouse", *ours}}));
      }
    }
    expansion_.Refer(source_.id, "Stage", stage.id);
  }

  void MakeAuthorizer() {
    Made& authorizer = Add(source_.id + "ConnectAuthorizer", "AWS::ApiGatewayV2::Authorizer");
    authorizer.Set("ApiId", RefTo(source_.id));
    authorizer.Set("AuthorizerCredentialsArn", auth_.Find("InvokeRole"));
    authorizer.Set("AuthorizerType", Text("REQUEST"));
    const Value* arn = auth_.Find("AuthArn");
    if (arn) authorizer.Set("AuthorizerUri", InvocationUri("AuthArn", *arn));
    authorizer.Set("IdentitySource", auth_.Find("IdentitySource"));
    const Value* name = auth_.Find("Name");
    authorizer.Set("Name", IsEmpty(name) ? Text(authorizer.id) : *name);
    if (!IsEmpty(auth_.Find("InvokeRole")) || !arn) return;
    Made& permission = Add(source_.id + "AuthorizerPermission", "AWS::Lambda::Permission");
    permission.Set("Action", Text("lambda:InvokeFunction"));
    permission.Set("FunctionName", *arn);
    permission.Set("Principal", Text("apigateway.amazonaws.com"));
    permission.Set("SourceArn",
                   Sub("arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:"
                       "${__ApiId__}/authorizers/*",
                       {{"__ApiId__", RefTo(source_.id)}}));
  }

  void SpreadTags() {
    if (!source_.FindFilled("Tags") || !source_.FindFilled("PropagateTags")) return;
    for (Made& one : made_) {
      const std::string type = one.type();
      if (type == "AWS::ApiGatewayV2::Stage" || type == "AWS::ApiGatewayV2::DomainName") {
        one.Set("Tags", Tags());
      }
    }
  }

  const Source& source_;
  Expansion& expansion_;
  MadeList made_;
  Value routes_;
  Value auth_ = Value::Object();
  Value stage_name_;
  std::vector<Value> route_ids_;
};

}  // namespace

void ExpandWebSocketApi(const Source& source, Expansion& expansion) {
  WebSocketApiMaker(source, expansion).Expand();
}

}  // namespace gatehouse::stack::sam
