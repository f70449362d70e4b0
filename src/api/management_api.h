// The API Gateway Management API: POST, GET and DELETE of /{stage}/@connections/{connectionId}.
// Loop thread only. Source: spec/websocket-api.md §8; Amazon API Gateway Management API 2018-11-29.
#pragma once

#include <string>
#include <string_view>

#include "api/gateway.h"
#include "net/http_server.h"

namespace gatehouse::api {

class ManagementApi {
 public:
  ManagementApi(Gateway& gateway, net::HttpServer& http, base::Random& random)
      : gateway_(gateway), http_(http), random_(random) {}

  // Whether `rest`, the path behind a stage, is @connections' ("%40connections" is, too).
  static bool Owns(std::string_view rest);

  // Answers a request whose path behind the stage is `rest`. The caller is authorized already.
  void OnRequest(const net::HttpRequest& request, StagePlace& place, std::string_view rest);

  // 403 with {"message":"Forbidden"}: a stage that does not exist, a path that leads nowhere.
  void RespondForbidden(net::SocketRef socket);

 private:
  void RespondError(net::SocketRef socket, const Error& error);
  void Respond(net::SocketRef socket, int status, std::string_view error_type,
               std::string_view body);

  Gateway& gateway_;
  net::HttpServer& http_;
  base::Random& random_;
};

}  // namespace gatehouse::api
