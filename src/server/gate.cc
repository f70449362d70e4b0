#include "server/gate.h"

#include <algorithm>

#include <fmt/format.h>

#include "api/uuid.h"
#include "gatehouse/json.h"
#include "server/host_policy.h"
#include "stack/xml_writer.h"

namespace gatehouse::server {
namespace {

// DynamoDB and other JSON services forgive more than the five minutes of the REST ones.
constexpr std::chrono::minutes kJsonSkewMax{15};

auth::ServiceFamily FamilyOf(Service service) {
  switch (service) {
    case Service::kDynamoDb:
      return auth::ServiceFamily::kJson;
    case Service::kCloudFormation:
    case Service::kSts:
      return auth::ServiceFamily::kQuery;
    default:
      return auth::ServiceFamily::kRestJson;
  }
}

std::string XmlError(std::string_view name, std::string_view message, const std::string& id) {
  stack::XmlWriter xml;
  xml.Open("Error");
  xml.Text("Type", "Sender");
  xml.Text("Code", name);
  xml.Text("Message", message);
  xml.Close();
  xml.Text("RequestId", id);
  return fmt::format(
      "<ErrorResponse xmlns=\"http://cloudformation.amazonaws.com/doc/2010-05-15/\">{}"
      "</ErrorResponse>",
      xml.Take());
}

std::string S3Error(std::string_view name, std::string_view message, const std::string& id) {
  stack::XmlWriter xml;
  xml.Open("Error");
  xml.Text("Code", name);
  xml.Text("Message", message);
  xml.Text("RequestId", id);
  xml.Close();
  return xml.Take();
}

}  // namespace

bool Gate::IsForeignPage(const wire::HttpHead& head) const {
  std::optional<std::string_view> origin = head.Find("Origin");
  if (!origin) return head.Find("Sec-Fetch-Site").value_or("") == "cross-site";
  if (HostPolicy::IsSameOrigin(*origin, head.Find("Host").value_or(""))) return false;
  const auto& allowed = options_.cors_origins;
  return std::find(allowed.begin(), allowed.end(), *origin) == allowed.end();
}

Admission Gate::Admit(const wire::ServiceRequest& request, const ServiceChoice& choice) {
  auth::Scope scope{options_.region, choice.name};
  // STS is in every region, and older SDKs ask its global endpoint, which is signed for us-east-1.
  if (choice.service == Service::kSts) scope.region = {};
  if (FamilyOf(choice.service) == auth::ServiceFamily::kJson) scope.skew_max = kJsonSkewMax;
  auth::Decision decision =
      auth::Authenticate(auth::RequestOf(request.head, request.body), scope, auth::AuthMode::kLocal,
                         credentials_, clock_.WallNow(), keys_);
  if (decision.outcome == auth::Decision::kRefused) {
    log_.Info(fmt::format("refused a request to {}: {}", choice.name, decision.refusal.message));
    return {std::move(decision.refusal), {}};
  }
  bool anonymous = decision.outcome == auth::Decision::kAnonymous;
  if (anonymous && noticed_.insert(choice.name).second && notices_.IsFirst(choice.name)) {
    log_.Info(fmt::format("an unsigned request to {} was served; AWS answers 403", choice.name));
  }
  return {std::nullopt, auth::ArnOf(decision.principal, options_.account_id)};
}

wire::ServiceResponse ErrorResponse(Service service, int status, std::string_view name,
                                    std::string_view message, base::Random& random) {
  std::string id = api::NewUuid(random);
  wire::ServiceResponse response{status, {{"x-amzn-RequestId", id}}, {}};
  std::string quoted = json::Quoted(message);
  switch (FamilyOf(service)) {
    case auth::ServiceFamily::kJson:
      response.fields.emplace_back("Content-Type", "application/x-amz-json-1.0");
      response.body =
          fmt::format(R"({{"__type":"com.amazon.coral.service#{}","message":{}}})", name, quoted);
      break;
    case auth::ServiceFamily::kQuery:
      response.fields.emplace_back("Content-Type", "text/xml");
      response.body = XmlError(name, message, id);
      break;
    case auth::ServiceFamily::kRestJson:
      response.fields.emplace_back("Content-Type", "application/json");
      response.fields.emplace_back("x-amzn-ErrorType", name);
      response.body = service == Service::kLambda
                          ? fmt::format(R"({{"Type":"User","Message":{}}})", quoted)
                          : fmt::format(R"({{"message":{}}})", quoted);
      break;
  }
  return response;
}

wire::ServiceResponse NotServed(const wire::HttpHead& head, const std::string& service_name,
                                base::Random& random) {
  std::string message = fmt::format("gatehouse does not serve AWS's {}; it serves {}", service_name,
                                    ServedServices());
  if (service_name == "s3") {
    std::string body = S3Error("NotImplemented", message, api::NewUuid(random));
    return {501, {{"Content-Type", "application/xml"}}, std::move(body)};
  }
  Service like = Service::kOther;
  std::string_view type = head.Find("Content-Type").value_or("");
  if (head.Find("X-Amz-Target")) like = Service::kDynamoDb;
  if (type.starts_with("application/x-www-form-urlencoded")) like = Service::kSts;
  return ErrorResponse(like, 501, "NotImplemented", message, random);
}

wire::ServiceResponse RefusalResponse(Service service, const auth::Refusal& refusal,
                                      base::Random& random) {
  auth::RefusalAnswer answer = auth::AnswerFor(refusal, FamilyOf(service));
  return ErrorResponse(service, answer.status, answer.name, answer.message, random);
}

}  // namespace gatehouse::server
