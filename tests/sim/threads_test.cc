// A whole gatehouse with three event loops on threads of their own, over real sockets on loopback,
// and clients on other threads: what a thread sanitizer wants to see.
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "apps/chat/handlers.h"
#include "base/check.h"
#include "gatehouse/json.h"
#include "net/loop/epoll_network.h"
#include "server/command/templates.h"
#include "server/node/identity.h"
#include "server/node/loop_thread.h"
#include "server/node/node.h"
#include "wire/websocket_frame.h"

namespace gatehouse::sim {
namespace {

// A blocking client; every wait has an end.
class Caller {
 public:
  explicit Caller(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    timeval limit{60, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  }
  ~Caller() { ::close(socket_); }
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;

  void SendBytes(std::string_view bytes) {
    ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    EXPECT_EQ(sent, static_cast<ssize_t>(bytes.size()));
  }
  // More input; false at its end.
  bool Receive() {
    char part[4096];
    ssize_t got = ::recv(socket_, part, sizeof part, 0);
    if (got > 0) input_.append(part, static_cast<std::size_t>(got));
    return got > 0;
  }
  // The whole answer to one request: "200 {…}".
  std::string Ask(const std::string& method, const std::string& target, const std::string& fields,
                  const std::string& body) {
    SendBytes(method + " " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" +
              fields + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    while (Receive()) {
    }
    if (input_.size() < 12) return "nothing";
    return input_.substr(9, 3) + " " + input_.substr(input_.find("\r\n\r\n") + 4);
  }

 protected:
  const int socket_;
  std::string input_;
};

class Chatter : public Caller {
 public:
  explicit Chatter(std::uint16_t port) : Caller(port) {
    SendBytes(
        "GET /production HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: "
        "Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        "Sec-WebSocket-Version: 13\r\n\r\n");
    std::size_t end = std::string::npos;
    while ((end = input_.find("\r\n\r\n")) == std::string::npos && Receive()) {
    }
    EXPECT_TRUE(input_.starts_with("HTTP/1.1 101 ")) << input_;
    input_.erase(0, end + 4);
  }
  void Send(std::string_view text) {
    static constexpr wire::MaskKey kMask{1, 2, 3, 4};
    char header[wire::kFrameHeaderBytesMax];
    std::size_t size =
        wire::WriteFrameHeader(header, wire::Opcode::kText, true, text.size(), kMask);
    std::string masked(text);
    wire::ApplyMask(masked, kMask);
    SendBytes(std::string(header, size) + masked);
  }
  // The next frame's payload, "close 1001" for a close frame, "end" if no frame comes.
  std::string Take() {
    wire::FrameRules rules;
    rules.masked = false;
    for (;;) {
      wire::FrameRead read = wire::ReadFrame(input_, rules);
      if (read.status == wire::FrameRead::kNeedMore) {
        if (Receive()) continue;
        return "end";
      }
      CHECK(read.status != wire::FrameRead::kError);
      std::string payload(read.frame.payload.begin(), read.frame.payload.end());
      bool closes = read.frame.opcode == wire::Opcode::kClose;
      input_.erase(0, read.consumed);
      if (!closes) return payload;
      std::uint16_t error = 0;
      auto close = wire::ReadClosePayload(payload, &error);
      return close ? "close " + std::to_string(close->code) : "close";
    }
  }
  std::string Id() {
    Send(R"({"action":"getConnectionId"})");
    std::string answer = Take();
    auto id = json::Member(answer, "connectionId");
    EXPECT_TRUE(id) << answer;
    return id ? *json::String(*id) : "";
  }
};

class ThreadsTest : public testing::Test {
 protected:
  ThreadsTest()
      : store_(store::Store::Open(InMemory()).value()),
        tables_(table::Tables::Open(*store_).value()),
        functions_(function::Catalogue::Open(*store_, loop_, chat::Handlers()).value()) {
    std::vector<net::Loop*> loops{&loop_, &second_.loop(), &third_.loop()};
    node_ = std::make_unique<server::Node>(loops, clock_, log_, random_, *tables_, *functions_,
                                           server::NodeOptions());
    CHECK(node_->Open(*store_, identity_));
    port_ = node_->Listen({"127.0.0.1", 0}).value().port;
    second_.Start();
    third_.Start();
    Deploy();
    home_ = std::thread([this] { loop_.Run(); });
  }
  // An orderly end; afterwards no $disconnect is missing.
  ~ThreadsTest() override {
    OnHome([this] { node_->BeginStop(); });
    WaitFor([this] { return node_->IsQuiet(); });
    OnHome([this] { node_->CloseIdle(); });
    WaitFor([this] { return node_->IsEnded(); });
    loop_.Stop();
    home_.join();
    second_.Stop();
    third_.Stop();
    bool none = false;
    tables_->Scan(table_, {}, loop_,
                  [&](const Result<ScanPage>& page) { none = page && page->items.empty(); });
    for (int i = 0; i < 100 && !none; ++i) loop_.Turn(std::chrono::milliseconds{50});
    EXPECT_TRUE(none) << "rows are left";
    node_.reset();
    store_->Close();
  }

  static store::StoreOptions InMemory() {
    store::StoreOptions options;
    options.path = ":memory:";
    return options;
  }
  void Deploy() {
    stack::StackRequest request;
    request.name = "websocket-chat-demo";
    request.template_text = std::string(server::kChatTemplate);
    bool done = false;
    node_->stacks().Deploy(std::move(request), "ws-starter.yaml",
                           [&](const Result<stack::DeployResult>& result) {
                             EXPECT_TRUE(result);
                             done = true;
                           });
    while (!done) loop_.Turn(std::nullopt);
    table_ =
        node_->stacks().Find("websocket-chat-demo")->entries.at("ConnectionsTable").now.physical_id;
  }
  // Runs action on the first loop's thread and waits for it.
  void OnHome(const std::function<void()>& action) {
    std::atomic<bool> done = false;
    loop_.Post([&] {
      action();
      done = true;
      done.notify_one();
    });
    done.wait(false);
  }
  void WaitFor(const std::function<bool()>& condition) {
    bool holds = false;
    for (int i = 0; i < 3000 && !holds; ++i) {
      OnHome([&] { holds = condition(); });
      if (!holds) ::usleep(10'000);
    }
    EXPECT_TRUE(holds);
  }
  std::string Ask(const std::string& method, const std::string& target,
                  const std::string& fields = {}, const std::string& body = {}) {
    return Caller(port_).Ask(method, target, fields, body);
  }

  base::SystemClock clock_;
  base::SystemRandom random_;
  base::Log log_{{base::LogLevel::kDebug, base::LogFormat::kText}, clock_, [](std::string_view) {}};
  net::EpollNetwork network_;
  net::Loop loop_{network_, clock_};
  server::LoopThread second_{1, clock_, log_}, third_{2, clock_, log_};
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<table::Tables> tables_;
  std::unique_ptr<function::Catalogue> functions_;
  server::Identity identity_{{1, 2}};
  std::unique_ptr<server::Node> node_;
  std::string table_;
  std::uint16_t port_ = 0;
  std::thread home_;
};

constexpr std::size_t kThreads = 4, kEach = 4, kRounds = 6;

TEST_F(ThreadsTest, EverybodyHearsEveryBroadcastOnceWhileOthersComeAndGo) {
  std::vector<std::unique_ptr<Chatter>> chatters;
  std::set<std::string> ids;
  for (std::size_t i = 0; i < kThreads * kEach; ++i) {
    chatters.push_back(std::make_unique<Chatter>(port_));
    ids.insert(chatters.back()->Id());
  }
  EXPECT_EQ(ids.size(), kThreads * kEach);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (std::size_t n = 0; n < kRounds * kEach; ++n) {
        chatters[t * kEach + n % kEach]->Send(R"({"action":"sendMessage","message":")" +
                                              std::to_string(t) + "/" + std::to_string(n) + "\"}");
      }
      for (std::size_t i = t * kEach; i < (t + 1) * kEach; ++i) {
        std::set<std::string> heard;
        for (std::size_t n = 0; n < kThreads * kEach * kRounds; ++n) {
          heard.insert(chatters[i]->Take());
        }
        EXPECT_EQ(heard.size(), kThreads * kEach * kRounds) << "one came twice, or none";
      }
    });
  }
  threads.emplace_back([&] {
    for (int n = 0; n < 12; ++n) Chatter(port_).Send(R"({"action":"getConnectionId"})");
  });
  threads.emplace_back([&] {
    const std::string list =
        "X-Amz-Target: DynamoDB_20120810.ListTables\r\n"
        "Content-Type: application/x-amz-json-1.0\r\n";
    for (const std::string& id : ids) {
      EXPECT_TRUE(Ask("GET", "/production/@connections/" + id).starts_with("200 {"));
      std::string tables = Ask("POST", "/", list, "{}");
      EXPECT_NE(tables.find(table_), std::string::npos) << tables;
    }
  });
  for (std::thread& thread : threads) thread.join();
}

TEST_F(ThreadsTest, PostsAndBroadcastsFromOutsideStayInOrder) {
  std::vector<std::unique_ptr<Chatter>> chatters;
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < 6; ++i) {
    chatters.push_back(std::make_unique<Chatter>(port_));
    ids.push_back(chatters.back()->Id());
  }
  for (int n = 0; n < 10; ++n) {
    for (const std::string& id : ids) {
      EXPECT_EQ(Ask("POST", "/production/@connections/" + id, {}, "one " + std::to_string(n)),
                "200 ");
    }
    EXPECT_EQ(Ask("POST", "/production/@connections", {}, "all " + std::to_string(n)),
              R"(200 {"posted":6,"failed":0})");
  }
  for (auto& chatter : chatters) {
    for (int n = 0; n < 10; ++n) {
      EXPECT_EQ(chatter->Take(), "one " + std::to_string(n));
      EXPECT_EQ(chatter->Take(), "all " + std::to_string(n));
    }
  }
  EXPECT_EQ(Ask("DELETE", "/production/@connections/" + ids[0] + "?code=4002&reason=bye"), "204 ");
  EXPECT_EQ(chatters[0]->Take(), "close 4002");
}

TEST_F(ThreadsTest, AStackGoesAndComesWhileClientsConnect) {
  std::atomic<bool> over = false;
  std::thread knocking([&] {
    while (!over) {
      std::string answer = Ask("GET", "/production");
      EXPECT_TRUE(answer.starts_with("426") || answer.starts_with("403")) << answer;
    }
  });
  for (int n = 0; n < 2; ++n) {
    Chatter chatter(port_);
    std::atomic<bool> done = false;
    loop_.Post([&] {
      node_->stacks().Delete("websocket-chat-demo", [&](const Result<void>& result) {
        EXPECT_TRUE(result);
        done = true;
        done.notify_one();
      });
    });
    EXPECT_EQ(chatter.Take(), "close 1001");
    done.wait(false);
    EXPECT_TRUE(Ask("GET", "/production").starts_with("403"));
    std::atomic<bool> deployed = false;
    loop_.Post([&] {
      stack::StackRequest request;
      request.name = "websocket-chat-demo";
      request.template_text = std::string(server::kChatTemplate);
      node_->stacks().Deploy(std::move(request), "ws-starter.yaml",
                             [&](const Result<stack::DeployResult>& result) {
                               EXPECT_TRUE(result);
                               deployed = true;
                               deployed.notify_one();
                             });
    });
    deployed.wait(false);
    EXPECT_TRUE(Ask("GET", "/production").starts_with("426"));
  }
  over = true;
  knocking.join();
}

}  // namespace
}  // namespace gatehouse::sim
