#include "net/dial/resolver.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

namespace gatehouse::net {
namespace {

using Addresses = Result<std::vector<Address>>;

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

Addresses LookUp(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  int error = ::getaddrinfo(host.c_str(), nullptr, &hints, &found);
  if (error != 0) {
    return Error{ErrorCode::kNotFound, "no address of " + host + ": " + ::gai_strerror(error)};
  }
  std::vector<Address> addresses;
  for (const addrinfo* info = found; info; info = info->ai_next) {
    Address address{ToText(*info), port};
    bool known = std::find(addresses.begin(), addresses.end(), address) != addresses.end();
    if (address.ip.empty() || known) continue;
    addresses.push_back(std::move(address));
    if (addresses.size() == SystemResolver::kAddressesMax) break;
  }
  ::freeaddrinfo(found);
  if (addresses.empty()) return Error{ErrorCode::kNotFound, "no address of " + host};
  return addresses;
}

bool IsLiteralAddress(const std::string& host) {
  in6_addr any{};
  return inet_pton(AF_INET, host.c_str(), &any) == 1 ||
         inet_pton(AF_INET6, host.c_str(), &any) == 1;
}

struct Question {
  std::string host;
  std::uint16_t port;
  Resolver::Answer answer;
};

}  // namespace

// What the thread may still touch when the resolver is gone.
struct SystemResolver::Desk {
  std::mutex mutex;
  std::condition_variable filled;
  base::Executor* loop = nullptr;  // null: the resolver is gone
  bool staffed = false;            // the thread runs
  std::deque<Question> questions;

  void Give(Question question, Addresses addresses) {  // with the mutex held
    if (!loop) return;
    loop->Post([answer = std::move(question.answer), addresses = std::move(addresses)]() mutable {
      answer(std::move(addresses));
    });
  }
  void Work() {
    std::unique_lock lock(mutex);
    for (;;) {
      filled.wait(lock, [this] { return !loop || !questions.empty(); });
      if (!loop) return;
      Question question = std::move(questions.front());
      questions.pop_front();
      lock.unlock();
      Addresses addresses = LookUp(question.host, question.port);
      lock.lock();
      Give(std::move(question), std::move(addresses));
    }
  }
};

SystemResolver::SystemResolver(base::Executor& loop) : desk_(std::make_shared<Desk>()) {
  desk_->loop = &loop;
}

SystemResolver::~SystemResolver() {
  std::lock_guard lock(desk_->mutex);
  desk_->loop = nullptr;
  desk_->questions.clear();
  desk_->filled.notify_one();
}

void SystemResolver::Resolve(const std::string& host, std::uint16_t port, Answer answer) {
  std::lock_guard lock(desk_->mutex);
  Question question{host, port, std::move(answer)};
  if (IsLiteralAddress(host)) {
    return desk_->Give(std::move(question), std::vector<Address>{{host, port}});
  }
  if (desk_->questions.size() >= kQuestionsMax) {
    return desk_->Give(std::move(question),
                       Error{ErrorCode::kLimitExceeded, "too many names wait to be resolved"});
  }
  desk_->questions.push_back(std::move(question));
  desk_->filled.notify_one();
  if (desk_->staffed) return;
  desk_->staffed = true;
  std::thread([desk = desk_] { desk->Work(); }).detach();
}

}  // namespace gatehouse::net
