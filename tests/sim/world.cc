#include "tests/sim/world.h"

#include <algorithm>

#include "apps/chat/handlers.h"
#include "base/check.h"
#include "gatehouse/json.h"
#include "server/command/templates.h"
#include "wire/websocket_frame.h"

namespace gatehouse::sim {
namespace {

constexpr std::size_t kTurnsMax = 2'000'000;  // of one Pass; beyond, something spins

store::StoreOptions StoreAt(const std::string& data) {
  store::StoreOptions options;
  options.path = data.empty() ? ":memory:" : data;
  options.threads = false;
  return options;
}

}  // namespace

World::World(WorldOptions options)
    : network_(clock_),
      loop_(network_, clock_),
      random_(options.seed),
      log_({base::LogLevel::kDebug, base::LogFormat::kText}, clock_,
           [this](std::string_view lines) { log_text_ += lines; }),
      store_(store::Store::Open(StoreAt(options.data)).value()),
      tables_(table::Tables::Open(*store_).value()) {
  if (options.cut_seed != 0) network_.CutAtRandom(options.cut_seed);
  auto handlers = options.handlers.empty() ? chat::Handlers() : options.handlers;
  functions_ = function::Catalogue::Open(*store_, loop_, handlers).value();
  std::vector<net::Loop*> loops{&loop_};
  while (loops.size() < options.loops) {
    further_.push_back(std::make_unique<FurtherLoop>(clock_));
    loops.push_back(&further_.back()->loop);
  }
  options.node.journal = !options.data.empty();
  node_ = std::make_unique<server::Node>(loops, clock_, log_, random_, *tables_, *functions_,
                                         options.node);
  CHECK(node_->Open(*store_, identity_));
  Deploy(options.parameters);
  node_->RunLeftOver();
  Result<net::Address> bound = node_->Listen({"127.0.0.1", kPort});
  CHECK(bound);
  Settle();
}

void World::Deploy(const std::map<std::string, std::string>& parameters) {
  stack::StackRequest request;
  request.name = "websocket-chat-demo";
  request.template_text = std::string(server::kChatTemplate);
  for (const auto& [name, value] : parameters) request.parameters[name] = {value, false};
  std::optional<Result<stack::DeployResult>> deployed;
  node_->stacks().Deploy(std::move(request), "ws-starter.yaml",
                         [&](Result<stack::DeployResult> r) { deployed = std::move(r); });
  Pass(milliseconds{further_.empty() ? 1 : 200});
  CHECK(deployed && *deployed);
}

std::string World::PhysicalId(const std::string& logical_id) const {
  const stack::StackRecord* record = node_->stacks().Find("websocket-chat-demo");
  CHECK(record);
  return record->entries.at(logical_id).now.physical_id;
}

World::~World() {
  node_->BeginStop();
  Pass(seconds{further_.empty() ? 40 : 5});
  node_->CloseIdle();
  Pass(seconds{further_.empty() ? 10 : 5});
  node_->FlushJournals();
  store_->Close();
}

void World::Pass(std::chrono::nanoseconds time) {
  std::chrono::nanoseconds until = clock_.Now() + time;
  if (!further_.empty()) PassTogether(until);
  for (std::size_t turn = 0; clock_.Now() < until; ++turn) {
    CHECK(turn < kTurnsMax);
    loop_.Turn(until - clock_.Now());
    ++turns_;
    if (on_turn) on_turn();
  }
  log_.Flush();
}

// Several loops: in turn, so that what they ask of each other is answered, in at most 256 steps of
// time, each a millisecond or more.
void World::PassTogether(std::chrono::nanoseconds until) {
  constexpr int kRounds = 12;  // the longest way: scan, ask the other loop, hear, send
  std::chrono::nanoseconds step =
      std::max<std::chrono::nanoseconds>(milliseconds{1}, (until - clock_.Now()) / 256);
  while (clock_.Now() < until) {
    for (int round = 0; round < kRounds; ++round) {
      loop_.Turn(std::chrono::nanoseconds{0});
      for (auto& one : further_) one->loop.Turn(std::chrono::nanoseconds{0});
    }
    clock_.Advance(std::min(step, until - clock_.Now()));
  }
}

std::vector<std::string> World::Rows() {
  std::vector<std::string> ids;
  bool done = false;
  tables_->Scan(PhysicalId("ConnectionsTable"), {}, loop_, [&](const Result<ScanPage>& page) {
    CHECK(page);
    for (const Item& item : page->items) {
      ids.push_back(*StringAttribute(item, "connectionId"));
    }
    done = true;
  });
  Settle();
  CHECK(done);
  return ids;
}

std::optional<Item> World::Row(const std::string& connection_id) {
  Item key;
  key.emplace("connectionId", connection_id);
  std::optional<Item> row;
  tables_->GetItem(PhysicalId("ConnectionsTable"), key, loop_,
                   [&](Result<std::optional<Item>> got) { row = std::move(*got); });
  Settle();
  return row;
}

Result<InvokeResult> World::Invoke(const std::string& logical_id, const std::string& payload) {
  Result<InvokeResult> answer(ErrorCode::kInternal, "the function did not answer");
  node_->functions().InvokePayload(PhysicalId(logical_id), payload,
                                   InvocationType::kRequestResponse,
                                   [&](Result<InvokeResult> r) { answer = std::move(r); });
  Settle();
  return answer;
}

Client::Client(World& world, std::string_view query, std::string_view path, std::size_t loop)
    : world_(world), network_(world.network(loop)), socket_(network_.Dial(World::kPort)) {
  CHECK(socket_ >= 0);
  std::string target(path);
  if (!query.empty()) target.append("?").append(query);
  SendBytes("GET " + target +
            " HTTP/1.1\r\nHost: localhost:4566\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            "Sec-WebSocket-Version: 13\r\nUser-Agent: sim\r\n\r\n");
  world_.Settle();
}

void Client::SendBytes(std::string_view bytes) {
  while (!bytes.empty()) {
    iovec part{const_cast<char*>(bytes.data()), bytes.size()};
    ssize_t n = network_.Send(socket_, std::span(&part, 1));
    if (n > 0) bytes.remove_prefix(static_cast<std::size_t>(n));
    if (n < 0 && n != -EAGAIN) return;  // the server has closed
    if (n == -EAGAIN) world_.Settle();
  }
}

void Client::SendFrame(wire::Opcode opcode, std::string_view payload, bool fin) {
  static constexpr wire::MaskKey kMask{0x12, 0x34, 0x56, 0x78};
  char header[wire::kFrameHeaderBytesMax];
  std::size_t size = wire::WriteFrameHeader(header, opcode, fin, payload.size(), kMask);
  std::string masked(payload);
  wire::ApplyMask(masked, kMask);
  SendBytes(std::string(header, size) + masked);
}

void Client::Send(std::string_view text) {
  SendFrame(wire::Opcode::kText, text);
  world_.Settle();
}

void Client::Receive() {
  if (!reading_) return;
  input_ += network_.TakeReceived(socket_);
  if (head_.empty()) {
    std::size_t end = input_.find("\r\n\r\n");
    if (end == std::string::npos) return;
    head_ = input_.substr(0, end + 4);
    input_.erase(0, end + 4);
  }
  if (!head_.starts_with("HTTP/1.1 101")) return;  // refused: what follows is a body
  wire::FrameRules rules;
  rules.masked = false;
  for (;;) {
    wire::FrameRead read = wire::ReadFrame(input_, rules);
    CHECK(read.status != wire::FrameRead::kError);
    if (read.status == wire::FrameRead::kNeedMore) return;
    OnFrame(read.frame);
    input_.erase(0, read.consumed);
  }
}

void Client::OnFrame(const wire::Frame& frame) {
  std::string payload(frame.payload.begin(), frame.payload.end());
  if (frame.opcode == wire::Opcode::kPong) {
    ++pongs_;
  } else if (frame.opcode == wire::Opcode::kClose) {
    std::uint16_t error = 0;
    auto close = wire::ReadClosePayload(payload, &error);
    CHECK(close);
    close_code_ = close->code;
    close_reason_ = close->reason;
    SendFrame(wire::Opcode::kClose, payload);
  } else {
    partial_ += payload;
    if (frame.fin) messages_.push_back(std::exchange(partial_, {}));
  }
}

int Client::status() {
  Receive();
  return head_.size() < 12 ? 0 : std::stoi(head_.substr(9, 3));
}

std::string Client::RawHead() {
  Receive();
  return head_;
}

std::vector<std::string> Client::TakeMessages() {
  world_.Settle();
  Receive();
  return std::exchange(messages_, {});
}

std::uint16_t Client::close_code() {
  world_.Settle();
  Receive();
  return close_code_;
}

bool Client::ended() {
  Receive();
  world_.Settle();
  return network_.PeerEnded(socket_);
}

std::string Client::Id() {
  Send(R"({"action":"getConnectionId"})");
  std::vector<std::string> messages = TakeMessages();
  CHECK(!messages.empty());
  auto id = json::Member(messages.back(), "connectionId");
  CHECK(id);
  return *json::String(*id);
}

}  // namespace gatehouse::sim
