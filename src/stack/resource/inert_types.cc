#include "stack/resource/inert_types.h"

#include <algorithm>
#include <array>
#include <vector>

#include "stack/resource/inert_values.h"
#include "stack/resource/known_types.h"

namespace gatehouse::stack {
namespace {

constexpr std::size_t kInertNameMax = 255;
constexpr std::size_t kNearestNamesMax = 8;  // that are looked for, for one message

constexpr std::string_view kCustomResource = "AWS::CloudFormation::CustomResource";

bool IsCustom(std::string_view type) { return type.starts_with("Custom::") && type.size() > 8; }

ResourceType RowOf(const KnownType& known) {
  ResourceType row;
  row.name = known.name;
  row.replacing = known.replacing;
  row.name_property = known.name_property;
  row.id = known.name == "AWS::S3::Bucket" ? ResourceType::kLowerName : ResourceType::kName;
  row.id_size = known.name == "AWS::S3::Bucket" ? 63 : kInertNameMax;
  row.attributes = InertAttributes(known.name);
  if (row.attributes.empty()) row.attributes = kAnyAttribute;
  row.inert = true;
  row.iam = known.name.starts_with("AWS::IAM::") && known.name.find("Provider") == known.name.npos;
  row.values = InertValues;
  return row;
}

const std::vector<ResourceType>& InertRows() {
  static const auto* const kRows = [] {
    auto* rows = new std::vector<ResourceType>;
    for (const KnownType& known : KnownTypes()) rows->push_back(RowOf(known));
    return rows;
  }();
  return *kRows;
}

struct Consequence {
  std::string_view prefix;  // of a type
  std::string_view words;
};
// The first that fits.
constexpr Consequence kConsequences[] = {
    {"AWS::SNS::Subscription", "it gets nothing"},
    {"AWS::SNS::Topic", "publishing to it answers an error"},
    {"AWS::SQS::Queue", "sending to it answers an error"},
    {"AWS::S3::Bucket", "requests to it answer an error"},
    {"AWS::StepFunctions::StateMachine", "starting it answers an error"},
    {"AWS::SecretsManager::Secret", "reading it answers an error"},
    {"AWS::Logs::", "log lines are gatehouse's own"},
    {"AWS::CloudWatch::", "nothing is measured"},
    {"AWS::Lambda::EventSourceMapping", "it invokes nothing"},
    {"AWS::Lambda::LayerVersion", "functions do not find what it has"},
    {"AWS::Lambda::Url", "requests to it answer an error"},
    {"AWS::ApiGateway::Account", "log lines are gatehouse's own"},
    {"AWS::ApiGateway::", "requests to it answer an error"},
    {"AWS::ApiGatewayV2::ApiMapping", "clients connect by the stage's own URL"},
    {"AWS::ApiGatewayV2::DomainName", "clients connect by the stage's own URL (or --domain)"},
    {"AWS::ApiGatewayV2::VpcLink", "nothing goes through it"},
    {"AWS::ApiGatewayV2::", "requests to it answer an error"},
    {"AWS::Events::EventBus", "putting events to it answers an error"},
    {"AWS::Pipes::", "it invokes nothing"},
    {"AWS::CertificateManager::", "gatehouse has a certificate of its own"},
    {"AWS::Route53::", "clients connect to gatehouse's own address"},
    {"AWS::CloudFront::", "clients connect to gatehouse's own address"},
    {"AWS::Cognito::", "nobody can sign in to it"},
    {"AWS::CloudFormation::Stack", "what its template has is not made"},
    {"AWS::CloudFormation::CustomResource", "its function is not invoked"},
    {"Custom::", "its function is not invoked"},
    {"AWS::EC2::", "there is no network but this machine's"},
};

bool NamesSam(const std::string& type) { return type.starts_with("AWS::Serverless::"); }

}  // namespace

const ResourceType* FindInertType(std::string_view name) {
  if (IsCustom(name)) name = kCustomResource;
  const auto& rows = InertRows();
  const auto found =
      std::lower_bound(rows.begin(), rows.end(), name,
                       [](const ResourceType& row, std::string_view n) { return row.name < n; });
  return found != rows.end() && found->name == name ? &*found : nullptr;
}

bool IsHttpApi(std::string_view type, const Value& properties) {
  if (type != "AWS::ApiGatewayV2::Api") return false;
  if (properties.Find("ProtocolType")) return properties.Text("ProtocolType") == "HTTP";
  return properties.Find("Body") || properties.Find("BodyS3Location");
}

void MakeHttpValues(ResourceValues& values) {
  auto endpoint = values.attributes.find("ApiEndpoint");
  if (endpoint != values.attributes.end() && endpoint->second.starts_with("wss://")) {
    endpoint->second.replace(0, 3, "https");
  }
}

std::string InertNotice(std::string_view type, std::string_view logical_id) {
  std::string notice(type);
  notice.append(" ").append(logical_id).append(": not served");
  for (const Consequence& row : kConsequences) {
    if (type.starts_with(row.prefix)) return notice.append("; ").append(row.words);
  }
  return notice;
}

void LeaveOutTargets(Resource& resource, int line, Problems& notices) {
  auto is_function = [](const Value& target) {
    const std::string arn = target.Text("Arn");
    return !arn.starts_with("arn:") || arn.find(":function:") != arn.npos;
  };
  if (resource.type == "AWS::Scheduler::Schedule") {
    const Value* target = resource.properties.Find("Target");
    if (!target || is_function(*target)) return;
    resource.inert = true;
    notices.push_back({line, "AWS::Scheduler::Schedule " + resource.logical_id +
                                 ": not served; it invokes functions only, not " +
                                 target->Text("Arn")});
  }
  Value* targets = resource.properties.Find("Targets");
  if (resource.type != "AWS::Events::Rule" || !targets) return;
  for (const Value& target : targets->items) {
    if (is_function(target)) continue;
    notices.push_back({line, "AWS::Events::Rule " + resource.logical_id + ": its target " +
                                 target.Text("Id") +
                                 " is not served; it invokes functions only, "
                                 "not " +
                                 target.Text("Arn")});
  }
  std::erase_if(targets->items, [&](const Value& target) { return !is_function(target); });
}

std::string UnknownTypesProblem(const std::vector<std::string>& types, const std::string& lines) {
  std::string names, nearest;
  std::size_t looked_for = 0;
  for (const std::string& type : types) {
    names.append(names.empty() ? "" : ", ").append(type);
    if (NamesSam(type) || ++looked_for > kNearestNamesMax) continue;
    const std::string near = NearestTypeName(type);
    if (!near.empty()) nearest.append(nearest.empty() ? "" : ", ").append(near);
  }
  std::string problem = "Template format error: Unrecognized resource types: [" + names + "]";
  problem.append(types.size() == 1 ? " (line " : " (lines ").append(lines).append(")");
  if (!nearest.empty()) problem.append("; did you mean ").append(nearest).append("?");
  if (std::any_of(types.begin(), types.end(), NamesSam)) {
    problem.append("; AWS::Serverless types need Transform: AWS::Serverless-2016-10-31");
  }
  return problem;
}

}  // namespace gatehouse::stack
