#include "apps/chat/client/resolver.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <mutex>
#include <thread>
#include <utility>

namespace gatehouse::chat {
namespace {

std::string ToText(const addrinfo& info) {
  char text[INET6_ADDRSTRLEN] = "";
  if (info.ai_family == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(info.ai_addr);
    inet_ntop(AF_INET, &v4->sin_addr, text, sizeof text);
  } else if (info.ai_family == AF_INET6) {
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(info.ai_addr);
    inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof text);
  }
  return text;
}

Result<std::vector<net::Address>> LookUp(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  int error = ::getaddrinfo(host.c_str(), nullptr, &hints, &found);
  if (error != 0) {
    return Error{ErrorCode::kNotFound, "no address of " + host + ": " + ::gai_strerror(error)};
  }
  std::vector<net::Address> addresses;
  for (const addrinfo* info = found; info; info = info->ai_next) {
    net::Address address{ToText(*info), port};
    bool known = std::find(addresses.begin(), addresses.end(), address) != addresses.end();
    if (address.ip.empty() || known) continue;
    addresses.push_back(std::move(address));
    if (addresses.size() == SystemResolver::kAddressesMax) break;
  }
  ::freeaddrinfo(found);
  if (addresses.empty()) return Error{ErrorCode::kNotFound, "no address of " + host};
  return addresses;
}

}  // namespace

// What a thread may still touch when the resolver is gone.
struct SystemResolver::Mailbox {
  std::mutex mutex;
  base::Executor* loop = nullptr;  // null: the resolver is gone
};

SystemResolver::SystemResolver(base::Executor& loop) : mailbox_(std::make_shared<Mailbox>()) {
  mailbox_->loop = &loop;
}

SystemResolver::~SystemResolver() {
  std::lock_guard lock(mailbox_->mutex);
  mailbox_->loop = nullptr;
}

void SystemResolver::Resolve(const std::string& host, std::uint16_t port, Answer answer) {
  std::thread thread([mailbox = mailbox_, host, port, answer = std::move(answer)]() mutable {
    auto result = LookUp(host, port);
    std::lock_guard lock(mailbox->mutex);
    if (!mailbox->loop) return;
    mailbox->loop->Post(
        [answer = std::move(answer), result = std::move(result)]() mutable { answer(result); });
  });
  thread.detach();
}

}  // namespace gatehouse::chat
