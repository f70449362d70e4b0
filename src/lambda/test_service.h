// AWS's services and the Runtime API as one server on a simulated network, and a client of ours;
// for tests.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "lambda/aws_client.h"
#include "net/dial/test_resolver.h"
#include "net/http/http_client.h"
#include "net/http/test_http.h"

namespace gatehouse::lambda {

// What a service was asked.
struct Asked {
  std::string line;  // "POST /path"
  std::string body;
  std::map<std::string, std::string, std::less<>> fields;
  net::SocketRef socket;
};

struct Reply {
  int status = 200;
  std::string body;
  std::vector<std::pair<std::string, std::string>> fields = {};
};

struct ServiceWorld : net::HttpWorld {
  explicit ServiceWorld(auth::KeyPair key = {"ASIAEXAMPLE", "secret", "token"}) {
    resolver.names["service"] = {"127.0.0.1"};
    handler.body_bytes_max = 16 * 1024 * 1024;
    handler.on_request = [this](const net::HttpRequest& request) { Take(request); };
    AwsIdentity identity;
    identity.key = std::move(key);
    identity.region = "eu-west-1";
    client.emplace(loop, http_client, random, std::move(identity));
  }

  void Take(const net::HttpRequest& request) {
    Asked one;
    one.line = std::string(request.head.method) + " " + std::string(request.head.target);
    one.body = request.body;
    for (const wire::HttpField& field : request.head.fields) {
      one.fields.emplace(field.name, field.value);
    }
    one.socket = request.socket;
    asked.push_back(std::move(one));
    if (is_silent) return;
    Reply reply = always;
    if (!replies.empty()) {
      reply = std::move(replies.front());
      replies.pop_front();
    }
    Give(request.socket, reply);
  }
  void Give(net::SocketRef socket, const Reply& reply) {
    std::vector<wire::HttpField> fields;
    for (const auto& [name, value] : reply.fields) fields.push_back({name, value});
    http.Respond(socket, {reply.status, fields, reply.body, false});
  }

  // What a task comes to, in at most that many seconds of the world's time.
  template <class T>
  std::optional<T> Finish(Task<T> task, double seconds = 30) {
    auto result = std::make_shared<std::optional<T>>();  // the task may end after us
    Start(std::move(task), [result](std::optional<T> value, const std::exception_ptr& exception) {
      EXPECT_FALSE(exception);
      *result = std::move(value);
    });
    auto end = clock.Now() + std::chrono::duration_cast<std::chrono::nanoseconds>(
                                 std::chrono::duration<double>(seconds));
    while (!*result && clock.Now() < end) loop.Turn(std::chrono::milliseconds(10));
    return std::move(*result);
  }

  // The service goes away, so that every call ends; a coroutine that still waits would leak.
  void End() {
    listener.Stop();
    is_silent = true;
    sockets.ForEach(http, [this](std::uint32_t slot) { sockets.Abort(slot); });
    Advance(30);
  }

  static Endpoint Service(std::string path = "") { return {false, "service", 80, std::move(path)}; }

  net::FakeResolver resolver{loop};
  net::HttpClient http_client{sockets, resolver, nullptr};
  base::SeededRandom random{7};
  std::optional<AwsClient> client;
  std::vector<Asked> asked;
  std::deque<Reply> replies;  // one each, then `always`
  Reply always;
  bool is_silent = false;  // nothing is answered
};

}  // namespace gatehouse::lambda
