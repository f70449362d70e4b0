#include "bench/clients.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "wire/websocket_frame.h"

namespace gatehouse::bench {
namespace {

constexpr std::uint32_t kLoopback = 0x7f000001;  // 127.0.0.1
constexpr std::size_t kSources = 4;              // clients come from 127.0.0.2 to 127.0.0.5

Error System(const char* what) {
  return {ErrorCode::kIo, std::string(what) + ": " + std::strerror(errno)};
}

void SetOption(int socket, int level, int name, int value) {
  ::setsockopt(socket, level, name, &value, sizeof value);
}

sockaddr_in AddressOf(std::uint32_t ip, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(ip);
  address.sin_port = htons(port);
  return address;
}

}  // namespace

std::string ClientFrame(std::string_view text) {
  static constexpr wire::MaskKey kMask{0x12, 0x34, 0x56, 0x78};
  char header[wire::kFrameHeaderBytesMax];
  std::size_t size = wire::WriteFrameHeader(header, wire::Opcode::kText, true, text.size(), kMask);
  std::string masked(text);
  wire::ApplyMask(masked, kMask);
  return std::string(header, size) + masked;
}

ServerMessage ReadServerMessage(std::string_view bytes) {
  wire::FrameRules rules;
  rules.masked = false;
  rules.payload_bytes_max = 1024 * 1024;
  std::string copy(bytes);
  ServerMessage message;
  for (std::size_t at = 0; at < copy.size();) {
    wire::FrameRead read = wire::ReadFrame(std::span(copy).subspan(at), rules);
    if (read.status != wire::FrameRead::kFrame) return {};
    at += read.consumed;
    message.text.append(read.frame.payload.data(), read.frame.payload.size());
    if (read.frame.fin) {
      message.wire_bytes = at;
      return message;
    }
  }
  return {};
}

Clients::Clients(std::uint16_t port, std::string path, int receive_buffer_bytes)
    : port_(port),
      request_("GET " + path + " HTTP/1.1\r\nHost: localhost:" + std::to_string(port) +
               "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: "
               "dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"),
      receive_buffer_bytes_(receive_buffer_bytes),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      buffer_(std::make_unique<char[]>(kReceiveBytes)) {}

Clients::~Clients() {
  for (std::size_t i = 0; i < clients_.size(); ++i) Reset(i);
  ::close(epoll_);
}

Result<void> Clients::Dial(std::size_t index) {
  int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return System("socket");
  clients_[index] = {socket, false};
  if (receive_buffer_bytes_ > 0) SetOption(socket, SOL_SOCKET, SO_RCVBUF, receive_buffer_bytes_);
  SetOption(socket, IPPROTO_TCP, TCP_NODELAY, 1);
  // A port is chosen when both ends are known: one may serve several sources.
  SetOption(socket, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
  auto source = static_cast<std::uint32_t>(kLoopback + 1 + index % kSources);
  sockaddr_in from = AddressOf(source, 0), to = AddressOf(kLoopback, port_);
  if (::bind(socket, reinterpret_cast<sockaddr*>(&from), sizeof from) < 0) return System("bind");
  if (::connect(socket, reinterpret_cast<sockaddr*>(&to), sizeof to) < 0) return System("connect");
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = index;
  if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &event) < 0) return System("epoll_ctl");
  return {};
}

Result<void> Clients::Start(std::size_t index) {
  if (Result<void> dialled = Dial(index); !dialled) return dialled;
  clients_[index].opening = true;
  heads_[index].clear();
  return Send(index, request_);
}

Result<void> Clients::Open(std::size_t count) {
  std::size_t next = size(), waiting = 0;
  clients_.resize(next + count);
  heads_.resize(next + count);
  while (next < size() || waiting > 0) {
    for (; next < size() && waiting < kOpeningMax; ++next, ++waiting) {
      if (Result<void> started = Start(next); !started) return started;
    }
    auto ignore = [](std::size_t, std::string_view) {};
    Result<void> polled = Poll(ignore, [&](std::size_t) { --waiting; });
    if (!polled) return polled;
  }
  return {};
}

Result<void> Clients::OpenPlain(std::size_t count) {
  std::size_t next = size();
  clients_.resize(next + count);
  heads_.resize(next + count);
  for (; next < size(); ++next) {
    if (Result<void> dialled = Dial(next); !dialled) return dialled;
  }
  return {};
}

void Clients::Reset(std::size_t index) {
  linger now{1, 0};
  int socket = std::exchange(clients_[index].socket, -1);
  if (socket < 0) return;
  ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  ::close(socket);
}

Result<void> Clients::Send(std::size_t index, std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t n = ::send(clients_[index].socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return System("send");
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

Result<ServerMessage> Clients::Await(std::size_t index) {
  std::string arrived;
  for (;;) {
    Result<void> polled = Poll([&](std::size_t who, std::string_view bytes) {
      if (who == index) arrived += bytes;
    });
    if (!polled) return polled.error();
    ServerMessage message = ReadServerMessage(arrived);
    if (message.wire_bytes > 0) return message;
  }
}

Result<std::size_t> Clients::Wait() {
  int count = ::epoll_wait(epoll_, events_.data(), static_cast<int>(events_.size()), kSilenceMs);
  if (count < 0 && errno == EINTR) return std::size_t{0};
  if (count < 0) return System("epoll_wait");
  if (count == 0) return Error{ErrorCode::kIo, "the server has been silent for 20 s"};
  return static_cast<std::size_t>(count);
}

// Sockets block; we come here only for those that have something.
Result<std::string_view> Clients::Receive(std::size_t index) {
  if (clients_[index].socket < 0) return std::string_view();
  ssize_t n = ::recv(clients_[index].socket, buffer_.get(), kReceiveBytes, MSG_DONTWAIT);
  if (n > 0) return std::string_view(buffer_.get(), static_cast<std::size_t>(n));
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return std::string_view();
  if (n < 0) return System("recv");
  return Error{ErrorCode::kIo, "the server ended connection " + std::to_string(index)};
}

Result<bool> Clients::TakeHandshake(std::size_t index, std::string_view bytes) {
  std::string& head = heads_[index];
  head += bytes;
  if (head.find("\r\n\r\n") == std::string::npos) return false;
  bool accepted = head.starts_with("HTTP/1.1 101");
  if (!accepted) {
    return Error{ErrorCode::kIo, "upgrade refused: " + head.substr(0, head.find("\r\n"))};
  }
  std::string().swap(head);
  clients_[index].opening = false;
  return true;
}

}  // namespace gatehouse::bench
