#include "server/front_door.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "wire/websocket_handshake.h"

namespace gatehouse::server {
namespace {

constexpr std::string_view kTarget = "X-Amz-Target";
constexpr std::size_t kDynamoDbBodyBytesMax = 16 * 1024 * 1024;

// The path of a request target in origin or absolute form, without its query.
std::string_view PathOf(std::string_view target) {
  if (!target.starts_with('/')) {
    std::optional<UrlParts> parts = SplitUrl(target);
    if (!parts) return {};
    target = parts->path.empty() ? std::string_view("/") : parts->path;
  }
  return target.substr(0, target.find('?'));
}

}  // namespace

FrontDoor::FrontDoor(base::Log& log, base::Random& random, FrontDoorOptions options)
    : log_(log), random_(random), options_(std::move(options)), hosts_(options_.domains) {}

void FrontDoor::Introduce(net::HttpServer& http, api::Gateway& gateway, table::Api& tables,
                          base::Executor& loop) {
  http_ = &http;
  gateway_ = &gateway;
  tables_ = &tables;
  loop_ = &loop;
}

std::size_t FrontDoor::BodyBytesMax(const wire::HttpHead& head) {
  if (IsForeignPage(head, head.Find("Host").value_or(""))) return 0;  // it will be refused
  return head.Find(kTarget) ? kDynamoDbBodyBytesMax : gateway_->quotas().message_bytes_max;
}

void FrontDoor::OnGone(net::SocketRef socket) { gateway_->OnGone(socket); }

void FrontDoor::OnRequest(const net::HttpRequest& request) {
  std::string_view host = request.head.Find("Host").value_or("");
  std::string_view path = PathOf(request.head.target);
  if (path.empty()) {
    return http_->Respond(request.socket, {400, {}, R"({"message":"Bad Request"})", true});
  }
  if (!hosts_.IsOurs(host)) {
    return RespondForbidden(request,
                            fmt::format("host \"{}\" is not ours (--domain names others)", host));
  }
  if (auto target = request.head.Find(kTarget)) return OnDynamoDbRequest(request, *target);
  api::StagePath where = gateway_->stages().Resolve(path, HostPolicy::ApiIdOf(host));
  if (!where.place) return RespondForbidden(request, fmt::format("no stage at {}", path));
  if (api::ManagementApi::Owns(where.rest)) {
    return OnManagementRequest(request, *where.place, where.rest);
  }
  if (!where.rest.empty() && where.rest != "/") {
    return RespondForbidden(request, fmt::format("nothing behind the stage at {}", path));
  }
  OnStageRequest(request, *where.place);
}

void FrontDoor::OnStageRequest(const net::HttpRequest& request, api::StagePlace& place) {
  if (!wire::IsWebSocketUpgrade(request.head)) {
    std::array<wire::HttpField, 3> fields{{{"Content-Type", "application/json"},
                                           {"Upgrade", "websocket"},
                                           {"Connection", "upgrade"}}};
    return http_->Respond(request.socket,
                          {426, fields, R"({"message":"Upgrade Required"})", false});
  }
  std::string_view host = *request.head.Find("Host");
  api::Arrival arrival{std::string(host), std::to_string(options_.port), "http"};
  gateway_->OnUpgrade(request, place, arrival);
}

void FrontDoor::OnManagementRequest(const net::HttpRequest& request, api::StagePlace& place,
                                    std::string_view rest) {
  std::string_view host = *request.head.Find("Host");
  if (IsForeignPage(request.head, host)) {
    return RespondForbidden(request, "a page of another origin asked (--cors-origin allows one)");
  }
  NoticeUnsigned(request.head, "@connections");
  api::ManagementApi(*gateway_, *http_, random_).OnRequest(request, place, rest);
}

void FrontDoor::OnDynamoDbRequest(const net::HttpRequest& request, std::string_view target) {
  std::string_view host = request.head.Find("Host").value_or("");
  if (IsForeignPage(request.head, host)) {
    return RespondForbidden(request, "a page of another origin asked (--cors-origin allows one)");
  }
  if (request.body_too_large) return http_->Respond(request.socket, {413, {}, {}, true});
  NoticeUnsigned(request.head, "DynamoDB");
  table::ApiRequest call{request.head.method, target,
                         request.head.Find("Content-Type").value_or(""), host, request.body};
  tables_->Handle(
      call, *loop_, [this, socket = request.socket](const table::ApiResponse& response) {
        std::array<wire::HttpField, 3> fields{{{"Content-Type", response.content_type},
                                               {"x-amz-crc32", response.crc32},
                                               {"x-amzn-RequestId", response.request_id}}};
        http_->Respond(socket, {response.status, fields, response.body, false});
      });
}

void FrontDoor::NoticeUnsigned(const wire::HttpHead& head, std::string_view service) {
  bool is_signed = head.Find("Authorization").has_value() ||
                   head.target.find("X-Amz-Signature=") != std::string_view::npos;
  if (is_signed || noticed_unsigned_) return;
  noticed_unsigned_ = true;
  log_.Info(fmt::format("an unsigned request to {} was served; AWS refuses it", service));
}

// Browsers say where a page comes from; programs say neither.
bool FrontDoor::IsForeignPage(const wire::HttpHead& head, std::string_view host) const {
  std::optional<std::string_view> origin = head.Find("Origin");
  if (!origin) return head.Find("Sec-Fetch-Site").value_or("") == "cross-site";
  if (HostPolicy::IsSameOrigin(*origin, host)) return false;
  const auto& allowed = options_.cors_origins;
  return std::find(allowed.begin(), allowed.end(), *origin) == allowed.end();
}

void FrontDoor::RespondForbidden(const net::HttpRequest& request, std::string_view why) {
  log_.Info(fmt::format("refused with 403: {}", why), {{"peer", request.peer.ip}});
  api::ManagementApi(*gateway_, *http_, random_).RespondForbidden(request.socket);
}

}  // namespace gatehouse::server
