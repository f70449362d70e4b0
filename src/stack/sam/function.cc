#include "stack/sam/function.h"

#include <algorithm>

#include "stack/sam/function_parts.h"
#include "stack/sam/policies.h"

namespace gatehouse::stack::sam {
namespace {

// Properties of SAM's function that are Lambda's under the same name.
constexpr std::string_view kPassedProperties[] = {"FunctionName",
                                                  "Handler",
                                                  "Runtime",
                                                  "Description",
                                                  "MemorySize",
                                                  "Timeout",
                                                  "VpcConfig",
                                                  "Role",
                                                  "Environment",
                                                  "KmsKeyArn",
                                                  "ReservedConcurrentExecutions",
                                                  "Layers",
                                                  "FileSystemConfigs",
                                                  "ImageConfig",
                                                  "PackageType",
                                                  "Architectures",
                                                  "SnapStart",
                                                  "EphemeralStorage",
                                                  "CodeSigningConfigArn",
                                                  "RuntimeManagementConfig",
                                                  "LoggingConfig",
                                                  "TenancyConfig",
                                                  "RecursiveLoop",
                                                  "DurableConfig",
                                                  "FunctionScalingConfig",
                                                  "PublishToLatestPublished"};

constexpr std::string_view kOtherProperties[] = {"CodeUri",
                                                 "ImageUri",
                                                 "InlineCode",
                                                 "DeadLetterQueue",
                                                 "AssumeRolePolicyDocument",
                                                 "Policies",
                                                 "RolePath",
                                                 "PermissionsBoundary",
                                                 "Events",
                                                 "Tags",
                                                 "PropagateTags",
                                                 "Tracing",
                                                 "DeploymentPreference",
                                                 "EventInvokeConfig",
                                                 "AutoPublishAlias",
                                                 "AutoPublishCodeSha256",
                                                 "AutoPublishAliasAllProperties",
                                                 "VersionDescription",
                                                 "ProvisionedConcurrencyConfig",
                                                 "FunctionUrlConfig",
                                                 "SourceKMSKeyArn",
                                                 "CapacityProviderConfig",
                                                 "VersionDeletionPolicy"};

constexpr std::string_view kTaggedTypes[] = {
    "AWS::Lambda::Function",    "AWS::IAM::Role",     "AWS::SQS::Queue",
    "AWS::SNS::Topic",          "AWS::S3::Bucket",    "AWS::StepFunctions::StateMachine",
    "AWS::ApiGateway::RestApi", "AWS::IoT::TopicRule"};

template <class Names>
bool Contains(const Names& names, std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

// Runs in gatehouse itself, and needs no code: Metadata: {Gatehouse: {InProcess: NAME}}.
bool IsInProcess(const Source& source) {
  const Value* metadata = source.body.Find("Metadata");
  const Value* ours = metadata ? metadata->Find("Gatehouse") : nullptr;
  return ours && ours->Find("InProcess");
}

class FunctionMaker {
 public:
  FunctionMaker(const Source& source, Expansion& expansion)
      : source_(source), expansion_(expansion) {}

  void Expand() {
    CheckProperties();
    made_.emplace_back(source_.id, "AWS::Lambda::Function");
    FillFunction();
    const std::string alias_id = MakeVersionAndAlias(source_, made_, expansion_);
    Target target{source_.id, RefTo(source_.id), GetAtt(source_.id, "Arn")};
    if (!alias_id.empty()) target = {alias_id, RefTo(alias_id), RefTo(alias_id)};
    MakeFunctionUrl(source_, target, made_, expansion_);
    MakeDeployment(source_, alias_id, made_, expansion_);
    const std::vector<Value> policies = MakeEventInvoke(source_, alias_id, made_, expansion_);
    Made role = ExecutionRole(policies);
    ExpandEvents(source_, target, &role, made_, expansion_);
    PlaceRole(std::move(role));
    PropagateTags(source_, made_, expansion_);
    expansion_.Emit(source_, std::move(made_));
  }

 private:
  Made& function() { return made_.front(); }

  void CheckProperties() {
    const Value* properties = source_.body.Find("Properties");
    if (!properties) return;
    for (const Member& member : properties->members) {
      if (Contains(kPassedProperties, member.name) || Contains(kOtherProperties, member.name)) {
        continue;
      }
      expansion_.Fail(source_, "property " + member.name +
                                   " not defined for resource of type AWS::Serverless::Function");
    }
    for (std::string_view name : {"Events", "Tags", "DeadLetterQueue", "EventInvokeConfig",
                                  "DeploymentPreference", "FunctionUrlConfig"}) {
      const Value* map = source_.Find(name);
      if (!map || map->is_object()) continue;
      expansion_.Fail(source_, "Property '" + std::string(name) + "' should be a map.");
    }
  }

  void FillFunction() {
    Made& made = function();
    PassAllAttributes(source_.body, made.body);
    for (std::string_view name : kPassedProperties) made.Set(name, source_.Find(name));
    made.Set("Code", Code());
    made.Set("Tags", SamTags(source_, expansion_));
    if (IsTraced(source_, expansion_)) {
      made.Set("TracingConfig", Object({{"Mode", *source_.Find("Tracing")}}));
    }
    if (const Value* queue = source_.FindFilled("DeadLetterQueue")) FillDeadLetters(*queue);
    if (const Value* provider = source_.FindFilled("CapacityProviderConfig")) {
      Value config = Value::Object();
      SetIfAny(config, "CapacityProviderArn", provider->Find("Arn"));
      for (std::string_view name :
           {"PerExecutionEnvironmentMaxConcurrency", "ExecutionEnvironmentMemoryGiBPerVCpu"}) {
        SetIfAny(config, name, provider->Find(name));
      }
      made.Set("CapacityProviderConfig",
               Object({{"LambdaManagedInstancesCapacityProviderConfig", std::move(config)}}));
    }
  }

  void FillDeadLetters(const Value& queue) {
    const std::string type = queue.Text("Type");
    const Value* arn = queue.Find("TargetArn");
    if (type.empty() || IsEmpty(arn)) {
      return expansion_.Fail(
          source_, "'DeadLetterQueue' requires Type and TargetArn properties to be specified.");
    }
    if (type != "SQS" && type != "SNS") {
      return expansion_.Fail(source_, "'DeadLetterQueue' requires Type of ['SQS', 'SNS']");
    }
    function().Set("DeadLetterConfig", Object({{"TargetArn", *arn}}));
  }

  Value Code() {
    const Value* package = source_.Find("PackageType");
    const bool is_image = package && package->is_string() && package->text == "Image";
    if (package && !is_image && !(package->is_string() && package->text == "Zip")) {
      expansion_.Fail(source_, "PackageType needs to be `Zip` or `Image`");
    }
    return is_image ? ImageCode() : ZipCode();
  }

  Value ImageCode() {
    if (source_.Find("Handler") || source_.Find("Runtime") || source_.Find("Layers")) {
      expansion_.Fail(source_,
                      "Runtime, Handler, Layers cannot be present when PackageType is of type "
                      "`Image`");
    }
    const Value* image = source_.FindFilled("ImageUri");
    if (!image) expansion_.Fail(source_, "'ImageUri' must be set.");
    return image ? Object({{"ImageUri", *image}}) : Value::Object();
  }

  Value ZipCode() {
    const bool runs_itself = IsInProcess(source_);
    if (!runs_itself && (!source_.FindFilled("Runtime") || !source_.FindFilled("Handler"))) {
      expansion_.Fail(source_,
                      "Runtime and Handler needs to be present when PackageType is of type `Zip`");
    }
    if (source_.FindFilled("ImageConfig")) {
      expansion_.Fail(source_,
                      "ImageUri or ImageConfig cannot be present when PackageType is of type "
                      "`Zip`");
    }
    if (const Value* inline_code = source_.Find("InlineCode")) {
      return WithKey(Object({{"ZipFile", *inline_code}}));
    }
    // `aws cloudformation package` takes the template's folder (docs/aws/cloudformation.md §7).
    if (!source_.Find("CodeUri")) return Text(".");
    return WithKey(CodeLocation(source_, "CodeUri", expansion_));
  }

  Value WithKey(Value code) {
    const Value* key = source_.FindFilled("SourceKMSKeyArn");
    if (key && code.is_object()) code.Set("SourceKMSKeyArn", *key);
    return code;
  }

  Made ExecutionRole(const std::vector<Value>& event_policies) {
    RoleParts parts;
    const Value* assume = source_.Find("AssumeRolePolicyDocument");
    parts.assume = assume ? *assume : AssumeBy("lambda");
    auto add = [&](std::string_view path) {
      parts.managed.push_back(Text(expansion_.PolicyArn(path)));
    };
    add(source_.FindFilled("DurableConfig")
            ? "service-role/AWSLambdaBasicDurableExecutionRolePolicy"
            : "service-role/AWSLambdaBasicExecutionRole");
    if (IsTraced(source_, expansion_)) {
      add(expansion_.partition() == "aws" ? "AWSXrayWriteOnlyAccess" : "AWSXRayDaemonWriteAccess");
    }
    if (source_.FindFilled("VpcConfig")) add("service-role/AWSLambdaVPCAccessExecutionRole");
    const Value* queue = source_.FindFilled("DeadLetterQueue");
    if (queue && function().properties().Find("DeadLetterConfig")) {
      const bool is_sqs = queue->Text("Type") == "SQS";
      Value statement =
          Allow(Text(is_sqs ? "sqs:SendMessage" : "sns:Publish"), *queue->Find("TargetArn"));
      parts.documents.push_back(
          Object({{"PolicyName", Text("DeadLetterQueuePolicy")},
                  {"PolicyDocument", Object({{"Version", Text("2012-10-17")},
                                             {"Statement", List({std::move(statement)})}})}}));
    }
    parts.documents.insert(parts.documents.end(), event_policies.begin(), event_policies.end());
    parts.tags = SamTags(source_, expansion_);
    return MakeRole(source_, ExpandPolicies(source_, expansion_), std::move(parts), expansion_);
  }

  // The role is made unless the function has one; with a condition, if one of its branches is
  // AWS::NoValue, in that case only.
  void PlaceRole(Made role) {
    const Value* given = source_.Find("Role");
    Value arn = GetAtt(role.id, "Arn");
    if (!given) {
      function().Set("Role", std::move(arn));
      made_.push_back(std::move(role));
      return;
    }
    if (!IsIf(*given)) return;
    const Value& branches = given->members[0].value;
    if (!branches.is_list() || branches.items.size() != 3) {
      return expansion_.Fail(source_, "Malformed 'Role' property: Fn::If requires 3 arguments.");
    }
    const std::string condition = branches.items[0].text;
    const bool first = IsNoValue(branches.items[1]);
    const bool second = IsNoValue(branches.items[2]);
    if (!first && !second) return;
    if (first && second) {
      function().Set("Role", std::move(arn));
    } else if (first) {
      role.body.Set("Condition", Text(condition));
      function().Set("Role", If(condition, std::move(arn), branches.items[2]));
    } else {
      role.body.Set("Condition", Text("NOT" + condition));
      function().Set("Role", If(condition, branches.items[1], std::move(arn)));
      expansion_.conditions().Set(
          "NOT" + condition,
          Object({{"Fn::Not", List({Object({{"Condition", Text(condition)}})})}}));
    }
    made_.push_back(std::move(role));
  }

  const Source& source_;
  Expansion& expansion_;
  MadeList made_;
};

}  // namespace

void ExpandFunction(const Source& source, Expansion& expansion) {
  FunctionMaker(source, expansion).Expand();
}

Value CodeLocation(const Source& source, std::string_view property, Expansion& expansion) {
  const Value* given = source.Find(property);
  const std::string name(property);
  if (given && given->is_object()) {
    const Value* bucket = given->Find("Bucket");
    const Value* key = given->Find("Key");
    if (IsEmpty(bucket) || IsEmpty(key)) {
      expansion.Fail(source, "'" + name + "' requires Bucket and Key properties to be specified.");
      return {};
    }
    Value code = Object({{"S3Bucket", *bucket}, {"S3Key", *key}});
    SetIfAny(code, "S3ObjectVersion", given->Find("Version"));
    SetIfAny(code, "S3ObjectStorageMode", given->Find("StorageMode"));
    return code;
  }
  if (!given || !given->is_string()) {
    expansion.Fail(source, "'" + name + "' must be of type dict or string.");
    return {};
  }
  constexpr std::string_view kScheme = "s3://";
  std::string_view uri = given->text;
  if (!uri.starts_with(kScheme)) return *given;
  uri.remove_prefix(kScheme.size());
  const std::string_view query = uri.find('?') == uri.npos ? "" : uri.substr(uri.find('?') + 1);
  uri = uri.substr(0, uri.find('?'));
  const std::size_t slash = uri.find('/');
  if (slash == uri.npos || slash == 0) {
    expansion.Fail(source, "'" + name +
                               "' is not a valid S3 Uri of the form 's3://bucket/key' with "
                               "optional versionId query parameter.");
    return {};
  }
  const std::string_view path = uri.substr(slash);
  const std::size_t key = path.find_first_not_of('/');
  Value code = Object({{"S3Bucket", Text(uri.substr(0, slash))},
                       {"S3Key", Text(key == path.npos ? "" : path.substr(key))}});
  constexpr std::string_view kVersion = "versionId=";
  if (query.starts_with(kVersion)) {
    code.Set("S3ObjectVersion", Text(query.substr(kVersion.size())));
  }
  return code;
}

Value SamTags(const Source& source, Expansion& expansion, std::string_view key) {
  Value list = List({Object({{"Key", Text(key)}, {"Value", Text("SAM")}})});
  const Value* tags = source.Find("Tags");
  if (!tags) return list;
  for (std::string_view reserved :
       {"lambda:createdBy", "serverlessrepo:applicationId", "serverlessrepo:semanticVersion"}) {
    if (!tags->Find(reserved)) continue;
    expansion.Fail(source, std::string(reserved) +
                               " is a reserved Tag key name and cannot be set on your resource. "
                               "Please change the tag key in the input.");
  }
  Value given = TagList(*tags);
  for (Value& tag : given.items) list.items.push_back(std::move(tag));
  return list;
}

void PropagateTags(const Source& source, MadeList& made, Expansion& expansion) {
  const Value* tags = source.FindFilled("Tags");
  if (!tags || !source.FindFilled("PropagateTags")) return;
  const Value list = TagList(*tags);
  const std::size_t bytes = BytesOf(list);
  for (Made& one : made) {
    if (!Contains(kTaggedTypes, one.type())) continue;
    if (!expansion.Charge(bytes, source.line)) return;
    one.Set("Tags", list);
  }
}

bool IsTraced(const Source& source, const Expansion& expansion) {
  const Value* tracing = source.FindFilled("Tracing");
  if (!tracing) return false;
  const Value resolved = expansion.Resolved(*tracing);
  return !(resolved.is_string() && resolved.text == "Disabled");
}

}  // namespace gatehouse::stack::sam
