#include "api/serve/management_api.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "aws/error.h"
#include "aws/id.h"
#include "base/encoding.h"
#include "gatehouse/json.h"
#include "wire/form.h"
#include "wire/reason.h"

namespace gatehouse::api {
namespace {

constexpr std::string_view kPrefixes[] = {"/@connections", "/%40connections"};

// How each error of the operations looks on the wire. 410 and 429 have no body.
struct ManagementError {
  ErrorCode code;
  int status;
  std::string_view type;
  bool has_body;
};
constexpr ManagementError kManagementErrors[] = {
    {ErrorCode::kGone, 410, "GoneException", false},
    {ErrorCode::kInvalidArgument, 400, "BadRequestException", true},
    {ErrorCode::kPayloadTooLarge, 413, "PayloadTooLargeException", true},
    {ErrorCode::kLimitExceeded, 429, "LimitExceededException", false},
    {ErrorCode::kForbidden, 403, "ForbiddenException", true},
};

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

AskedStage AskedOf(const StagePath& where) { return {*where.place, where.any_api}; }

}  // namespace

bool ManagementApi::Owns(std::string_view rest) {
  for (std::string_view prefix : kPrefixes) {
    if (rest.starts_with(prefix) && (rest.size() == prefix.size() || rest[prefix.size()] == '/')) {
      return true;
    }
  }
  return false;
}

void ManagementApi::OnRequest(const net::HttpRequest& request, const StagePath& where) {
  std::string_view method = request.head.method;
  std::string_view rest = where.rest;
  rest.remove_prefix(std::min(rest.find('/', 1), rest.size()));
  bool is_broadcast = rest.empty() && method == "POST" && !where.any_api;
  bool has_id = rest.size() > 1 && rest.find('/', 1) == std::string_view::npos;
  if (!is_broadcast && !has_id) return RespondForbidden(request.socket);
  if (!connections_.TakeRequest()) {
    return RespondError(request.socket, {ErrorCode::kLimitExceeded, "too many requests"});
  }
  if (is_broadcast) return Broadcast(request, where);
  std::string id = base::DecodePercent(rest.substr(1));
  if (method == "POST") return Post(request, where, id);
  if (method == "GET") return Get(request, where, id);
  if (method == "DELETE") return Delete(request, where, id);
  RespondForbidden(request.socket);
}

void ManagementApi::Post(const net::HttpRequest& request, const StagePath& where,
                         const std::string& id) {
  net::SocketRef socket = request.socket;
  if (request.body_too_large) return RespondTooLarge(socket);
  connections_.Post(AskedOf(where), id, request.body, [this, socket](const Result<void>& posted) {
    RespondDone(socket, 200, posted);
  });
}

void ManagementApi::Get(const net::HttpRequest& request, const StagePath& where,
                        const std::string& id) {
  net::SocketRef socket = request.socket;
  connections_.Get(AskedOf(where), id, [this, socket](const Result<ConnectionInfo>& info) {
    RespondInfo(socket, info);
  });
}

void ManagementApi::Delete(const net::HttpRequest& request, const StagePath& where,
                           const std::string& id) {
  net::SocketRef socket = request.socket;
  Result<CloseNotice> notice = ReadCloseNotice(wire::QueryOf(request.head.target));
  if (!notice) return RespondError(socket, notice.error());
  connections_.Close(AskedOf(where), id, *notice, [this, socket](const Result<void>& closed) {
    RespondDone(socket, 204, closed);
  });
}

void ManagementApi::Broadcast(const net::HttpRequest& request, const StagePath& where) {
  net::SocketRef socket = request.socket;
  if (request.body_too_large) return RespondTooLarge(socket);
  Result<wire::FormFields> fields = wire::ParseForm(wire::QueryOf(request.head.target));
  if (!fields) return RespondError(socket, fields.error());
  std::vector<std::string> exclude;
  for (auto& [name, value] : *fields) {
    if (name != "exclude") continue;
    if (!ConnectionIdCodec::IsWellFormed(value)) return RespondError(socket, InvalidId(value));
    exclude.push_back(std::move(value));
  }
  connections_.Broadcast(
      *where.place, request.body, exclude,
      [this, socket](const Result<BroadcastResult>& result) { RespondCounts(socket, result); });
}

void ManagementApi::RespondDone(net::SocketRef socket, int status, const Result<void>& result) {
  if (!result) return RespondError(socket, result.error());
  Respond(socket, status, {}, {});
}

void ManagementApi::RespondInfo(net::SocketRef socket, const Result<ConnectionInfo>& info) {
  if (!info) return RespondError(socket, info.error());
  Respond(socket, 200, {}, InfoBody(*info));
}

void ManagementApi::RespondCounts(net::SocketRef socket, const Result<BroadcastResult>& result) {
  if (!result) return RespondError(socket, result.error());
  Respond(socket, 200, {},
          fmt::format(R"({{"posted":{},"failed":{}}})", result->posted, result->failed));
}

void ManagementApi::RespondTooLarge(net::SocketRef socket) {
  RespondError(socket,
               {ErrorCode::kPayloadTooLarge, fmt::format("the message is larger than {} bytes",
                                                         connections_.message_bytes_max())});
}

void ManagementApi::RespondForbidden(net::SocketRef socket, std::string_view why) {
  Respond(socket, 403, "ForbiddenException", aws::RestErrorBody("Forbidden"), why);
}

void ManagementApi::RespondError(net::SocketRef socket, const Error& error) {
  for (const ManagementError& wire : kManagementErrors) {
    if (wire.code != error.code) continue;
    return Respond(socket, wire.status, wire.type,
                   wire.has_body ? aws::RestErrorBody(error.message) : std::string());
  }
  Respond(socket, 500, "InternalServerError", aws::RestErrorBody("Internal server error"));
}

void ManagementApi::Respond(net::SocketRef socket, int status, std::string_view error_type,
                            std::string_view body, std::string_view why) {
  std::string reason = wire::ReasonValue(why);
  std::string request_id = aws::NewUuid(random_);
  std::vector<wire::HttpField> fields{{"Content-Type", "application/json"},
                                      {"x-amzn-RequestId", request_id}};
  if (!error_type.empty()) fields.push_back({"x-amzn-ErrorType", error_type});
  if (!reason.empty()) fields.push_back({wire::kReasonField, reason});
  http_.Respond(socket, {status, fields, body, false});
}

}  // namespace gatehouse::api
