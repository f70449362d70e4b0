#include "stack/resource/inert_values.h"

#include <charconv>

#include "stack/resource/inert_types.h"

namespace gatehouse::stack {
namespace {

constexpr std::string_view kLowerDigits = "0123456789abcdefghijklmnopqrstuvwxyz";

// Patterns of texts: {name} is the physical id, {region} and {account} are the place's, {9} makes
// as many letters and digits, the same each time; {Property} is a property's text.
struct InertRow {
  std::string_view type;
  std::string_view ref;         // a pattern; empty: the physical id
  std::string_view attributes;  // names
  std::string_view values;      // their patterns in the same order, separated by blanks
};

constexpr InertRow kInertRows[] = {
    {"AWS::ApiGateway::ApiKey", "{10}", "APIKeyId", "{10}"},
    {"AWS::ApiGateway::Deployment", "{6}", "DeploymentId", "{6}"},
    {"AWS::ApiGateway::Resource", "{6}", "ResourceId", "{6}"},
    {"AWS::ApiGateway::RestApi", "{10}", "RestApiId RootResourceId", "{10} {11}"},
    {"AWS::ApiGatewayV2::ApiMapping", "{6}", "ApiMappingId", "{6}"},
    {"AWS::ApiGatewayV2::DomainName", "", "DomainNameArn RegionalDomainName RegionalHostedZoneId",
     "arn:aws:apigateway:{region}::/domainnames/{name} "
     "d-{10}.execute-api.{region}.amazonaws.com Z{13}"},
    {"AWS::CertificateManager::Certificate",
     "arn:aws:acm:{region}:{account}:certificate/{8}-{4}-{12}", "", ""},
    {"AWS::CloudFront::Distribution", "E{13}", "DomainName Id", "d{13}.cloudfront.net E{13}"},
    {"AWS::Cognito::IdentityPool", "{region}:{8}-{4}-{12}", "Name", "{name}"},
    {"AWS::Cognito::UserPool", "{region}_{9}", "Arn ProviderName ProviderURL UserPoolId",
     "arn:aws:cognito-idp:{region}:{account}:userpool/{region}_{9} "
     "cognito-idp.{region}.amazonaws.com/{region}_{9} "
     "https://cognito-idp.{region}.amazonaws.com/{region}_{9} {region}_{9}"},
    {"AWS::Cognito::UserPoolClient", "{26}", "ClientId Name ClientSecret", "{26} {name} {51}"},
    {"AWS::EC2::SecurityGroup", "sg-{17}", "GroupId Id VpcId", "sg-{17} sg-{17} {VpcId}"},
    {"AWS::EC2::Subnet", "subnet-{17}", "SubnetId VpcId AvailabilityZone CidrBlock",
     "subnet-{17} {VpcId} {region}a {CidrBlock}"},
    {"AWS::EC2::VPC", "vpc-{17}", "VpcId CidrBlock DefaultSecurityGroup DefaultNetworkAcl",
     "vpc-{17} {CidrBlock} sg-{17} acl-{17}"},
    {"AWS::ElastiCache::CacheCluster", "",
     "RedisEndpoint.Address RedisEndpoint.Port ConfigurationEndpoint.Address "
     "ConfigurationEndpoint.Port",
     "{name}.cache.invalid 6379 {name}.cache.invalid 11211"},
    {"AWS::ElastiCache::ReplicationGroup", "",
     "PrimaryEndPoint.Address PrimaryEndPoint.Port ReaderEndPoint.Address ReaderEndPoint.Port "
     "ConfigurationEndPoint.Address ConfigurationEndPoint.Port",
     "{name}.cache.invalid 6379 {name}-ro.cache.invalid 6379 {name}.cache.invalid 6379"},
    {"AWS::Events::EventBus", "", "Arn Name",
     "arn:aws:events:{region}:{account}:event-bus/{name} {name}"},
    {"AWS::KMS::Key", "{8}-{4}-{12}", "Arn KeyId",
     "arn:aws:kms:{region}:{account}:key/{8}-{4}-{12} {8}-{4}-{12}"},
    {"AWS::Lambda::EventSourceMapping", "{8}-{4}-{12}", "Id EventSourceMappingArn",
     "{8}-{4}-{12} arn:aws:lambda:{region}:{account}:event-source-mapping:{8}-{4}-{12}"},
    {"AWS::Lambda::Url", "arn:aws:lambda:{region}:{account}:function-url:{name}",
     "FunctionUrl FunctionArn", "https://{32}.lambda-url.{region}.on.aws/ {TargetFunctionArn}"},
    {"AWS::Route53::HostedZone", "Z{19}", "Id", "Z{19}"},
    {"AWS::S3::Bucket", "", "Arn DomainName DualStackDomainName RegionalDomainName WebsiteURL",
     "arn:aws:s3:::{name} {name}.s3.amazonaws.com {name}.s3.dualstack.{region}.amazonaws.com "
     "{name}.s3.{region}.amazonaws.com http://{name}.s3-website-{region}.amazonaws.com"},
    {"AWS::SecretsManager::Secret", "arn:aws:secretsmanager:{region}:{account}:secret:{name}-{6}",
     "Id", "arn:aws:secretsmanager:{region}:{account}:secret:{name}-{6}"},
    {"AWS::SNS::Topic", "arn:aws:sns:{region}:{account}:{name}", "TopicArn TopicName",
     "arn:aws:sns:{region}:{account}:{name} {name}"},
    {"AWS::SQS::Queue", "https://sqs.{region}.amazonaws.com/{account}/{name}",
     "Arn QueueName QueueUrl",
     "arn:aws:sqs:{region}:{account}:{name} {name} "
     "https://sqs.{region}.amazonaws.com/{account}/{name}"},
    {"AWS::StepFunctions::StateMachine", "arn:aws:states:{region}:{account}:stateMachine:{name}",
     "Arn Name StateMachineRevisionId",
     "arn:aws:states:{region}:{account}:stateMachine:{name} {name} INITIAL"},
};

const InertRow* FindRow(std::string_view type) {
  for (const InertRow& row : kInertRows) {
    if (row.type == type) return &row;
  }
  return nullptr;
}

std::string_view TakeEntry(std::string_view& words) {
  const std::size_t blank = words.find(' ');
  const std::string_view word = words.substr(0, blank);
  words.remove_prefix(blank == words.npos ? words.size() : blank + 1);
  return word;
}

std::string Part(std::string_view name, const Resource& resource, const Surroundings& around) {
  if (name == "name") return resource.physical_id;
  if (name == "region") return around.region;
  if (name == "account") return around.account_id;
  std::size_t length = 0;
  const char* end = name.data() + name.size();
  if (std::from_chars(name.data(), end, length).ptr == end) {
    return around.names->Derive("inert", around.stack_name, resource.logical_id, kLowerDigits,
                                length);
  }
  std::string text = resource.Text(name);
  return text.empty() ? std::string(kPlaceholder) + resource.logical_id + "." + std::string(name)
                      : text;
}

std::string Filled(std::string_view pattern, const Resource& resource, const Surroundings& around) {
  std::string text;
  for (;;) {
    const std::size_t open = pattern.find('{');
    if (open == pattern.npos) return text.append(pattern);
    const std::size_t close = pattern.find('}', open);
    text.append(pattern.substr(0, open));
    text.append(Part(pattern.substr(open + 1, close - open - 1), resource, around));
    pattern.remove_prefix(close + 1);
  }
}

}  // namespace

std::string_view InertAttributes(std::string_view type) {
  const InertRow* row = FindRow(type);
  return row ? row->attributes : std::string_view();
}

ResourceValues InertValues(const Resource& resource, const Surroundings& around) {
  const InertRow* row = FindRow(resource.type);
  ResourceValues values{resource.physical_id, {}};
  if (row && !row->ref.empty()) values.ref = Filled(row->ref, resource, around);
  if (!row || row->attributes.empty()) values.attributes[std::string(kAnyAttribute)] = "";
  std::string_view names = row ? row->attributes : std::string_view();
  std::string_view patterns = row ? row->values : std::string_view();
  while (!names.empty()) {
    const std::string name(TakeEntry(names));
    values.attributes[name] = Filled(TakeEntry(patterns), resource, around);
  }
  return values;
}

}  // namespace gatehouse::stack
