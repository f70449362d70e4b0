#include <algorithm>
#include <thread>

#include <fmt/format.h>

#include "bench/clients.h"
#include "bench/load.h"

namespace gatehouse::bench {
namespace {

constexpr double kSettleSeconds = 1.5;  // what handshakes set in motion ends

void Sleep(double seconds) { std::this_thread::sleep_for(std::chrono::duration<double>(seconds)); }

}  // namespace

Result<std::string> LoadIdle(const LoadOptions& options) {
  Clients clients(options.port, options.path);
  if (Result<void> opened = clients.Open(options.connections); !opened) return opened.error();
  Sleep(kSettleSeconds);
  std::uint64_t before = AnonymousBytes(options.pid);
  std::size_t more = options.more - std::min(options.more, options.connections);
  if (Result<void> opened = clients.Open(more); !opened) return opened.error();
  Sleep(kSettleSeconds);
  std::uint64_t after = AnonymousBytes(options.pid);
  Usage from = ReadUsage(options.pid, options.core);
  Sleep(options.seconds);
  Usage to = ReadUsage(options.pid, options.core);
  return fmt::format(
      R"("connections":{},"more":{},"anonymous_before":{},"anonymous_after":{},"seconds":{:.3f},)"
      R"("core_seconds":{:.6f},"process_seconds":{:.6f})",
      options.connections, clients.size(), before, after, to.wall - from.wall, to.core - from.core,
      to.process - from.process);
}

}  // namespace gatehouse::bench
