#include "server/access/service.h"

#include <algorithm>
#include <array>
#include <optional>

#include "api/stage/stages.h"

namespace gatehouse::server {
namespace {

constexpr std::string_view kAmazonHosts = ".amazonaws.com";

struct Row {
  std::string_view name;
  Service service;
};
constexpr Row kRows[] = {
    {aws::kExecuteApi, Service::kStage},
    {aws::kDynamoDb, Service::kDynamoDb},
    {aws::kLambda, Service::kLambda},
    {aws::kCloudFormation, Service::kCloudFormation},
    {aws::kApiGateway, Service::kApiGateway},
    {aws::kSts, Service::kSts},
    {aws::kEvents, Service::kEvents},
    {aws::kScheduler, Service::kScheduler},
    {aws::kSsm, Service::kSsm},
};

ServiceChoice ByName(std::string_view name) {
  for (const Row& row : kRows) {
    if (row.name == name) return {row.service, std::string(name)};
  }
  return {Service::kOther, std::string(name)};
}

// "us-east-1", "eu-central-2", "us-gov-west-1"
bool IsRegion(std::string_view label) {
  return std::count(label.begin(), label.end(), '-') >= 2 && label.back() >= '0' &&
         label.back() <= '9';
}

std::string_view TargetPath(std::string_view target) { return target.substr(0, target.find('?')); }

// By what only one service has; unsigned requests (curl) come this far.
std::optional<std::string_view> ByShape(const wire::HttpHead& head) {
  if (auto target = head.Find("X-Amz-Target")) {
    if (target->starts_with("AmazonSSM.")) return aws::kSsm;
    return target->starts_with("AWSEvents.") ? aws::kEvents : aws::kDynamoDb;
  }
  std::string_view path = TargetPath(head.target);
  std::size_t end = path.find('/', 1);
  if (end != std::string_view::npos && api::IsDateSegment(path.substr(1, end - 1))) {
    return aws::kLambda;
  }
  if (path == "/v2" || path.starts_with("/v2/")) return aws::kApiGateway;
  std::string_view type = head.Find("Content-Type").value_or("");
  bool form = type.starts_with("application/x-www-form-urlencoded");
  if (form && head.method == "POST" && path == "/") return aws::kCloudFormation;
  return std::nullopt;
}

}  // namespace

std::string_view ServiceNameOfHost(std::string_view host) {
  host = host.substr(0, host.find(':'));
  if (!host.ends_with(kAmazonHosts)) return {};
  std::string_view labels = host.substr(0, host.size() - kAmazonHosts.size());
  std::size_t dot = labels.rfind('.');
  std::string_view last = labels.substr(dot == std::string_view::npos ? 0 : dot + 1);
  if (dot != std::string_view::npos && IsRegion(last)) {
    labels = labels.substr(0, dot);
    dot = labels.rfind('.');
    last = labels.substr(dot == std::string_view::npos ? 0 : dot + 1);
  }
  if (last == "ddb") return aws::kDynamoDb;  // {account}.ddb.{region}
  return last;
}

std::string_view SigningNameOf(const wire::HttpHead& head) {
  std::string_view text = head.Find("Authorization").value_or("");
  if (!text.starts_with("AWS4-")) return {};
  std::size_t from = text.find("Credential=");
  if (from == std::string_view::npos) return {};
  std::size_t to = text.find("/aws4_request", from);
  if (to == std::string_view::npos) return {};
  std::string_view scope = text.substr(from, to - from);
  std::size_t slash = scope.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : scope.substr(slash + 1);
}

ServiceChoice ChooseService(const wire::HttpHead& head, std::string_view url_service) {
  if (TargetPath(head.target).starts_with("/_gatehouse/")) return {Service::kOwn, "gatehouse"};
  std::string_view by_host = ServiceNameOfHost(head.Find("Host").value_or(""));
  if (!by_host.empty()) return ByName(by_host);
  std::string_view by_signature = SigningNameOf(head);
  if (by_signature.empty()) by_signature = url_service;
  if (!by_signature.empty()) return ByName(by_signature);
  return ByName(ByShape(head).value_or(aws::kExecuteApi));
}

aws::ServiceFamily FamilyOf(Service service) {
  for (const Row& row : kRows) {
    if (row.service == service) return aws::FamilyOf(row.name);
  }
  return aws::ServiceFamily::kRestJson;
}

std::string_view ServedServices() {
  return "API Gateway WebSocket APIs, CloudFormation, DynamoDB, EventBridge and its Scheduler, "
         "Lambda, Systems Manager's parameters and STS's GetCallerIdentity";
}

}  // namespace gatehouse::server
