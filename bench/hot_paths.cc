// The hot paths on a fixed script, for callgrind to count: hot_paths PATH MESSAGES. A whole
// gatehouse over a simulated network and clock does the same on every machine, so instructions per
// message are a figure that noise does not reach (instructions.py).
//
// What is counted happens inside MeasuredMessages; everything before is set-up.
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "auth/policy/decision.h"
#include "base/check.h"
#include "base/file.h"
#include "base/log.h"
#include "bench/clients.h"
#include "bench/handlers.h"
#include "net/loop/memory_network.h"
#include "server/node/identity.h"
#include "server/node/node.h"
#include "store/store.h"
#include "table/operation/tables.h"
#include "wire/routing_reader.h"

namespace gatehouse::bench {
namespace {

constexpr std::uint16_t kPort = 4566;
constexpr std::size_t kReceivers = 1000;  // of a broadcast
constexpr char kTemplate[] = GATEHOUSE_BENCH_TEMPLATE;

store::StoreOptions MemoryStore() {
  store::StoreOptions options;
  options.path = ":memory:";
  options.threads = false;
  return options;
}

// A gatehouse that serves bench.yaml, and raw clients of it.
class Script {
 public:
  Script()
      : log_({base::LogLevel::kInfo, base::LogFormat::kText}, clock_, [](std::string_view) {}),
        store_(store::Store::Open(MemoryStore()).value()),
        tables_(table::Tables::Open(*store_).value()),
        functions_(function::Catalogue::Open(*store_, loop_, Handlers()).value()),
        node_(loops_, clock_, log_, random_, *tables_, *functions_, {}) {
    CHECK(node_.Open(*store_, identity_));
    Deploy();
    CHECK(node_.Listen({"127.0.0.1", kPort}));
  }
  ~Script() { store_->Close(); }

  void Settle() {
    auto before = clock_.Now();
    while (clock_.Now() == before) loop_.Turn(std::chrono::nanoseconds{1});
  }

  int Dial() { return network_.Dial(kPort); }
  void Say(int client, std::string_view bytes) {
    iovec part{const_cast<char*>(bytes.data()), bytes.size()};
    CHECK(network_.Send(client, {&part, 1}) == static_cast<ssize_t>(bytes.size()));
  }
  // What has arrived, into a buffer that stays: the script itself should not allocate.
  std::string_view Hear(int client) {
    ssize_t n = network_.Receive(client, heard_);
    return {heard_.data(), static_cast<std::size_t>(std::max<ssize_t>(n, 0))};
  }
  std::string_view Ask(int client, std::string_view bytes) {
    Say(client, bytes);
    Settle();
    return Hear(client);
  }

  int OpenClient() {
    int client = Dial();
    std::string_view answer =
        Ask(client,
            "GET /bench HTTP/1.1\r\nHost: localhost:4566\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n");
    CHECK(answer.starts_with("HTTP/1.1 101"));
    return client;
  }

 private:
  void Deploy() {
    Result<std::string> text = base::SystemFiles().Read(kTemplate);
    CHECK(text);
    stack::StackRequest request;
    request.name = "bench";
    request.template_text = *text;
    bool deployed = false;
    node_.stacks().Deploy(std::move(request), kTemplate, [&](Result<stack::DeployResult> result) {
      CHECK(result);
      deployed = true;
    });
    while (!deployed) Settle();
  }

  net::MemoryClock clock_;
  net::MemoryNetwork network_{clock_};
  net::Loop loop_{network_, clock_};
  std::array<net::Loop*, 1> loops_{&loop_};
  base::SeededRandom random_{7};
  base::Log log_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<table::Tables> tables_;
  std::unique_ptr<function::Catalogue> functions_;
  server::Identity identity_{{1, 2}};
  server::Node node_;
  std::array<char, 4096> heard_{};
};

// One way of a message, ready to be sent again and again. After each Send everything it causes has
// happened, and what came of it has been looked at.
class Path {
 public:
  virtual ~Path() = default;
  virtual void Send() = 0;
};

class BroadcastPath final : public Path {
 public:
  BroadcastPath() {
    for (std::size_t i = 0; i < kReceivers; ++i) clients_.push_back(script_.OpenClient());
  }
  void Send() override {
    script_.Say(clients_[0], frame_);
    script_.Settle();
    for (int client : clients_) CHECK(script_.Hear(client).size() > 100);
  }

 private:
  Script script_;
  std::vector<int> clients_;
  const std::string frame_ =
      ClientFrame(R"({"action":"broadcast","message":")" + std::string(92, 'x') + "\"}");
};

// Sixteen messages at once, as a busy client sends them.
class EchoPath final : public Path {
 public:
  EchoPath() : client_(script_.OpenClient()) {
    std::string frame =
        ClientFrame(R"({"action":"echo","message":")" + std::string(98, 'x') + "\"}");
    for (int i = 0; i < 16; ++i) batch_ += frame;
  }
  void Send() override { CHECK(script_.Ask(client_, batch_).size() == 16 * (4 + 128)); }

 private:
  Script script_;
  int client_;
  std::string batch_;
};

class PostPath final : public Path {
 public:
  PostPath() : client_(script_.OpenClient()), poster_(script_.Dial()) {
    std::string id(script_.Ask(client_, ClientFrame(R"({"action":"id"})")).substr(2, 15));
    request_ = "POST /bench/@connections/" + id +
               "%3D HTTP/1.1\r\nHost: localhost:4566\r\nContent-Type: application/json\r\n"
               "Content-Length: 128\r\n\r\n" +
               std::string(128, 'x');
  }
  void Send() override {
    CHECK(script_.Ask(poster_, request_).starts_with("HTTP/1.1 200"));
    CHECK(script_.Hear(client_).ends_with("x"));
  }

 private:
  Script script_;
  int client_, poster_;
  std::string request_;
};

// The routing key alone, of a message in a padded buffer.
class RoutingKeyPath final : public Path {
 public:
  RoutingKeyPath() { buffer_.reserve(buffer_.size() + net::Sockets::kReceivePadding); }
  void Send() override {
    CHECK(reader_.Parse(buffer_));
    std::string key;
    reader_.AppendText(path_, key);
    CHECK(key == "sendMessage");
  }

 private:
  wire::RoutingReader reader_;
  std::vector<std::string> path_{"action"};
  std::string buffer_ = R"({"action":"sendMessage","message":")" + std::string(90, 'x') + "\"}";
};

// Whether a function may post, by a role such as templates give it.
class DecisionPath final : public Path {
 public:
  DecisionPath() {
    context_.Set("aws:SecureTransport", "true");
    context_.Set("aws:SourceIp", "127.0.0.1");
  }
  void Send() override {
    const auth::Policy* const policies[] = {&policy_};
    const auth::Decision decision = auth::Decide(
        {.action = "execute-api:ManageConnections",
         .resource = "arn:aws:execute-api:us-east-1:000000000000:abcdefghij/production/POST/"
                     "@connections/dGVzdHRlc3R0ZQ=",
         .principal_arn = "arn:aws:sts::000000000000:assumed-role/SendMessageRole/SendMessage",
         .context = &context_},
        policies, {});
    CHECK(decision.effect == auth::Effect::kAllowed);
  }

 private:
  const auth::Policy policy_ = auth::Policy::Parse(
                                   R"({"Version":"2012-10-17","Statement":[
              {"Effect":"Allow","Resource":"*",
               "Action":["logs:CreateLogGroup","logs:CreateLogStream","logs:PutLogEvents"]},
              {"Effect":"Allow","Action":["dynamodb:GetItem","dynamodb:Scan","dynamodb:DeleteItem"],
               "Resource":"arn:aws:dynamodb:us-east-1:000000000000:table/Connections"},
              {"Effect":"Allow","Action":"execute-api:ManageConnections","Resource":
               "arn:aws:execute-api:us-east-1:000000000000:abcdefghij/*/POST/@connections/*"}]})",
                                   auth::PolicyKind::kIdentity)
                                   .value();
  auth::RequestContext context_;
};

std::unique_ptr<Path> Find(std::string_view name) {
  if (name == "decision") return std::make_unique<DecisionPath>();
  if (name == "broadcast") return std::make_unique<BroadcastPath>();
  if (name == "echo") return std::make_unique<EchoPath>();
  if (name == "post") return std::make_unique<PostPath>();
  if (name == "routing_key") return std::make_unique<RoutingKeyPath>();
  return nullptr;
}

}  // namespace

// Not inside the nameless namespace: callgrind is told to count from here on by this name.
__attribute__((noinline)) void MeasuredMessages(void* path, int messages) {
  for (int i = 0; i < messages; ++i) static_cast<Path*>(path)->Send();
}

}  // namespace gatehouse::bench

int main(int argc, char** argv) {
  std::unique_ptr<gatehouse::bench::Path> path;
  if (argc == 3) path = gatehouse::bench::Find(argv[1]);
  int messages = argc == 3 ? std::atoi(argv[2]) : 0;
  if (!path || messages < 1) {
    std::fprintf(stderr, "hot_paths broadcast|decision|echo|post|routing_key MESSAGES\n");
    return 2;
  }
  for (int i = 0; i < 3; ++i) path->Send();  // what grows once has grown
  gatehouse::bench::MeasuredMessages(path.get(), messages);
  return 0;
}
