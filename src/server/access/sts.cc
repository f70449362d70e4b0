#include "server/access/sts.h"

#include <fmt/format.h>

#include "aws/error.h"
#include "aws/id.h"
#include "server/access/error_response.h"
#include "wire/form.h"

namespace gatehouse::server {
namespace {

// The fields of a request: of a GET, those of its URL.
std::string_view FieldsOf(const wire::ServiceRequest& request) {
  return request.head.method == "GET" ? wire::QueryOf(request.head.target) : request.body;
}

// The value of Action in a form body; what it may be needs no decoding.
std::string_view ActionOf(std::string_view form) {
  constexpr std::string_view kName = "Action=";
  std::size_t at = form.starts_with(kName) ? 0 : form.find("&Action=");
  if (at == std::string_view::npos) return {};
  std::string_view rest = form.substr(at + kName.size() + (at == 0 ? 0 : 1));
  return rest.substr(0, rest.find('&'));
}

// The owner's id is the account's; a role's has its session behind a colon.
std::string UserIdOf(std::string_view arn, const std::string& account_id) {
  std::size_t role = arn.find(":assumed-role/");
  if (role == std::string_view::npos) return account_id;
  std::size_t slash = arn.rfind('/');
  return fmt::format("AROA{}:{}", account_id, arn.substr(slash + 1));
}

}  // namespace

std::string_view StsActionOf(const wire::ServiceRequest& request) {
  return ActionOf(FieldsOf(request));
}

wire::ServiceResponse AnswerSts(const wire::ServiceRequest& request, const std::string& account_id,
                                base::Random& random) {
  std::string_view action = StsActionOf(request);
  if (action != "GetCallerIdentity") {
    return ErrorResponse(
        Service::kSts, 400, "InvalidAction",
        fmt::format("gatehouse serves GetCallerIdentity of STS, not \"{}\"", action.substr(0, 100)),
        random);
  }
  std::string id = aws::NewUuid(random);
  std::string body = fmt::format(
      "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">"
      "<GetCallerIdentityResult><Arn>{}</Arn><UserId>{}</UserId><Account>{}</Account>"
      "</GetCallerIdentityResult><ResponseMetadata><RequestId>{}</RequestId></ResponseMetadata>"
      "</GetCallerIdentityResponse>",
      request.caller, UserIdOf(request.caller, account_id), account_id, id);
  return aws::Answer(200, aws::kQueryXmlType, std::move(id), std::move(body));
}

}  // namespace gatehouse::server
