// A protocol that notes what happens to its sockets; for tests.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "net/socket/listener.h"
#include "net/socket/sockets.h"

namespace gatehouse::net {

class Recorder final : public Protocol, public Listener::Greeter {
 public:
  explicit Recorder(Sockets& sockets) : sockets_(sockets) {}
  ~Recorder() override {
    sockets_.Abandon(*this, [](std::uint32_t) {});
  }

  // What OnBytes does; by default it takes everything.
  std::function<std::size_t(std::uint32_t, std::span<char>)> on_bytes;
  std::function<void(std::uint32_t)> on_end, on_deadline, on_age, on_connected, on_drained,
      on_secured;
  std::function<void(std::uint32_t, CloseCause)> on_closed;

  std::map<std::uint32_t, std::string> data;  // consumed, by slot
  std::vector<std::string> log;               // "end 0", "deadline 3", …
  std::vector<SocketRef> accepted;
  std::vector<CloseCause> causes;

  void OnAccepted(std::uint32_t slot) override { accepted.push_back(sockets_.Ref(slot)); }
  std::size_t OnBytes(std::uint32_t slot, std::span<char> bytes) override {
    std::size_t n = on_bytes ? on_bytes(slot, bytes) : bytes.size();
    data[slot].append(bytes.data(), n);
    return n;
  }
  void OnEnd(std::uint32_t slot) override { Note("end", slot, on_end); }
  void OnDeadline(std::uint32_t slot) override { Note("deadline", slot, on_deadline); }
  void OnAge(std::uint32_t slot) override { Note("age", slot, on_age); }
  void OnConnected(std::uint32_t slot) override { Note("connected", slot, on_connected); }
  void OnSecured(std::uint32_t slot) override { Note("secured", slot, on_secured); }
  void OnDrained(std::uint32_t slot) override { Note("drained", slot, on_drained); }
  void OnClosed(std::uint32_t slot, CloseCause cause) override {
    causes.push_back(cause);
    Note("closed", slot, {});
    if (on_closed) on_closed(slot, cause);
  }

 private:
  void Note(const char* what, std::uint32_t slot, const std::function<void(std::uint32_t)>& then) {
    log.push_back(what + (" " + std::to_string(slot)));
    if (then) then(slot);
  }

  Sockets& sockets_;
};

}  // namespace gatehouse::net
