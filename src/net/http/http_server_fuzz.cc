// What a peer sends to a server of HTTP and WebSocket, whole and in the pieces it arrives in: both
// must be answered alike, and nothing may be left when the peer has gone.
#include "net/http/http_server.h"

#include <optional>
#include <string>
#include <vector>

#include "base/check.h"
#include "base/fuzz.h"
#include "net/loop/memory_network.h"
#include "net/socket/listener.h"
#include "net/websocket/websocket.h"
#include "wire/http_writer.h"
#include "wire/websocket_handshake.h"

namespace gatehouse::net {
namespace {

constexpr std::uint16_t kPort = 80;
constexpr std::size_t kInputBytesMax = 8192;  // longer ones are slow in small pieces

// Answers requests with what they were, upgrades those that ask for it and echoes messages.
class Server final : public HttpHandler, public WebSocketHandler {
 public:
  explicit Server(Loop& loop) : sockets_(loop), websockets_(sockets_, *this, Options()) {
    CHECK(listener_.Listen({"127.0.0.1", kPort}, false));
  }
  std::size_t open_count() const { return sockets_.open_count(); }
  int open_messages() const { return open_; }

  std::size_t BodyBytesMax(const wire::HttpHead& head) override {
    return head.method == "PUT" ? 0 : 1000;
  }
  void OnRequest(const HttpRequest& request) override;
  void OnGone(SocketRef) override { CHECK(false); }  // all are answered at once
  void OnMessage(std::uint32_t slot, wire::Opcode type, std::string_view data) override {
    CHECK(data.size() <= Options().message_bytes_max);
    websockets_.SendMessage(slot, type, data);
  }
  void OnClose(std::uint32_t, std::uint16_t code, std::string_view) override {
    CHECK(code >= 1000 && code <= 4999);
    --open_;
  }
  void OnReleased(std::uint32_t) override {}

 private:
  static HttpServerOptions HttpOptions() {
    HttpServerOptions options;
    options.head = {.head_bytes_max = 2000, .fields_max = 20};
    options.discard_bytes_max = 3000;
    return options;
  }
  static WebSocketOptions Options() {
    WebSocketOptions options;
    options.accept_binary = true;
    options.frame_bytes_max = 1000;
    options.message_bytes_max = 2000;
    options.deflate_bytes_min = 20;
    options.queued_bytes_max = std::size_t{1} << 30;
    return options;
  }

  Sockets sockets_;
  HttpServer http_{sockets_, *this, HttpOptions()};
  WebSockets websockets_;
  Listener listener_{sockets_, http_, http_};
  int open_ = 0;
};

void Server::OnRequest(const HttpRequest& request) {
  wire::UpgradeCheck check = wire::CheckUpgrade(request.head);
  wire::ExtensionChoice extensions = wire::ChooseExtensions(request.head);
  if (!wire::IsWebSocketUpgrade(request.head) || !check.ok || extensions.malformed) {
    std::string told(request.head.method);
    told.append(request.head.target).append(request.body).append(check.reason);
    if (request.body_too_large) told += "too large";
    return http_.Respond(request.socket, {200, {}, told, false});
  }
  std::string agreed = wire::ExtensionsAnswer(extensions);
  std::vector<wire::HttpField> fields{{"sec-websocket-extensions", agreed}};
  std::string head;
  wire::AppendResponseHead(head, 101, sockets_.loop().WallNow(), fields, std::nullopt);
  http_.Upgrade(request.socket, head, websockets_);
  websockets_.Open(request.socket.slot, extensions);
  ++open_;
}

// Turns until nothing is left to do; what the peer got meanwhile is appended to got.
void Settle(MemoryClock& clock, Loop& loop, MemoryNetwork& network, int peer, std::string& got) {
  for (int turns = 0; turns < 100'000; ++turns) {
    const auto before = clock.Now();
    loop.Turn(std::chrono::nanoseconds{1});
    got += network.TakeReceived(peer);
    if (clock.Now() != before) return;
  }
  CHECK(false);  // it spins
}

// What the server says to input that arrives `piece` bytes at a time.
std::string Tell(std::string_view input, std::size_t piece) {
  MemoryClock clock;
  MemoryNetwork network(clock);
  Loop loop(network, clock);
  std::string got;
  Server server(loop);
  const int peer = network.Dial(kPort);
  while (!input.empty()) {
    const std::string_view part = input.substr(0, piece);
    input.remove_prefix(part.size());
    iovec vector{const_cast<char*>(part.data()), part.size()};
    if (network.Send(peer, {&vector, 1}) < 0) break;  // it has closed
    Settle(clock, loop, network, peer, got);
  }
  network.ShutdownWrite(peer);
  Settle(clock, loop, network, peer, got);
  CHECK(server.open_count() == 0);
  CHECK(server.open_messages() == 0);
  return got;
}

// Dates follow the clock, which a wait moves.
std::string Undated(std::string text) {
  for (std::size_t at = text.find("Date: "); at != std::string::npos;
       at = text.find("Date: ", at)) {
    text.erase(at, 37);
  }
  return text;
}

}  // namespace
}  // namespace gatehouse::net

// The first byte chooses the cut.
void gatehouse::base::FuzzOne(std::span<const std::byte> input) {
  using namespace gatehouse::net;
  if (input.empty()) return;
  const auto choice = static_cast<std::size_t>(input[0]);
  std::string_view bytes(reinterpret_cast<const char*>(input.data()) + 1, input.size() - 1);
  bytes = bytes.substr(0, kInputBytesMax);
  const std::size_t piece = 1 + choice + bytes.size() / 100;
  CHECK(Undated(Tell(bytes, piece)) == Undated(Tell(bytes, bytes.size() + 1)));
}
