// A whole gatehouse over a simulated network and clock, and clients that speak bytes to it.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/function.h"
#include "base/log.h"
#include "base/random.h"
#include "net/loop/memory_network.h"
#include "server/node/identity.h"
#include "server/node/node.h"
#include "store/store.h"
#include "table/operation/tables.h"

namespace gatehouse::sim {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

struct WorldOptions {
  server::NodeOptions node;
  std::map<std::string, std::string> parameters;  // of the chat's template
  std::span<const HandlerEntry> handlers;         // empty: the chat's
  std::uint64_t cut_seed = 0;                     // not 0: reads and writes are cut at random
  std::size_t loops = 1;
  std::string data;        // a directory, with the connections' journal; empty: in memory
  std::uint64_t seed = 7;  // of what is random: each start has one of its own
};

class World {
 public:
  static constexpr std::uint16_t kPort = 4566;

  explicit World(WorldOptions options = {});
  ~World();

  // Lets simulated time pass; every turn that has something to do is taken.
  void Pass(std::chrono::nanoseconds time);
  // Lets everything happen that happens without time.
  void Settle() { Pass(milliseconds{1}); }

  // Each loop has a network of its own.
  net::MemoryNetwork& network(std::size_t loop = 0) {
    return loop == 0 ? network_ : further_[loop - 1]->network;
  }
  server::Node& node() { return *node_; }
  // The physical id of a resource of the chat's stack.
  std::string PhysicalId(const std::string& logical_id) const;
  const std::string& log() const { return log_text_; }
  std::size_t turns() const { return turns_; }
  // Called after each turn of the one loop: a moment at which a process may be killed.
  base::UniqueFunction<void()> on_turn;

  // connectionId of every row of the chat's table.
  std::vector<std::string> Rows();
  std::optional<Item> Row(const std::string& connection_id);

  // Runs a function directly with a payload and waits for its answer.
  Result<InvokeResult> Invoke(const std::string& logical_id, const std::string& payload);

 private:
  struct FurtherLoop {
    explicit FurtherLoop(net::MemoryClock& clock) : network(clock), loop(network, clock) {}
    net::MemoryNetwork network;
    net::Loop loop;
  };
  void Deploy(const std::map<std::string, std::string>& parameters);
  void PassTogether(std::chrono::nanoseconds until);

  net::MemoryClock clock_;
  net::MemoryNetwork network_;
  net::Loop loop_;
  std::vector<std::unique_ptr<FurtherLoop>> further_;
  base::SeededRandom random_;
  std::string log_text_;
  base::Log log_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<table::Tables> tables_;
  std::unique_ptr<function::Catalogue> functions_;
  server::Identity identity_{{1, 2}};
  std::unique_ptr<server::Node> node_;
  std::size_t turns_ = 0;
};

// A WebSocket client made of bytes.
class Client {
 public:
  // Dials and sends a handshake for "/production?query", to one of the loops.
  Client(World& world, std::string_view query, std::string_view path = "/production",
         std::size_t loop = 0);

  int status();           // of the handshake, once it has arrived; 0 before
  std::string RawHead();  // of the handshake
  void Send(std::string_view text);
  void SendFrame(wire::Opcode opcode, std::string_view payload, bool fin = true);
  void SendBytes(std::string_view bytes);

  // Everything that has arrived since, messages put together.
  std::vector<std::string> TakeMessages();
  std::size_t pongs() const { return pongs_; }
  // The code of the server's close frame; 0: none came. 1005: it had none.
  std::uint16_t close_code();
  std::string close_reason() const { return close_reason_; }
  bool ended();

  void StopReading() {
    reading_ = false;
    network_.SetWindow(socket_, 4096);
  }
  void CloseSocket() { network_.Close(socket_, false); }
  // Asks for the connection id and waits for it.
  std::string Id();

 private:
  void Receive();
  void OnFrame(const wire::Frame& frame);

  World& world_;
  net::MemoryNetwork& network_;
  int socket_;
  bool reading_ = true;
  std::string input_;
  std::string head_;
  std::string partial_;
  std::vector<std::string> messages_;
  std::size_t pongs_ = 0;
  std::uint16_t close_code_ = 0;
  std::string close_reason_;
};

}  // namespace gatehouse::sim
