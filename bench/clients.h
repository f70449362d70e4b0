// Client ends of many connections on one thread: raw epoll, no library, so that every server is
// loaded by the same few instructions. Only what the benchmarks need: what is sent is small, and a
// server that misbehaves ends the run with a sentence.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gatehouse/result.h"

namespace gatehouse::bench {

// One text message as a client must send it: masked. The mask is fixed.
std::string ClientFrame(std::string_view text);

// A server's message at the front of bytes, which may come in several frames.
struct ServerMessage {
  std::size_t wire_bytes = 0;  // 0: not whole yet
  std::string text;
};
ServerMessage ReadServerMessage(std::string_view bytes);

class Clients {
 public:
  static constexpr std::size_t kOpeningMax = 64;  // handshakes under way at once
  static constexpr int kSilenceMs = 20'000;       // nothing at all for so long: the server hangs

  // receive_buffer_bytes: of the kernel's, for clients that do not read; 0: the kernel's choice.
  Clients(std::uint16_t port, std::string path, int receive_buffer_bytes = 0);
  ~Clients();
  Clients(const Clients&) = delete;
  Clients& operator=(const Clients&) = delete;

  std::size_t size() const { return clients_.size(); }

  // Opens `count` more WebSocket connections and waits until all have their 101.
  Result<void> Open(std::size_t count);
  // Connects `count` more sockets and says nothing on them.
  Result<void> OpenPlain(std::size_t count);

  // Ends one connection with a reset, which leaves no port waiting.
  void Reset(std::size_t index);
  // Begins it anew; Poll calls on_open when it has its 101.
  Result<void> Start(std::size_t index);

  Result<void> Send(std::size_t index, std::string_view bytes);
  // Waits for the next whole message of one client; nobody else may be sent anything meanwhile.
  Result<ServerMessage> Await(std::size_t index);

  // Waits for something to arrive and takes it: on_bytes(index, bytes) for each socket that has
  // some, on_open(index) for each handshake that ended well.
  template <class OnBytes, class OnOpen>
  Result<void> Poll(OnBytes on_bytes, OnOpen on_open) {
    Result<std::size_t> count = Wait();
    if (!count) return count.error();
    for (std::size_t i = 0; i < *count; ++i) {
      auto index = static_cast<std::size_t>(events_[i].data.u64);
      Result<std::string_view> bytes = Receive(index);
      if (!bytes) return bytes.error();
      if (bytes->empty()) continue;
      if (clients_[index].opening) {
        Result<bool> is_open = TakeHandshake(index, *bytes);
        if (!is_open) return is_open.error();
        if (*is_open) on_open(index);
      } else {
        on_bytes(index, *bytes);
      }
    }
    return {};
  }
  template <class OnBytes>
  Result<void> Poll(OnBytes on_bytes) {
    return Poll(on_bytes, [](std::size_t) {});
  }

 private:
  struct Client {
    int socket = -1;
    bool opening = false;
  };
  static constexpr std::size_t kReceiveBytes = 256 * 1024;

  Result<void> Dial(std::size_t index);
  Result<std::size_t> Wait();
  Result<std::string_view> Receive(std::size_t index);
  Result<bool> TakeHandshake(std::size_t index, std::string_view bytes);

  const std::uint16_t port_;
  const std::string request_;
  const int receive_buffer_bytes_;
  int epoll_;
  std::vector<Client> clients_;
  std::vector<std::string> heads_;  // of handshakes that came in parts
  std::unique_ptr<char[]> buffer_;
  std::array<epoll_event, 1024> events_{};
};

}  // namespace gatehouse::bench
