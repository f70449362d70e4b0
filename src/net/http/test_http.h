// An HTTP handler that notes requests and answers now or later, and a server with it; for tests.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "net/http/http_server.h"
#include "net/loop/test_peer.h"

namespace gatehouse::net {

inline constexpr std::uint16_t kHttpPort = 80;

// Without the Date lines.
inline std::string Undated(std::string text) {
  for (std::size_t at = text.find("Date: "); at != std::string::npos; at = text.find("Date: ")) {
    text.erase(at, text.find("\r\n", at) + 2 - at);
  }
  return text;
}

class NotingHandler final : public HttpHandler {
 public:
  struct Noted {
    std::string line;  // "POST /path"
    std::string body;
    bool body_too_large = false;
    SocketRef socket;
  };

  std::size_t BodyBytesMax(const wire::HttpHead&) override { return body_bytes_max; }
  void OnRequest(const HttpRequest& request) override {
    std::string line = std::string(request.head.method) + " " + std::string(request.head.target);
    requests.push_back({line, std::string(request.body), request.body_too_large, request.socket});
    if (on_request) on_request(request);
  }
  void OnGone(SocketRef socket) override { gone.push_back(socket); }

  std::vector<std::string> Lines() const {
    std::vector<std::string> lines;
    for (const Noted& noted : requests) lines.push_back(noted.line);
    return lines;
  }

  std::function<void(const HttpRequest&)> on_request;
  std::size_t body_bytes_max = 1000;
  std::vector<Noted> requests;
  std::vector<SocketRef> gone;
};

struct HttpWorld : TestWorld {
  explicit HttpWorld(HttpServerOptions options = {}) : http(sockets, handler, options) {
    EXPECT_TRUE(listener.Listen({"127.0.0.1", kHttpPort}, false));
  }
  void Answer(SocketRef socket, std::string_view body, int status = 200) {
    http.Respond(socket, {status, {}, body, false});
  }
  // Every request is answered at once with its own line.
  void EchoLines() {
    handler.on_request = [this](const HttpRequest& r) {
      Answer(r.socket, std::string(r.head.method) + " " + std::string(r.head.target));
    };
  }

  NotingHandler handler;
  HttpServer http;
  Listener listener{sockets, http, http};
};

// A 200 with that body, as Undated shows it.
inline std::string Ok(std::string_view body) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string(body);
}

}  // namespace gatehouse::net
