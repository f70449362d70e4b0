#include "server/edge/front_door.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/encoding.h"
#include "wire/reason.h"
#include "wire/websocket_handshake.h"

namespace gatehouse::server {
namespace {

// The path of a request target, without its query; empty for "*".
std::string_view PathOf(std::string_view target) {
  return target.starts_with('/') ? target.substr(0, target.find('?')) : std::string_view();
}

Door DoorOfService(Service service) {
  switch (service) {
    case Service::kStage:
      break;  // one of three
    case Service::kDynamoDb:
      return Door::kDynamoDb;
    case Service::kLambda:
      return Door::kLambda;
    case Service::kCloudFormation:
      return Door::kCloudFormation;
    case Service::kApiGateway:
      return Door::kApiGateway;
    case Service::kSts:
      return Door::kSts;
    case Service::kEvents:
      return Door::kEvents;
    case Service::kScheduler:
      return Door::kScheduler;
    case Service::kSsm:
      return Door::kSsm;
    case Service::kOwn:
      return Door::kOwn;
    case Service::kOther:
      return Door::kOther;
  }
  return Door::kStageUrl;
}

// All but the signature. Posts are many, and of theirs it does not matter whether browsers tell.
Asking AskingOf(const net::HttpRequest& request, Door door, Asker asker) {
  bool tell = IsReading(request.head.method) &&
              (request.tls || HostPolicy::IsLoopback(request.head.Find("Host").value_or("")));
  return {door, request.head.method, asker, Signed::kNo, tell};
}

// The most that a request's signature can turn out to be, before its body is there.
Signed BestSignatureOf(const wire::HttpHead& head) {
  bool in_header = head.Find("Authorization").value_or("").starts_with(auth::kAlgorithm);
  bool in_url = head.target.find("X-Amz-Signature=") != std::string_view::npos;
  return in_header || in_url ? Signed::kVerified : Signed::kNo;
}

}  // namespace

FrontDoor::FrontDoor(base::Log& log, base::Random& random, AdmissionCheck& gate,
                     FrontDoorOptions options)
    : log_(log),
      random_(random),
      gate_(gate),
      options_(std::move(options)),
      hosts_(options_.domains) {}

void FrontDoor::Introduce(net::HttpServer& http, api::Gateway& gateway) {
  http_ = &http;
  gateway_ = &gateway;
  management_ = std::make_unique<api::ManagementApi>(gateway.connections(), http, random_);
}

void FrontDoor::UseTunnels(net::Tunnels& tunnels, net::ProxySettings proxies) {
  tunnels_ = &tunnels;
  proxies_ = std::move(proxies);
}

void FrontDoor::UseIam(Iam& iam, AccessFacts facts) {
  iam_ = &iam;
  access_facts_ = std::move(facts);
}

void FrontDoor::Serve(Service service, std::size_t body_bytes_max, ServiceHandler handler) {
  services_[service] = {body_bytes_max, std::move(handler)};
}

// Before the body is read: who may not come in at all.
void FrontDoor::OnHead(const net::HttpRequest& request) {
  if (request.head.method == "CONNECT") return;
  std::string_view host = request.head.Find("Host").value_or("");
  if (!hosts_.IsOurs(host)) {
    return RespondForbidden(request,
                            fmt::format("host \"{}\" is not ours (--domain names others)", host));
  }
  Asker asker = gate_.AskerOf(request.head, request.tls);
  bool browser = asker == Asker::kForeignPage || asker == Asker::kAddressLine ||
                 asker == Asker::kSilentBrowser;
  if (!browser) return;  // Admit looks at the rest
  Asking asking = AskingOf(request, DoorOf(request, Choose(request.head)), asker);
  asking.signature = BestSignatureOf(request.head);
  Verdict verdict = Judge(asking);
  if (verdict != Verdict::kOpen) RespondForbidden(request, SentenceOf(verdict));
}

ServiceChoice FrontDoor::Choose(const wire::HttpHead& head) {
  return ChooseService(head, gate_.VerifiedUrlService(head));
}

Door FrontDoor::DoorOf(const net::HttpRequest& request, const ServiceChoice& choice) const {
  if (choice.service != Service::kStage) return DoorOfService(choice.service);
  std::string_view host = request.head.Find("Host").value_or("");
  api::StagePath where = gateway_->Resolve(PathOf(request.head.target), HostPolicy::ApiIdOf(host));
  if (api::ManagementApi::Owns(where.rest)) return Door::kConnections;
  return wire::IsWebSocketUpgrade(request.head) ? Door::kUpgrade : Door::kStageUrl;
}

std::size_t FrontDoor::BodyBytesMax(const wire::HttpHead& head) {
  ServiceChoice choice = Choose(head);
  if (choice.service == Service::kStage) return gateway_->quotas().message_bytes_max;
  auto served = services_.find(choice.service);
  return served == services_.end() ? 0 : served->second.body_bytes_max;
}

void FrontDoor::OnGone(net::SocketRef socket) { gateway_->upgrades().OnGone(socket); }

void FrontDoor::OnRequest(const net::HttpRequest& request) {
  if (request.head.method == "CONNECT") return OnConnect(request);
  ServiceChoice choice = Choose(request.head);
  if (choice.service == Service::kStage) {
    OnStage(request, choice);
  } else {
    OnService(request, choice);
  }
}

// AWS's own names lead here, and a service that we do not serve says so when it is asked; other
// hosts, and services passed through, are reached for real.
void FrontDoor::OnConnect(const net::HttpRequest& request) {
  std::optional<net::ConnectTarget> target = net::ParseConnectTarget(request.head.target);
  if (!target) {
    return http_->Respond(request.socket, {400, {}, R"({"message":"Bad Request"})", true});
  }
  std::string_view service = ServiceNameOfHost(target->host);
  const auto& passed = options_.passthrough;
  bool is_passed = std::find(passed.begin(), passed.end(), service) != passed.end();
  if (!service.empty() && !is_passed) return http_->AcceptConnect(request.socket);
  if (!tunnels_ || gate_.AskerOf(request.head, request.tls) == Asker::kForeignPage) {
    return RespondForbidden(request, fmt::format("CONNECT to {}", target->host));
  }
  tunnels_->Open(request, target->host, target->port, proxies_.For(target->host, target->port));
}

void FrontDoor::OnStage(const net::HttpRequest& request, const ServiceChoice& choice) {
  std::string_view path = PathOf(request.head.target);
  if (path.empty()) {
    return http_->Respond(request.socket, {400, {}, R"({"message":"Bad Request"})", true});
  }
  std::string_view host = request.head.Find("Host").value_or("");
  api::StagePath where = gateway_->Resolve(path, HostPolicy::ApiIdOf(host));
  if (!where.place) {
    return RespondForbidden(request, fmt::format("no stage at {} (there are: {})", path,
                                                 gateway_->stages().PathsForPeople()));
  }
  // By AWS's name only: without custom domains localhost would be left with no way in.
  if (!HostPolicy::ApiIdOf(host).empty() && where.place->current->is_execute_api_disabled()) {
    return RespondForbidden(request, "DisableExecuteApiEndpoint turns this host off");
  }
  if (api::ManagementApi::Owns(where.rest)) {
    return OnManagementRequest(request, choice, where);
  }
  if (!where.rest.empty() && where.rest != "/") {
    return RespondForbidden(request, fmt::format("nothing behind the stage at {}", path));
  }
  OnStageRequest(request, *where.place);
}

// What events tell of the way a client came: by AWS's name as AWS would, else as it was.
api::Arrival FrontDoor::ArrivalOf(const net::HttpRequest& request) const {
  std::string_view host = *request.head.Find("Host");
  if (!HostPolicy::ApiIdOf(host).empty()) {
    return {std::string(host.substr(0, host.find(':'))), "443", "https"};
  }
  return {std::string(host), std::to_string(options_.port), request.tls ? "https" : "http"};
}

void FrontDoor::OnStageRequest(const net::HttpRequest& request, api::StagePlace& place) {
  if (!wire::IsWebSocketUpgrade(request.head)) {
    std::array<wire::HttpField, 3> fields{{{"Content-Type", "application/json"},
                                           {"Upgrade", "websocket"},
                                           {"Connection", "upgrade"}}};
    return http_->Respond(request.socket,
                          {426, fields, R"({"message":"Upgrade Required"})", false});
  }
  api::Arrival arrival = ArrivalOf(request);
  gateway_->upgrades().OnUpgrade(request, place, arrival);
}

void FrontDoor::OnManagementRequest(const net::HttpRequest& request, const ServiceChoice& choice,
                                    api::StagePath where) {
  // Of such a request nobody knows whose it is: its signature cannot be verified. A post is refused
  // for its size in any case.
  if (request.body_too_large && request.head.method != "POST") {
    return Respond(request.socket, ErrorResponse(choice.service, 413, "PayloadTooLargeException",
                                                 "the request's body is too large", random_));
  }
  Admission admission;
  if (!Admit(request, choice, Door::kConnections, admission)) return;
  if (admission.role && !MayManage(request, choice, *admission.role, where)) return;
  management_->OnRequest(request, where);
}

AskedHow FrontDoor::HowOf(const net::HttpRequest& request) {
  return {request.peer.ip, request.head.Find("User-Agent").value_or(""), request.tls};
}

bool FrontDoor::RespondDenied(const net::HttpRequest& request, const ServiceChoice& choice,
                              Denial denial) {
  auth::Refusal refusal{auth::RefusalKind::kAccessDenied, std::move(denial.message), {}, {}};
  wire::ServiceResponse response = RefusalResponse(choice.service, refusal, random_);
  std::string reason = request.peer.IsLoopback() ? wire::ReasonValue(denial.reason) : "";
  if (!reason.empty()) response.fields.emplace_back(wire::kReasonField, std::move(reason));
  Respond(request.socket, response);
  return false;
}

bool FrontDoor::MayCall(const net::HttpRequest& request, const ServiceChoice& choice,
                        const Admission& admission) {
  if (!admission.role || !iam_ || !iam_->IsChecked(*admission.role)) return true;
  AskedAccess asked =
      AccessOf(choice.service, {request.head, request.body, admission.caller}, access_facts_);
  if (asked.is_missing) {
    asked.accesses = {{fmt::format("{}:{}", choice.name, asked.operation), "*"}};
    Denial denial{
        DenialSentence(admission.caller, asked.accesses.front(), auth::Effect::kImplicitDeny),
        fmt::format("gatehouse does not know what {} asks for", asked.operation)};
    log_.Warning(fmt::format("denied: role {}: {}", admission.role->role, denial.reason));
    return RespondDenied(request, choice, std::move(denial));
  }
  for (const Access& access : asked.accesses) {
    if (auto denial = iam_->Check(*admission.role, access, HowOf(request))) {
      return RespondDenied(request, choice, *std::move(denial));
    }
  }
  return true;
}

bool FrontDoor::MayManageAll(std::string_view method, const auth::Principal& role,
                             const api::StagePlace& place) {
  if (grants_version_ != iam_->version() || grants_.size() >= kGrantsMax) grants_.clear();
  grants_version_ = iam_->version();
  auto by_role = grants_.find(role.role_arn);
  if (by_role == grants_.end()) by_role = grants_.try_emplace(role.role_arn).first;
  auto [found, is_new] = by_role->second.try_emplace(&place);
  StageGrants& grants = found->second;
  const api::Stage& stage = *place.current;
  if (is_new) grants = GrantsOf(*iam_, access_facts_, role, stage.api_id(), stage.name());
  return method == "POST"     ? grants.posts
         : method == "GET"    ? grants.gets
         : method == "DELETE" ? grants.closes
                              : false;
}

// Where a name is that of several APIs' stages, only those count that the role may manage: the
// first of them, unless all.
bool FrontDoor::MayManage(const net::HttpRequest& request, const ServiceChoice& choice,
                          const auth::Principal& role, api::StagePath& where) {
  if (!iam_ || !iam_->IsChecked(role)) return true;
  if (!where.any_api && MayManageAll(request.head.method, role, *where.place)) return true;
  std::string_view rest = where.rest;
  rest.remove_prefix(std::min(rest.find('/', 1), rest.size()));
  // Of a broadcast, which AWS has not: all of them.
  std::string id = rest.size() > 1 ? base::DecodePercent(rest.substr(1)) : "*";
  std::optional<Denial> denial;
  api::StagePlace* allowed = nullptr;
  for (const auto& place : gateway_->stages().places()) {
    const api::Stage& stage = *place->current;
    bool is_meant =
        where.any_api ? stage.name() == where.place->current->name() : place.get() == where.place;
    if (!is_meant) continue;
    Access access =
        ConnectionAccess(access_facts_, stage.api_id(), stage.name(), request.head.method, id);
    if (auto denied = iam_->Check(role, access, HowOf(request))) {
      if (!denial) denial = std::move(denied);
    } else if (!allowed) {
      allowed = place.get();
    }
  }
  if (!denial) return true;
  if (!allowed) return RespondDenied(request, choice, *std::move(denial));
  where.place = allowed;
  where.any_api = false;
  return true;
}

void FrontDoor::OnService(const net::HttpRequest& request, const ServiceChoice& choice) {
  auto served = services_.find(choice.service);
  if (served == services_.end()) {
    log_.Info(fmt::format("refused with 501: {} is not served", choice.name));
    return Respond(request.socket, NotServed(request.head, choice.name, random_));
  }
  // Health and metrics are for whoever reaches the port; pages of other origins were refused.
  Admission caller;
  if (choice.service != Service::kOwn &&
      !Admit(request, choice, DoorOfService(choice.service), caller)) {
    return;
  }
  if (request.body_too_large) {
    return Respond(request.socket, ErrorResponse(choice.service, 413, "RequestTooLargeException",
                                                 "the request's body is too large", random_));
  }
  if (!MayCall(request, choice, caller)) return;
  served->second.handler({request.head, request.body, caller.caller},
                         [this, socket = request.socket](const wire::ServiceResponse& response) {
                           Respond(socket, response);
                         });
}

bool FrontDoor::Admit(const net::HttpRequest& request, const ServiceChoice& choice, Door door,
                      Admission& admission) {
  // Without its body a request cannot be verified; it will be refused for its size.
  if (request.body_too_large) return true;
  Asking asking = AskingOf(request, door, gate_.AskerOf(request.head, request.tls));
  admission = gate_.Admit({request.head, request.body}, choice, asking);
  if (!admission.refusal) return true;
  Respond(request.socket, RefusalResponse(choice.service, *admission.refusal, random_));
  return false;
}

void FrontDoor::RespondForbidden(const net::HttpRequest& request, std::string_view why) {
  log_.Info(fmt::format("refused with 403: {}", why), {{"peer", request.peer.ip}});
  management_->RespondForbidden(request.socket, request.peer.IsLoopback() ? why : "");
}

void FrontDoor::Respond(net::SocketRef socket, const wire::ServiceResponse& response) {
  std::vector<wire::HttpField> fields;
  for (const auto& [name, value] : response.fields) fields.push_back({name, value});
  http_->Respond(socket, {response.status, fields, response.body, false});
}

}  // namespace gatehouse::server
