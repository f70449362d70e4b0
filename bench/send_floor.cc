// The floor of broadcasts: what a client says goes to everybody by one send() each, in the order
// in which they came, and nothing else happens: no queue for who reads slowly, no limit, no clock.
// No server that sends to each by itself does it for less. send_floor PORT
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "bench/floor.h"
#include "wire/http_writer.h"
#include "wire/websocket_frame.h"
#include "wire/websocket_handshake.h"

namespace gatehouse::bench {
namespace {

// Of load's clients, who all send the same key and whose requests and messages arrive whole.
constexpr const char* kClientKey = "dGhlIHNhbXBsZSBub25jZQ==";
constexpr std::size_t kReceiveBytes = 256 * 1024;

class SendFloor {
 public:
  // Until the process is killed; false at once if it cannot listen.
  bool Run(std::uint16_t port) {
    if (!Listen(port)) return false;
    std::array<epoll_event, 1024> events;
    for (;;) {
      int count = ::epoll_wait(epoll_, events.data(), events.size(), -1);
      for (int i = 0; i < count; ++i) OnReadable(events[static_cast<std::size_t>(i)].data.fd);
    }
  }

 private:
  bool Listen(std::uint16_t port) {
    int yes = 1;
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    ::setsockopt(listener_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    ::setsockopt(listener_, IPPROTO_TCP, TCP_DEFER_ACCEPT, &yes, sizeof yes);
    Watch(listener_);
    return ::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
           ::listen(listener_, SOMAXCONN) == 0;
  }

  void Watch(int socket) const {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = socket;
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &event);
  }

  void OnReadable(int socket) {
    if (socket == listener_) return Accept();
    ssize_t n = ::recv(socket, buffer_.get(), kReceiveBytes, 0);
    if (n <= 0) {
      std::erase(open_, socket);
      waiting_.erase(socket);
      ::close(socket);
    } else if (waiting_.erase(socket) > 0) {
      open_.push_back(socket);
      ::send(socket, answer_.data(), answer_.size(), MSG_NOSIGNAL);
    } else {
      Broadcast({buffer_.get(), static_cast<std::size_t>(n)});
    }
  }

  void Accept() {
    for (int socket; (socket = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK)) >= 0;) {
      waiting_.insert(socket);
      Watch(socket);
    }
  }

  // All that one receive brought, in one send each.
  void Broadcast(std::span<char> input) const {
    std::string out;
    for (;;) {
      wire::FrameRead read = wire::ReadFrame(input, {});
      if (read.status != wire::FrameRead::kFrame) break;
      char header[wire::kFrameHeaderBytesMax];
      out.append(header, wire::WriteFrameHeader(header, wire::Opcode::kText, true,
                                                read.frame.payload.size()));
      out.append(read.frame.payload.data(), read.frame.payload.size());
      input = input.subspan(read.consumed);
    }
    for (int socket : open_) ::send(socket, out.data(), out.size(), MSG_NOSIGNAL);
  }

  static std::string Answer() {
    std::string accept = wire::AcceptKey(kClientKey);
    std::array<wire::HttpField, 3> fields{
        {{"Connection", "upgrade"}, {"Upgrade", "websocket"}, {"Sec-WebSocket-Accept", accept}}};
    std::string head;
    wire::AppendResponseHead(head, 101, base::SystemClock().WallNow(), fields, std::nullopt);
    return head;
  }

  int listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  int epoll_ = ::epoll_create1(0);
  std::unique_ptr<char[]> buffer_ = std::make_unique<char[]>(kReceiveBytes);
  std::string answer_ = Answer();
  std::set<int> waiting_;  // for their request
  std::vector<int> open_;
};

}  // namespace
}  // namespace gatehouse::bench

int main(int argc, char** argv) {
  std::uint16_t port = gatehouse::bench::PortArgument(argc, argv);
  if (port != 0) gatehouse::bench::SendFloor().Run(port);
  std::fprintf(stderr, "send_floor: give a free port from 1 to 65535\n");
  return 1;
}
