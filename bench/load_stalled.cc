#include <algorithm>
#include <chrono>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "bench/clients.h"
#include "bench/load.h"

namespace gatehouse::bench {
namespace {

constexpr int kStalledBufferBytes = 4096;
constexpr std::size_t kSampleEvery = 25;  // messages between two looks at the server's memory
constexpr std::size_t kHeaderBytes = 4;   // of a server's frame of 126 to 65,535 bytes

std::string Request(std::size_t number) {
  return ClientFrame(fmt::format(R"({{"action":"flood","number":{:08}}})", 10'000'000 + number));
}

double Percentile(std::vector<double>& sorted, double part) {
  return sorted[static_cast<std::size_t>(part * static_cast<double>(sorted.size() - 1))];
}

// One message to all good readers: adds how long it took to each, in milliseconds.
Result<void> Broadcast(Clients& good, std::size_t number, std::size_t wire_bytes,
                       std::vector<double>& latencies) {
  std::string text = std::to_string(10'000'000 + number);
  std::vector<std::size_t> received(good.size());
  std::string wrong;
  std::size_t done = 0;
  auto begun = std::chrono::steady_clock::now();
  if (Result<void> sent = good.Send(0, Request(number)); !sent) return sent;
  while (done < good.size()) {
    Result<void> polled = good.Poll([&](std::size_t i, std::string_view bytes) {
      bool starts = received[i] == 0 && bytes.size() >= kHeaderBytes + text.size();
      if (starts && bytes.substr(kHeaderBytes, text.size()) != text) wrong = "out of order";
      received[i] += bytes.size();
      if (received[i] > wire_bytes) wrong = "more than was sent";
      if (received[i] < wire_bytes) return;
      ++done;
      std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begun;
      latencies.push_back(took.count());
    });
    if (!polled) return polled;
    if (!wrong.empty()) return Error{ErrorCode::kInternal, wrong};
  }
  return {};
}

// The first message, in full: its size on the wire. All receive it.
Result<std::size_t> Check(Clients& good) {
  if (Result<void> sent = good.Send(0, Request(0)); !sent) return sent.error();
  std::string first;
  std::size_t total = 0, wire_bytes = 0;
  while (wire_bytes == 0 || total < wire_bytes * good.size()) {
    Result<void> polled = good.Poll([&](std::size_t i, std::string_view bytes) {
      total += bytes.size();
      if (i == 0) first += bytes;
    });
    if (!polled) return polled.error();
    if (wire_bytes == 0) wire_bytes = ReadServerMessage(first).wire_bytes;
  }
  if (ReadServerMessage(first).text.size() != 64 * 1024) {
    return Error{ErrorCode::kInternal, "the message is not 64 KB long"};
  }
  return wire_bytes;
}

}  // namespace

Result<std::string> LoadStalled(const LoadOptions& options) {
  Clients good(options.port, options.path);
  if (Result<void> opened = good.Open(options.connections); !opened) return opened.error();
  Clients stalled(options.port, options.path, kStalledBufferBytes);
  if (Result<void> opened = stalled.Open(options.stalled); !opened) return opened.error();
  Result<std::size_t> wire_bytes = Check(good);
  if (!wire_bytes) return wire_bytes.error();

  std::uint64_t before = AnonymousBytes(options.pid), most = before;
  std::vector<double> latencies;
  latencies.reserve(options.messages * good.size());
  for (std::size_t number = 1; number <= options.messages; ++number) {
    Result<void> sent = Broadcast(good, number, *wire_bytes, latencies);
    if (!sent) return sent.error();
    if (number % kSampleEvery == 0) most = std::max(most, AnonymousBytes(options.pid));
  }
  std::sort(latencies.begin(), latencies.end());
  return fmt::format(R"("anonymous_before":{},"anonymous_most":{},"p50_ms":{:.3f},"p99_ms":{:.3f},)"
                     R"("max_ms":{:.3f})",
                     before, most, Percentile(latencies, 0.5), Percentile(latencies, 0.99),
                     latencies.back());
}

}  // namespace gatehouse::bench
