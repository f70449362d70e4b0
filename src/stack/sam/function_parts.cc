// FunctionUrlConfig and EventInvokeConfig.
#include "stack/sam/function_parts.h"

#include <algorithm>

#include "stack/sam/logical_id.h"
#include "stack/sam/policies.h"

namespace gatehouse::stack::sam {
namespace {

Made& AddPassing(const Source& source, MadeList& made, std::string id, std::string_view type) {
  Made& one = made.emplace_back(std::move(id), type);
  PassAttributes(source.body, one.body);
  return one;
}

// A name for a condition that SAM adds, at most as long as CloudFormation allows.
std::string ConditionName(const std::string& name, const std::string& hashed) {
  constexpr std::size_t kNameMax = 255;
  return (name + HashedId("", Text(hashed))).substr(0, kNameMax);
}

// One of OnSuccess and OnFailure: where to, the queue or topic that is made for it, and the policy
// to send there.
class Destination {
 public:
  Destination(const Source& source, std::string id, const std::string& side, const Value& config,
              Expansion& expansion)
      : source_(source), id_(std::move(id)), side_(side), config_(config), expansion_(expansion) {}

  void Make(MadeList& made, Value& destinations, std::vector<Value>& policies) {
    const std::string type = config_.Text("Type");
    if (type != "SQS" && type != "SNS" && type != "EventBridge" && type != "Lambda" &&
        type != "S3Bucket") {
      return expansion_.Fail(source_, "'Type: " + (type.empty() ? "None" : type) +
                                          "' must be one of ['SQS', 'SNS', 'EventBridge', "
                                          "'Lambda', 'S3Bucket']");
    }
    const Value* given = config_.Find("Destination");
    if (given) FindCondition(*given);
    Value arn = given ? *given : Value();
    if (!given || !condition_.empty()) {
      if (type != "SQS" && type != "SNS") {
        return expansion_.Fail(source_, "Destination is required if Type is not ['SQS', 'SNS']");
      }
      arn = MakeReceiver(type, made);
    }
    policies.push_back(Policy(type, arn));
    destinations.Set(side_, Object({{"Destination", std::move(arn)}}));
  }

 private:
  // Of an Fn::If with one AWS::NoValue: the condition under which something is to be made.
  void FindCondition(const Value& given) {
    if (!IsIf(given)) return;
    const Value& branches = given.members[0].value;
    if (!branches.is_list() || branches.items.size() != 3) {
      return expansion_.Fail(source_,
                             "Malformed 'Destination' property: Fn::If requires 3 arguments.");
    }
    const bool first = IsNoValue(branches.items[1]);
    const bool second = IsNoValue(branches.items[2]);
    if (first == second) return;
    const std::string condition = branches.items[0].text;
    other_ = first ? branches.items[2] : branches.items[1];
    condition_ = condition;
    if (first) return;
    condition_ = ConditionName("NOT" + condition, id_);
    expansion_.conditions().Set(
        condition_, Object({{"Fn::Not", List({Object({{"Condition", Text(condition)}})})}}));
  }

  Value MakeReceiver(const std::string& type, MadeList& made) {
    Made& receiver = AddPassing(source_, made, id_ + side_ + (type == "SQS" ? "Queue" : "Topic"),
                                "AWS::" + type + "::" + (type == "SQS" ? "Queue" : "Topic"));
    expansion_.Refer(source_.id, type == "SQS" ? "DestinationQueue" : "DestinationTopic",
                     receiver.id);
    Value arn = type == "SQS" ? GetAtt(receiver.id, "Arn") : RefTo(receiver.id);
    if (condition_.empty()) return arn;
    receiver.body.Set("Condition", Text(BothConditions()));
    return If(condition_, std::move(arn), other_);
  }

  std::string BothConditions() {
    const Value* own = source_.body.Find("Condition");
    if (!own || !own->is_string()) return condition_;
    const std::string name = ConditionName(own->text + "AND" + condition_, source_.id);
    expansion_.conditions().Set(
        name, Object({{"Fn::And", List({Object({{"Condition", *own}}),
                                        Object({{"Condition", Text(condition_)}})})}}));
    return name;
  }

  Value Policy(const std::string& type, const Value& arn) const {
    const std::string name = id_ + side_;
    if (type == "SQS") return RolePolicy(name + "SQSPolicy", {Allow(Text("sqs:SendMessage"), arn)});
    if (type == "SNS") return RolePolicy(name + "SNSPolicy", {Allow(Text("sns:publish"), arn)});
    if (type == "EventBridge") {
      return RolePolicy(name + "EventBridgePolicy", {Allow(Text("events:PutEvents"), arn)});
    }
    if (type == "Lambda") {
      return RolePolicy(name + "LambdaPolicy", {Allow(Text("lambda:InvokeFunction"), arn)});
    }
    Value objects = Object({{"Fn::Join", List({Text("/"), List({arn, Text("*")})})}});
    return RolePolicy(name + "S3Policy", {Allow(Text("s3:PutObject"), std::move(objects)),
                                          Allow(Text("s3:ListBucket"), arn)});
  }

  const Source& source_;
  const std::string id_;
  const std::string side_;
  const Value& config_;
  Expansion& expansion_;
  std::string condition_;
  Value other_;
};

}  // namespace

void MakeFunctionUrl(const Source& source, const Target& target, MadeList& made,
                     Expansion& expansion) {
  const Value* config = source.FindFilled("FunctionUrlConfig");
  if (!config || !config->is_object()) return;
  const Value* auth = config->Find("AuthType");
  const bool is_known =
      auth && (IsIntrinsic(*auth) || auth->text == "NONE" || auth->text == "AWS_IAM");
  if (!IsIntrinsic(*config) && !is_known) {
    return expansion.Fail(source,
                          "AuthType is required to configure function property "
                          "`FunctionUrlConfig`. Please provide either AWS_IAM or NONE.");
  }
  Made& url = AddPassing(source, made, source.id + "Url", "AWS::Lambda::Url");
  if (const Value* cors = config->Find("Cors"); !IsEmpty(cors)) url.Set("Cors", *cors);
  url.Set("AuthType", auth);
  url.Set("TargetFunctionArn", target.name);
  url.Set("InvokeMode", config->Find("InvokeMode"));
  if (!auth || !auth->is_string() || auth->text != "NONE") return;
  Made& open =
      AddPassing(source, made, source.id + "UrlPublicPermissions", "AWS::Lambda::Permission");
  open.Set("Action", Text("lambda:InvokeFunctionUrl"));
  open.Set("FunctionName", target.name);
  open.Set("Principal", Text("*"));
  open.Set("FunctionUrlAuthType", *auth);
  Made& invoke =
      AddPassing(source, made, source.id + "URLInvokeAllowPublicAccess", "AWS::Lambda::Permission");
  invoke.Set("Action", Text("lambda:InvokeFunction"));
  invoke.Set("Principal", Text("*"));
  invoke.Set("FunctionName", target.name);
  invoke.Set("InvokedViaFunctionUrl", Value::Bool(true));
}

std::vector<Value> MakeEventInvoke(const Source& source, const std::string& alias_id,
                                   MadeList& made, Expansion& expansion) {
  std::vector<Value> policies;
  const Value* given = source.FindFilled("EventInvokeConfig");
  if (!given || !given->is_object()) return policies;
  const Value config = expansion.Resolved(*given);
  Made invoke(source.id + "EventInvokeConfig", "AWS::Lambda::EventInvokeConfig");
  PassAllAttributes(source.body, invoke.body);
  invoke.body.Erase("DependsOn");
  if (!alias_id.empty()) invoke.body.Set("DependsOn", List({Text(alias_id)}));
  Value destinations = Value::Object();
  if (const Value* wanted = config.Find("DestinationConfig"); wanted && wanted->is_object()) {
    for (const char* side : {"OnSuccess", "OnFailure"}) {
      const Value* one = wanted->Find(side);
      if (!one || one->kind == Value::kNull) continue;
      Destination(source, invoke.id, side, *one, expansion).Make(made, destinations, policies);
    }
  }
  invoke.Set("FunctionName", RefTo(source.id));
  const Value* alias = source.FindFilled("AutoPublishAlias");
  invoke.Set("Qualifier", alias_id.empty() ? Text("$LATEST") : expansion.Resolved(*alias));
  invoke.Set("DestinationConfig", std::move(destinations));
  invoke.Set("MaximumEventAgeInSeconds", config.Find("MaximumEventAgeInSeconds"));
  invoke.Set("MaximumRetryAttempts", config.Find("MaximumRetryAttempts"));
  made.push_back(std::move(invoke));
  return policies;
}

}  // namespace gatehouse::stack::sam
