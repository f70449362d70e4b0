// AddPermission, RemovePermission, GetPolicy.
#include <algorithm>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "auth/signature/digest.h"
#include "aws/arn.h"
#include "aws/name.h"
#include "function/define/function_properties.h"
#include "function/define/identifiers.h"
#include "function/wire/lambda_call.h"
#include "gatehouse/json.h"

namespace gatehouse::function {
namespace {

namespace bj = boost::json;

bj::value PrincipalJson(const std::string& principal) {
  if (principal == "*") return "*";
  if (aws::IsAccountId(principal)) {
    return bj::object{{"AWS", aws::IamArn(principal, "root")}};
  }
  return bj::object{{aws::IsArn(principal) ? "AWS" : "Service", principal}};
}

bj::object StatementJson(std::string_view function_arn, const Permission& permission) {
  bj::object statement;
  statement["Sid"] = permission.statement_id;
  statement["Effect"] = "Allow";
  statement["Principal"] = PrincipalJson(permission.principal);
  statement["Action"] = permission.action;
  statement["Resource"] = function_arn;
  bj::object condition;
  if (!permission.source_account.empty()) {
    condition["StringEquals"] = bj::object{{"AWS:SourceAccount", permission.source_account}};
  }
  if (!permission.source_arn.empty()) {
    condition["ArnLike"] = bj::object{{"AWS:SourceArn", permission.source_arn}};
  }
  if (!condition.empty()) statement["Condition"] = std::move(condition);
  return statement;
}

// The text of a member, empty if it is absent; nothing: it is no text.
std::optional<std::string> TextOf(const bj::object& from, std::string_view name) {
  const bj::value* value = from.if_contains(name);
  if (!value || value->is_null()) return std::string();
  const bj::string* text = value->if_string();
  if (!text) return std::nullopt;
  return std::string(*text);
}

std::string PolicyRevision(std::string_view policy) {
  std::string hex = auth::HexOf(auth::Sha256(policy));
  return fmt::format("{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(12, 4),
                     hex.substr(16, 4), hex.substr(20, 12));
}

}  // namespace

std::string LambdaApi::PolicyJson(std::string_view function_arn,
                                  const std::vector<Permission>& permissions) {
  if (permissions.empty()) return {};
  bj::array statements;
  for (const Permission& permission : permissions) {
    statements.push_back(StatementJson(function_arn, permission));
  }
  return bj::serialize(
      bj::object{{"Version", "2012-10-17"}, {"Id", "default"}, {"Statement", statements}});
}

void LambdaApi::AddPermission(CallPtr call) {
  if (!FindFunction(*call)) return;
  std::optional<bj::object> body = call->Object();
  if (!body) return;
  Permission permission;
  for (const PermissionProperty& property : PermissionProperties()) {
    if (!property.member) continue;
    std::optional<std::string> text = TextOf(*body, property.row.name);
    if (!text) {
      return call->Refuse(400, "InvalidParameterValueException",
                          fmt::format("{} is no text", property.row.name));
    }
    permission.*property.member = std::move(*text);
  }
  std::string arn = aws::FunctionArn(options_.region, options_.account_id, call->function.name);
  std::string statement = bj::serialize(StatementJson(arn, permission));
  functions_.catalogue().AddPermission(
      call->function.name, std::move(permission), [call, statement](const Result<void>& added) {
        if (added) return call->Answer(201, R"({"Statement":)" + json::Quoted(statement) + "}");
        if (added.error().code != ErrorCode::kLimitExceeded) return call->Refuse(added.error());
        call->Refuse(400, "PolicyLengthExceededException", added.error().message);
      });
}

void LambdaApi::RemovePermission(CallPtr call) {
  if (!FindFunction(*call)) return;
  functions_.catalogue().RemovePermission(call->function.name, call->path.at(2),
                                          [call](const Result<void>& removed) {
                                            if (!removed) return call->Refuse(removed.error());
                                            call->Answer(204, {});
                                          });
}

void LambdaApi::GetPolicy(CallPtr call) {
  const Catalogue::Function* function = FindFunction(*call);
  if (!function) return;
  std::string arn = aws::FunctionArn(options_.region, options_.account_id, call->function.name);
  std::string policy = PolicyJson(arn, function->permissions);
  if (policy.empty()) {
    return call->Refuse(404, "ResourceNotFoundException",
                        "The resource you requested does not exist.");
  }
  call->Answer(200, fmt::format(R"({{"Policy":{},"RevisionId":"{}"}})", json::Quoted(policy),
                                PolicyRevision(policy)));
}

}  // namespace gatehouse::function
