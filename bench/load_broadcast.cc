#include <algorithm>
#include <random>

#include "bench/clients.h"
#include "bench/load.h"

namespace gatehouse::bench {
namespace {

// Old connections scattered among new ones, as after a day of service.
Result<void> Churn(Clients& clients, std::size_t times) {
  std::mt19937 random(7);
  std::vector<std::size_t> order(clients.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  for (; times > 0; --times) {
    std::shuffle(order.begin(), order.end(), random);
    std::size_t half = order.size() / 2, waiting = 0;
    for (std::size_t i = 0; i < half; ++i) clients.Reset(order[i]);
    for (std::size_t i = 0; i < half || waiting > 0;) {
      for (; i < half && waiting < Clients::kOpeningMax; ++i, ++waiting) {
        if (Result<void> started = clients.Start(order[i]); !started) return started;
      }
      auto ignore = [](std::size_t, std::string_view) {};
      Result<void> polled = clients.Poll(ignore, [&](std::size_t) { --waiting; });
      if (!polled) return polled;
    }
  }
  return {};
}

// One message, looked at by everybody: its size on the wire.
Result<std::size_t> Check(Clients& clients, const std::string& frame, const std::string& text) {
  if (Result<void> sent = clients.Send(0, frame); !sent) return sent.error();
  std::vector<std::string> arrived(clients.size());
  std::size_t whole = 0, wire_bytes = 0;
  std::string wrong;
  while (whole < clients.size()) {
    Result<void> polled = clients.Poll([&](std::size_t i, std::string_view bytes) {
      arrived[i] += bytes;
      ServerMessage message = ReadServerMessage(arrived[i]);
      if (message.wire_bytes == 0) return;
      bool fits = message.wire_bytes == arrived[i].size() &&
                  (wire_bytes == 0 || wire_bytes == message.wire_bytes) &&
                  message.text.find(text) != std::string::npos;
      if (!fits) wrong = "connection " + std::to_string(i) + " got: " + message.text;
      wire_bytes = message.wire_bytes;
      ++whole;
    });
    if (!polled) return polled.error();
    if (!wrong.empty()) return Error{ErrorCode::kInternal, wrong};
  }
  return wire_bytes;
}

}  // namespace

Result<std::string> LoadBroadcast(const LoadOptions& options) {
  Clients clients(options.port, options.path);
  if (Result<void> opened = clients.Open(options.connections); !opened) return opened.error();
  if (Result<void> done = Churn(clients, options.churn); !done) return done.error();
  std::string message = ActionMessage(options.action, options.bytes);
  std::string frame = ClientFrame(message);
  Result<std::size_t> wire_bytes = Check(clients, frame, message.substr(message.find("xx")));
  if (!wire_bytes) return wire_bytes.error();

  std::string burst;
  for (std::size_t i = 0; i < options.depth; ++i) burst += frame;
  const std::uint64_t burst_bytes = *wire_bytes * options.depth * clients.size();
  std::uint64_t received = 0, counted = 0;
  Window window = WindowOf(options);
  while (!window.IsOver()) {
    if (received % burst_bytes == 0) {
      if (Result<void> sent = clients.Send(0, burst); !sent) return sent.error();
    }
    Result<void> polled =
        clients.Poll([&](std::size_t, std::string_view bytes) { received += bytes.size(); });
    if (!polled) return polled.error();
    window.Count(received / *wire_bytes - counted);
    counted = received / *wire_bytes;
  }
  return window.Json();
}

}  // namespace gatehouse::bench
