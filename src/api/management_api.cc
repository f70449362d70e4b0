#include "api/management_api.h"

#include <vector>

#include <fmt/format.h>

#include "api/uuid.h"
#include "base/encoding.h"
#include "gatehouse/json.h"

namespace gatehouse::api {
namespace {

constexpr std::string_view kPrefixes[] = {"/@connections", "/%40connections"};

// How each error of the operations looks on the wire. 410 and 429 have no body.
struct WireError {
  ErrorCode code;
  int status;
  std::string_view type;
  bool has_body;
};
constexpr WireError kWireErrors[] = {
    {ErrorCode::kGone, 410, "GoneException", false},
    {ErrorCode::kInvalidArgument, 400, "BadRequestException", true},
    {ErrorCode::kPayloadTooLarge, 413, "PayloadTooLargeException", true},
    {ErrorCode::kLimitExceeded, 429, "LimitExceededException", false},
    {ErrorCode::kForbidden, 403, "ForbiddenException", true},
};

std::string MessageBody(std::string_view message) {
  std::string body = R"({"message":)";
  json::AppendQuoted(body, message);
  return body + "}";
}

std::string InfoBody(const ConnectionInfo& info) {
  std::string body = fmt::format(R"({{"connectedAt":"{}","identity":{{"sourceIp":)",
                                 base::FormatIso8601(base::Millis{info.connected_at}));
  json::AppendQuoted(body, info.source_ip);
  body += R"(,"userAgent":)";
  if (info.user_agent.empty()) {
    body += "null";
  } else {
    json::AppendQuoted(body, info.user_agent);
  }
  body += fmt::format(R"(}},"lastActiveAt":"{}"}})",
                      base::FormatIso8601(base::Millis{info.last_active_at}));
  return body;
}

}  // namespace

bool ManagementApi::Owns(std::string_view rest) {
  for (std::string_view prefix : kPrefixes) {
    if (rest.starts_with(prefix) && (rest.size() == prefix.size() || rest[prefix.size()] == '/')) {
      return true;
    }
  }
  return false;
}

void ManagementApi::OnRequest(const net::HttpRequest& request, StagePlace& place,
                              std::string_view rest) {
  rest.remove_prefix(rest.find('/', 1) == std::string_view::npos ? rest.size() : rest.find('/', 1));
  if (rest.size() <= 1 || rest.find('/', 1) != std::string_view::npos) {
    return RespondForbidden(request.socket);
  }
  if (!gateway_.TakeCallback()) {
    return RespondError(request.socket, {ErrorCode::kLimitExceeded, "too many requests"});
  }
  std::string id = base::DecodePercent(rest.substr(1));
  std::string_view method = request.head.method;
  if (method == "POST") {
    if (request.body_too_large) {
      return RespondError(request.socket, {ErrorCode::kPayloadTooLarge,
                                           fmt::format("the message is larger than {} bytes",
                                                       gateway_.quotas().message_bytes_max)});
    }
    Result<void> posted = gateway_.Post(place, id, request.body);
    if (!posted) return RespondError(request.socket, posted.error());
    return Respond(request.socket, 200, {}, {});
  }
  if (method == "GET") {
    Result<ConnectionInfo> info = gateway_.Get(place, id);
    if (!info) return RespondError(request.socket, info.error());
    return Respond(request.socket, 200, {}, InfoBody(*info));
  }
  if (method == "DELETE") {
    Result<void> closed = gateway_.Delete(place, id);
    if (!closed) return RespondError(request.socket, closed.error());
    return Respond(request.socket, 204, {}, {});
  }
  RespondForbidden(request.socket);
}

void ManagementApi::RespondForbidden(net::SocketRef socket) {
  RespondError(socket, {ErrorCode::kForbidden, "Forbidden"});
}

void ManagementApi::RespondError(net::SocketRef socket, const Error& error) {
  for (const WireError& wire : kWireErrors) {
    if (wire.code != error.code) continue;
    return Respond(socket, wire.status, wire.type,
                   wire.has_body ? MessageBody(error.message) : std::string());
  }
  Respond(socket, 500, "InternalServerError", MessageBody("Internal server error"));
}

void ManagementApi::Respond(net::SocketRef socket, int status, std::string_view error_type,
                            std::string_view body) {
  std::string request_id = NewUuid(random_);
  std::vector<wire::HttpField> fields{{"Content-Type", "application/json"},
                                      {"x-amzn-RequestId", request_id}};
  if (!error_type.empty()) fields.push_back({"x-amzn-ErrorType", error_type});
  http_.Respond(socket, {status, fields, body, false});
}

}  // namespace gatehouse::api
