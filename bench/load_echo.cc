#include <vector>

#include "bench/clients.h"
#include "bench/load.h"

namespace gatehouse::bench {

Result<std::string> LoadEcho(const LoadOptions& options) {
  Clients clients(options.port, options.path);
  if (Result<void> opened = clients.Open(options.connections); !opened) return opened.error();
  std::string text = ActionMessage("echo", options.bytes);
  std::string frame = ClientFrame(text);
  if (Result<void> sent = clients.Send(0, frame); !sent) return sent.error();
  Result<ServerMessage> first = clients.Await(0);
  if (!first) return first.error();
  if (first->text != text) return Error{ErrorCode::kInternal, "the echo says: " + first->text};

  std::string batch;
  for (std::size_t i = 0; i < options.depth; ++i) batch += frame;
  const std::size_t batch_bytes = first->wire_bytes * options.depth;
  std::vector<std::size_t> received(clients.size());
  for (std::size_t i = 0; i < clients.size(); ++i) {
    if (Result<void> sent = clients.Send(i, batch); !sent) return sent.error();
  }
  Result<void> sent;
  Window window = WindowOf(options);
  while (!window.IsOver()) {
    Result<void> polled = clients.Poll([&](std::size_t i, std::string_view bytes) {
      received[i] += bytes.size();
      if (received[i] < batch_bytes) return;
      received[i] -= batch_bytes;
      window.Count(options.depth);
      if (sent) sent = clients.Send(i, batch);
    });
    if (!polled) return polled.error();
    if (!sent) return sent.error();
  }
  return window.Json();
}

}  // namespace gatehouse::bench
