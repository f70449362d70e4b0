// IAM's view of Lambda, CloudFormation and API Gateway's control plane.
#include <cctype>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "api/define/control_request.h"
#include "aws/arn.h"
#include "aws/service.h"
#include "base/encoding.h"
#include "function/define/function_name.h"
#include "function/wire/lambda_api.h"
#include "server/access/access_table.h"
#include "stack/wire/cloudformation_api_call.h"

namespace gatehouse::server {
namespace {

namespace bj = boost::json;

// A text member of a JSON object; empty: it has none.
std::string MemberOf(std::string_view body, std::string_view name) {
  boost::system::error_code error;
  bj::value value = bj::parse(body, error);
  if (error || !value.is_object()) return {};
  const bj::value* member = value.get_object().if_contains(name);
  const bj::string* text = member ? member->if_string() : nullptr;
  return text ? std::string(*text) : std::string();
}

std::string EncodePercent(std::string_view text) {
  std::string out;
  for (const unsigned char c : text) {
    bool plain = std::isalnum(c) || c == '-' || c == '_' || c == '.' || c == '~';
    out += plain ? std::string(1, static_cast<char>(c)) : fmt::format("%{:02X}", c);
  }
  return out;
}

}  // namespace

void AddPassRole(const std::string& role_arn, std::string_view service, Accesses& out) {
  if (role_arn.empty()) return;
  Access pass{"iam:PassRole", role_arn};
  pass.fill = [service = std::string(service)](auth::RequestContext& keys) {
    keys.Set("iam:PassedToService", service);
  };
  out.push_back(std::move(pass));
}

// AWS asks for the function with its qualifier if one is given.
void FunctionAccess(const AccessQuestion& question, Accesses& out) {
  function::LambdaPath path =
      function::LambdaApi::PathOf(question.request.head.method, question.request.head.target);
  if (path.segments.empty()) return;
  Result<function::FunctionReference> reference = function::ParseFunctionName(
      path.segments[0], path.Query("Qualifier"), question.facts.region, question.facts.account_id);
  if (!reference) return;  // a name that names nothing is refused by Lambda
  if (reference->foreign) {
    out.push_back({question.action, path.segments[0]});
    return;
  }
  std::string resource = "function:" + reference->name;
  if (!reference->qualifier.empty()) resource += ":" + reference->qualifier;
  out.push_back({question.action, question.Arn(aws::kLambda, resource)});
}

void FunctionWithRoleAccess(const AccessQuestion& question, Accesses& out) {
  if (question.operation == "CreateFunction") {
    std::string name = MemberOf(question.request.body, "FunctionName");
    Result<function::FunctionReference> reference =
        function::ParseFunctionName(name, {}, question.facts.region, question.facts.account_id);
    out.push_back({question.action,
                   question.Arn(aws::kLambda, "function:" + (reference ? reference->name : name))});
  } else {
    FunctionAccess(question, out);
  }
  AddPassRole(MemberOf(question.request.body, "Role"), "lambda.amazonaws.com", out);
}

// A stack's ARN ends in an id that the request need not say: stack/NAME/*.
void StackAccess(const AccessQuestion& question, Accesses& out) {
  Result<wire::FormFields> fields = stack::ReadQueryFields(question.request);
  if (!fields) return;
  stack::QueryRequest query(*std::move(fields));
  std::string name = query.Text("StackName");
  if (name.empty()) name = query.Text("ChangeSetName");
  std::string resource = "*";
  if (aws::IsArn(name)) {
    resource = name;
  } else if (!name.empty()) {
    resource = question.Arn(aws::kCloudFormation, "stack/" + name + "/*");
  }
  out.push_back({question.action, resource});
}

// Segments are compared as they are decoded, for so they are understood.
void ApiGatewayAccess(const AccessQuestion& question, Accesses& out) {
  constexpr std::string_view kVersion = "/v2";
  constexpr std::string_view kTags = "/tags/";
  std::string_view target = question.request.head.target;
  std::string_view path = target.substr(0, target.find('?'));
  if (path.starts_with(kVersion)) path.remove_prefix(kVersion.size());
  std::string resource = base::DecodePercent(path);
  if (path.starts_with(kTags)) {
    resource = std::string(kTags) + EncodePercent(base::DecodePercent(path.substr(kTags.size())));
  }
  std::string arn = aws::Arn(aws::kApiGateway, question.facts.region, {}, resource);
  out.push_back({question.action, arn});
  AddPassRole(MemberOf(question.request.body, "credentialsArn"), "apigateway.amazonaws.com", out);
}

}  // namespace gatehouse::server
