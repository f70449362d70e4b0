#include "net/socket/listener.h"

namespace gatehouse::net {
namespace {

constexpr int kAcceptsPerTurn = 64;
constexpr std::chrono::milliseconds kPause{100};

}  // namespace

Listener::Listener(Sockets& sockets, Protocol& protocol, Greeter& greeter)
    : sockets_(sockets),
      protocol_(protocol),
      greeter_(greeter),
      source_(sockets.loop().AddSource(*this)) {}

Listener::~Listener() { Stop(); }

Result<Address> Listener::Listen(const Address& address, bool share_port) {
  Network& network = sockets_.loop().network();
  Result<int> socket = network.Listen(address, share_port);
  if (!socket) return socket.error();
  auto index = static_cast<std::uint32_t>(listeners_.size());
  listeners_.push_back(*socket);
  sockets_.loop().Watch(source_, index, *socket, kReadable);
  return network.LocalAddress(*socket);
}

void Listener::Stop() {
  for (const auto& [index, timer] : pauses_) sockets_.loop().Cancel(timer);
  pauses_.clear();
  for (int& socket : listeners_) {
    if (socket >= 0) sockets_.loop().network().Close(socket, false);
    socket = -1;
  }
}

void Listener::OnReady(std::uint32_t index, std::uint32_t /*readiness*/) {
  for (int i = 0; i < kAcceptsPerTurn && listeners_[index] >= 0; ++i) {
    if (sockets_.IsFull()) return Pause(index);
    Accepted accepted = sockets_.loop().network().Accept(listeners_[index]);
    if (accepted.error != 0) return Pause(index);
    if (accepted.socket < 0) return;
    auto ref = sockets_.Adopt(accepted.socket, accepted.peer, protocol_);
    if (!ref) continue;
    if (sockets_.IsCrowded()) {
      greeter_.OnCrowded(ref->slot);
    } else {
      greeter_.OnAccepted(ref->slot);
    }
  }
}

// The listener stays readable: without a pause the loop would spin.
void Listener::Pause(std::uint32_t index) {
  sockets_.loop().Watch(source_, index, listeners_[index], 0);
  pauses_[index] = sockets_.loop().After(kPause, [this, index] {
    sockets_.loop().Watch(source_, index, listeners_[index], kReadable);
  });
}

}  // namespace gatehouse::net
