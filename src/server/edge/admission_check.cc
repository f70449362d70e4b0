#include "server/edge/admission_check.h"

#include <algorithm>

#include <fmt/format.h>

#include "aws/error.h"
#include "aws/id.h"
#include "server/edge/host_policy.h"

namespace gatehouse::server {
namespace {

// DynamoDB and other JSON services forgive more than the five minutes of the REST ones.
constexpr std::chrono::minutes kJsonSkewMax{15};

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

}  // namespace

Asker AdmissionCheck::AskerOf(const wire::HttpHead& head, bool tls) const {
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

std::string AdmissionCheck::VerifiedUrlService(const wire::HttpHead& head) {
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

Admission AdmissionCheck::Refused(const ServiceChoice& choice, auth::Refusal refusal,
                                  std::string_view why) {
  log_.Info(fmt::format("refused a request to {}: {}", choice.name, why));
  return {std::move(refusal), {}, {}};
}

Admission AdmissionCheck::Admit(const wire::ServiceRequest& request, const ServiceChoice& choice,
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

wire::ServiceResponse NotServed(const wire::HttpHead& head, const std::string& service_name,
                                base::Random& random) {
  std::string message = fmt::format("gatehouse does not serve AWS's {}; it serves {}", service_name,
                                    ServedServices());
  if (service_name == "s3") {
    std::string body = aws::S3ErrorBody("NotImplemented", message, aws::NewUuid(random));
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
