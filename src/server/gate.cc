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
    case Service::kEvents:
    case Service::kSsm:
      return auth::ServiceFamily::kJson;
    case Service::kCloudFormation:
    case Service::kSts:
      return auth::ServiceFamily::kQuery;
    default:
      return auth::ServiceFamily::kRestJson;
  }
}

Signed SignedOf(const auth::Authentication& decision) {
  if (decision.outcome != auth::Authentication::kPrincipal) return Signed::kNo;
  if (decision.verified) return Signed::kVerified;
  return decision.signature->presigned ? Signed::kNo : Signed::kHeader;
}

// As AWS would say it.
auth::Refusal RefusalOf(Verdict verdict, const auth::Authentication& decision) {
  if (verdict == Verdict::kUnsigned || verdict == Verdict::kUnverified) {
    if (!decision.signature) return {auth::RefusalKind::kMissingToken, {}, {}, {}};
    return {auth::RefusalKind::kUnknownKey,
            "The security token included in the request is invalid.",
            {},
            {}};
  }
  return {
      auth::RefusalKind::kAccessDenied, fmt::format("Refused: {}", SentenceOf(verdict)), {}, {}};
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

Asker Gate::AskerOf(const wire::HttpHead& head, bool tls) const {
  std::string_view site = head.Find("Sec-Fetch-Site").value_or("");
  if (std::optional<std::string_view> origin = head.Find("Origin")) {
    const auto& allowed = options_.cors_origins;
    bool is_allowed = std::find(allowed.begin(), allowed.end(), *origin) != allowed.end();
    if (is_allowed) return Asker::kAllowedPage;
    bool same = HostPolicy::IsSameOrigin(*origin, head.Find("Host").value_or(""), tls);
    return same && (site.empty() || site == "same-origin") ? Asker::kOwnPage : Asker::kForeignPage;
  }
  if (site == "same-origin") return Asker::kOwnPage;
  if (site == "none") return Asker::kAddressLine;
  if (!site.empty()) return Asker::kForeignPage;
  // Every browser's begins so, and no page can change it in a request that needs no permission.
  bool browser = head.Find("User-Agent").value_or("").starts_with("Mozilla/");
  return browser ? Asker::kSilentBrowser : Asker::kProgram;
}

std::string Gate::VerifiedUrlService(const wire::HttpHead& head) {
  bool reads = head.method == "GET" || head.method == "HEAD";
  bool has_body = head.chunked || head.content_length.value_or(0) > 0;
  if (!reads || has_body || head.target.find("X-Amz-Signature=") == std::string_view::npos) {
    return {};
  }
  auth::Authentication decision = auth::Authenticate(
      auth::RequestOf(head, {}), {}, auth::AuthMode::kLocal, credentials_, clock_.WallNow(), keys_);
  bool in_url = decision.verified && decision.signature && decision.signature->presigned;
  return in_url ? decision.signature->service : std::string();
}

Admission Gate::Refused(const ServiceChoice& choice, auth::Refusal refusal, std::string_view why) {
  log_.Info(fmt::format("refused a request to {}: {}", choice.name, why));
  return {std::move(refusal), {}, {}};
}

Admission Gate::Admit(const wire::ServiceRequest& request, const ServiceChoice& choice,
                      Asking asking) {
  auth::Scope scope{options_.region, choice.name};
  // STS is in every region, and older SDKs ask its global endpoint, which is signed for us-east-1.
  if (choice.service == Service::kSts) scope.region = {};
  if (FamilyOf(choice.service) == auth::ServiceFamily::kJson) scope.skew_max = kJsonSkewMax;
  auth::Authentication decision =
      auth::Authenticate(auth::RequestOf(request.head, request.body), scope, auth::AuthMode::kLocal,
                         credentials_, clock_.WallNow(), keys_);
  if (decision.outcome == auth::Authentication::kRefused) {
    std::string why = decision.refusal.message;
    return Refused(choice, std::move(decision.refusal), why);
  }
  asking.signature = SignedOf(decision);
  if (Verdict verdict = Judge(asking); verdict != Verdict::kOpen) {
    return Refused(choice, RefusalOf(verdict, decision), SentenceOf(verdict));
  }
  bool anonymous = decision.outcome == auth::Authentication::kAnonymous;
  if (anonymous && noticed_.insert(choice.name).second && notices_.IsFirst(choice.name)) {
    log_.Info(fmt::format("an unsigned request to {} was served; AWS answers 403", choice.name));
  }
  std::string caller;
  if (asking.door != Door::kConnections) {
    caller = auth::ArnOf(decision.principal, options_.account_id);
  }
  std::shared_ptr<const auth::Principal> role;
  if (decision.principal.kind == auth::Principal::kRole) {
    role = std::make_shared<const auth::Principal>(std::move(decision.principal));
  }
  return {std::nullopt, std::move(caller), std::move(role)};
}

wire::ServiceResponse ErrorResponse(Service service, int status, std::string_view name,
                                    std::string_view message, base::Random& random) {
  std::string id = api::NewUuid(random);
  wire::ServiceResponse response{status, {{"x-amzn-RequestId", id}}, {}};
  std::string quoted = json::Quoted(message);
  // IAM's refusals are written before the service has a say: "Message", and nothing else.
  const bool is_denial = name == "AccessDeniedException" && service != Service::kStage;
  const std::string_view member = is_denial ? "Message" : "message";
  switch (FamilyOf(service)) {
    case auth::ServiceFamily::kJson:
      response.fields.emplace_back("Content-Type", "application/x-amz-json-1.0");
      response.body = fmt::format(R"({{"__type":"com.amazon.coral.service#{}","{}":{}}})", name,
                                  member, quoted);
      break;
    case auth::ServiceFamily::kQuery:
      response.fields.emplace_back("Content-Type", "text/xml");
      response.body = XmlError(name, message, id);
      break;
    case auth::ServiceFamily::kRestJson:
      response.fields.emplace_back("Content-Type", "application/json");
      response.fields.emplace_back("x-amzn-ErrorType", name);
      response.body = (service == Service::kLambda || service == Service::kScheduler) && !is_denial
                          ? fmt::format(R"({{"Type":"User","Message":{}}})", quoted)
                          : fmt::format(R"({{"{}":{}}})", member, quoted);
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
