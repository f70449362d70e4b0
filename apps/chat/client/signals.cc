#include "apps/chat/client/signals.h"

#include <pthread.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <utility>

#include "base/check.h"

namespace gatehouse::chat {
namespace {

bool IsIgnored(int signal) {
  struct sigaction action {};
  return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

Signals::Signals(net::Loop& loop, std::initializer_list<int> signals,
                 base::UniqueFunction<void(int)> on_signal)
    : on_signal_(std::move(on_signal)) {
  sigset_t set;
  ::sigemptyset(&set);
  for (int signal : signals) {
    if (!IsIgnored(signal)) ::sigaddset(&set, signal);
  }
  CHECK(::pthread_sigmask(SIG_BLOCK, &set, &before_) == 0);
  fd_ = ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  CHECK(fd_ >= 0);
  loop.Watch(loop.AddSource(*this), 0, fd_, net::kReadable);
}

Signals::~Signals() {
  ::close(fd_);
  ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void Signals::OnReady(std::uint32_t /*index*/, std::uint32_t /*readiness*/) {
  signalfd_siginfo info;
  while (::read(fd_, &info, sizeof info) == sizeof info) {
    on_signal_(static_cast<int>(info.ssi_signo));
  }
}

}  // namespace gatehouse::chat
