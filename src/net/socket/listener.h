// Listening sockets: accepts connections and hands them to a protocol. Loop thread only.
//
// When nothing more can be accepted (the system is out of descriptors, or the crowd of those that
// are turned away is complete), the listener looks again ten times a second; who comes meanwhile
// waits in the kernel's backlog.
#pragma once

#include <map>
#include <vector>

#include "net/loop/loop.h"
#include "net/socket/sockets.h"

namespace gatehouse::net {

class Listener final : public Loop::Source {
 public:
  // Called for each accepted socket, right after it was adopted.
  class Greeter {
   public:
    virtual ~Greeter() = default;
    virtual void OnAccepted(std::uint32_t slot) = 0;
    // The same when more than sockets_max are open: the peer should be told so and go.
    virtual void OnCrowded(std::uint32_t slot) { OnAccepted(slot); }
  };

  // The protocol and greeter must outlive the listener.
  Listener(Sockets& sockets, Protocol& protocol, Greeter& greeter);
  ~Listener() override;

  Result<Address> Listen(const Address& address, bool share_port);
  void Stop();  // closes the listening sockets; accepted ones stay

  void OnReady(std::uint32_t index, std::uint32_t readiness) override;

 private:
  void Pause(std::uint32_t index);

  Sockets& sockets_;
  Protocol& protocol_;
  Greeter& greeter_;
  std::uint8_t source_;
  std::vector<int> listeners_;  // -1 once stopped
  std::map<std::uint32_t, Loop::TimerId> pauses_;
};

}  // namespace gatehouse::net
