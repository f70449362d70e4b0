#include "bench/clients.h"
#include "bench/load.h"

namespace gatehouse::bench {

Result<std::string> LoadConnect(const LoadOptions& options) {
  Clients clients(options.port, options.path);
  if (Result<void> opened = clients.Open(options.depth); !opened) return opened.error();
  for (std::size_t i = 0; i < clients.size(); ++i) {
    clients.Reset(i);
    if (Result<void> started = clients.Start(i); !started) return started.error();
  }
  Result<void> started;
  Window window = WindowOf(options);
  while (!window.IsOver()) {
    auto ignore = [](std::size_t, std::string_view) {};
    Result<void> polled = clients.Poll(ignore, [&](std::size_t i) {
      window.Count(1);
      clients.Reset(i);
      if (started) started = clients.Start(i);
    });
    if (!polled) return polled.error();
    if (!started) return started.error();
  }
  return window.Json();
}

}  // namespace gatehouse::bench
