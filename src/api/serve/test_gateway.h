// A gateway over a simulated network with functions that answer now or later; for tests.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "api/serve/event_json.h"
#include "api/serve/gateway.h"
#include "api/serve/management_api.h"
#include "base/log.h"
#include "base/random.h"
#include "net/http/http_server.h"
#include "net/loop/test_peer.h"
#include "net/websocket/test_frames.h"

namespace gatehouse::api {

inline constexpr std::uint16_t kPort = 80;

class FakeInvoker final : public Invoker {
 public:
  struct Call {
    std::string function;
    std::string connection_id;
    std::string route_key;
    std::string body;
    std::string close;   // $disconnect: "1000 reason"
    const Event* event;  // valid until done
    InvokeDone done;
  };

  void Invoke(InvokeTarget& target, const Event& event, InvokeDone done) override {
    const std::string& function = target.function_name;
    const RequestContext& context = *event.request_context;
    std::string close = std::to_string(context.disconnect_status_code);
    if (!context.disconnect_reason.empty()) close.append(" ").append(context.disconnect_reason);
    calls.push_back({function, std::string(context.connection_id), std::string(context.route_key),
                     std::string(event.body), context.event_type == "DISCONNECT" ? close : "",
                     &event, std::move(done)});
    Call& call = calls.back();
    if (on_invoke) on_invoke(call);
    if (later.contains(call.function) || !call.done) return;
    Finish(call, outcomes[call.function]);
  }
  bool IsProcess(InvokeTarget& target) override { return processes.contains(target.function_name); }
  void Finish(Call& call, InvokeOutcome outcome) {
    auto done = std::move(call.done);
    done(outcome);
  }
  void Answer(Call& call, std::optional<std::string> body = {}, int status = 200) {
    Finish(call, {InvokeOutcome::kAnswered, {status, std::move(body), {}}, {}});
  }

  // "say hello", in the order of the calls
  std::vector<std::string> Lines() const {
    std::vector<std::string> lines;
    for (const Call& call : calls) {
      std::string line = call.function;
      std::string more = call.body + call.close;
      lines.push_back(more.empty() ? line : line.append(" ").append(more));
    }
    return lines;
  }

  std::deque<Call> calls;
  std::map<std::string, bool> later;              // functions that do not answer at once
  std::set<std::string> processes;                // functions that wait for a process
  std::map<std::string, InvokeOutcome> outcomes;  // of the others; 200 unless set
  std::function<void(Call&)> on_invoke;
};

// Routes $connect, $disconnect, say (one-way), ask (two-way) and bare (without an integration).
inline ApiDefinition ChatApi() {
  ApiDefinition api;
  api.api_id = "abcde12345";
  api.name = "chat";
  api.route_selection_expression = "$request.body.action";
  api.integrations = {{"c", "connect", base::Millis{29000}},
                      {"d", "disconnect", base::Millis{29000}},
                      {"s", "say", base::Millis{29000}},
                      {"a", "ask", base::Millis{29000}}};
  api.routes = {{"$connect", "c", false},
                {"$disconnect", "d", false},
                {"say", "s", false},
                {"ask", "a", true},
                {"bare", "", false}};
  return api;
}

struct GatewayWorld : net::TestWorld, net::HttpHandler {
  explicit GatewayWorld(const ApiDefinition& api = ChatApi(), const Quotas& quotas = {},
                        std::uint32_t loop_index = 0,
                        std::shared_ptr<base::SharedBound> waiting_bytes = {},
                        GatewayOptions options = {}) {
    options.waiting_bytes = std::move(waiting_bytes);
    options.loop_index = loop_index;
    options.quotas = quotas;
    if (options.incarnation == 0) options.incarnation = 4711;
    options.id_key = {1, 2};
    gateway = std::make_unique<Gateway>(sockets, http, invoker, log, random, options);
    group.Add(loop, *gateway);
    management = std::make_unique<ManagementApi>(gateway->connections(), http, random);
    place = Deploy(api, "prod");
    EXPECT_TRUE(listener.Listen({"127.0.0.1", kPort}, false));
  }

  StagePlace* Deploy(const ApiDefinition& api, const std::string& stage_name) {
    auto stage = Stage::Compile(api, {stage_name, {}});
    EXPECT_TRUE(stage) << stage.error().message;
    gateway->stages().Deploy(*stage);
    return gateway->stages().Find(api.api_id, stage_name);
  }

  std::size_t BodyBytesMax(const wire::HttpHead&) override {
    return gateway->quotas().message_bytes_max;
  }
  void OnRequest(const net::HttpRequest& request) override {
    std::string_view path = request.head.target.substr(0, request.head.target.find('?'));
    StagePath where = gateway->Resolve(path, "");
    if (!where.place) return management->RespondForbidden(request.socket);
    if (ManagementApi::Owns(where.rest)) return management->OnRequest(request, where);
    gateway->upgrades().OnUpgrade(request, *where.place, {"localhost:80", "80", "http"});
  }
  void OnGone(net::SocketRef socket) override { gateway->upgrades().OnGone(socket); }

  static std::string Handshake(std::string_view target = "/prod", std::string_view fields = {}) {
    std::string head = "GET ";
    head.append(target).append(" HTTP/1.1\r\nHost: localhost:80\r\nConnection: Upgrade\r\n");
    head += "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n";
    head += "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    return head.append(fields).append("\r\n");
  }
  net::Peer Dial() { return net::Peer(*this, kPort); }
  // An open connection; its id is ids.back().
  net::Peer Open(std::string_view target = "/prod") {
    net::Peer peer = Dial();
    std::string head = peer.Ask(Handshake(target));
    EXPECT_TRUE(head.starts_with("HTTP/1.1 101 ")) << head;
    if (!invoker.calls.empty()) ids.push_back(invoker.calls.back().connection_id);
    return peer;
  }
  std::vector<std::string> AskFrames(net::Peer& peer, std::string_view bytes) {
    return net::FrameLines(peer.Ask(bytes));
  }

  FakeInvoker invoker;
  std::string logged;
  base::Log log{{base::LogLevel::kDebug, base::LogFormat::kText},
                clock,
                [this](std::string_view lines) { logged += lines; }};
  base::SeededRandom random{1};
  net::HttpServer http{sockets, *this};
  net::Listener listener{sockets, http, http};
  GatewayGroup group;
  std::unique_ptr<Gateway> gateway;
  std::unique_ptr<ManagementApi> management;
  StagePlace* place = nullptr;
  std::vector<std::string> ids;
};

// Of an error frame, as FrameLines shows it, only the message: "Forbidden".
inline std::string ErrorOf(const std::string& line) {
  constexpr std::string_view kStart = R"(text {"message": ")";
  if (!line.starts_with(kStart)) return "no error frame: " + line;
  return line.substr(kStart.size(), line.find('"', kStart.size()) - kStart.size());
}

}  // namespace gatehouse::api
