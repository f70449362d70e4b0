#include "server/access/error_response.h"

#include <string>

#include <fmt/format.h>

#include "aws/error.h"
#include "aws/id.h"

namespace gatehouse::server {
namespace {

constexpr std::string_view kQueryXmlns = "http://cloudformation.amazonaws.com/doc/2010-05-15/";

}  // namespace

wire::ServiceResponse ErrorResponse(Service service, int status, std::string_view name,
                                    std::string_view message, base::Random& random) {
  std::string id = aws::NewUuid(random);
  wire::ServiceResponse response{status, {{"x-amzn-RequestId", id}}, {}};
  // IAM's refusals are written before the service has a say: "Message", and nothing else.
  const bool is_denial = name == "AccessDeniedException" && service != Service::kStage;
  const std::string_view member = is_denial ? "Message" : "message";
  switch (FamilyOf(service)) {
    case aws::ServiceFamily::kJson:
      response.fields.emplace_back("Content-Type", aws::kJson10Type);
      response.body =
          aws::JsonErrorBody(fmt::format("com.amazon.coral.service#{}", name), message, member);
      break;
    case aws::ServiceFamily::kQuery:
      response.fields.emplace_back("Content-Type", aws::kQueryXmlType);
      response.body = aws::QueryErrorBody(kQueryXmlns, "Sender", name, message, id);
      break;
    case aws::ServiceFamily::kRestJson:
      response.fields.emplace_back("Content-Type", aws::kRestJsonType);
      response.fields.emplace_back("x-amzn-ErrorType", name);
      response.body = (service == Service::kLambda || service == Service::kScheduler) && !is_denial
                          ? aws::FaultErrorBody(400, message)
                          : aws::RestErrorBody(message, member);
      break;
  }
  return response;
}

}  // namespace gatehouse::server
