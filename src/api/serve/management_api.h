// The API Gateway Management API: POST, GET and DELETE of /{stage}/@connections/{connectionId}.
// Beyond AWS: POST of /{stage}/@connections is a message to all of the stage's connections but
// those named by exclude={id}, and DELETE takes code and reason (close_notice.h). Loop thread only.
// Source: docs/aws/websocket-api.md §8; Amazon API Gateway Management API 2018-11-29; design §7.12.
#pragma once

#include <string>
#include <string_view>

#include "api/serve/connections.h"
#include "net/http/http_server.h"

namespace gatehouse::api {

class ManagementApi {
 public:
  ManagementApi(Connections& connections, net::HttpServer& http, base::Random& random)
      : connections_(connections), http_(http), random_(random) {}

  // Whether `rest`, the path behind a stage, is @connections' ("%40connections" is, too).
  static bool Owns(std::string_view rest);

  // Answers a request whose path leads `where`: now, or once the connection's loop has. The caller
  // is authorized already.
  void OnRequest(const net::HttpRequest& request, const StagePath& where);

  // 403 with {"message":"Forbidden"}: a stage that does not exist, a path that leads nowhere.
  // why: the sentence for people, as a header; empty: none.
  void RespondForbidden(net::SocketRef socket, std::string_view why = {});

 private:
  void Post(const net::HttpRequest& request, const StagePath& where, const std::string& id);
  void Get(const net::HttpRequest& request, const StagePath& where, const std::string& id);
  void Delete(const net::HttpRequest& request, const StagePath& where, const std::string& id);
  void Broadcast(const net::HttpRequest& request, const StagePath& where);
  // What came of it: a status, or the error.
  void RespondDone(net::SocketRef socket, int status, const Result<void>& result);
  void RespondInfo(net::SocketRef socket, const Result<ConnectionInfo>& info);
  void RespondCounts(net::SocketRef socket, const Result<BroadcastResult>& result);
  void RespondTooLarge(net::SocketRef socket);
  void RespondError(net::SocketRef socket, const Error& error);
  void Respond(net::SocketRef socket, int status, std::string_view error_type,
               std::string_view body, std::string_view why = {});

  Connections& connections_;
  net::HttpServer& http_;
  base::Random& random_;
};

}  // namespace gatehouse::api
