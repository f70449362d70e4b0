#include "server/command/signals.h"

#include <pthread.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/check.h"

namespace gatehouse::server {

Signals::Signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGCHLD);
  CHECK(pthread_sigmask(SIG_BLOCK, &signals, nullptr) == 0);
  signal(SIGPIPE, SIG_IGN);
  descriptor_ = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
  CHECK(descriptor_ >= 0);
}

Signals::~Signals() { ::close(descriptor_); }

void Signals::Watch(net::Loop& loop, base::UniqueFunction<void(int)> on_signal) {
  on_signal_ = std::move(on_signal);
  loop.Watch(loop.AddSource(*this), 0, descriptor_, net::kReadable);
}

void Signals::OnReady(std::uint32_t /*index*/, std::uint32_t /*readiness*/) {
  signalfd_siginfo info;
  while (::read(descriptor_, &info, sizeof info) == sizeof info) {
    on_signal_(static_cast<int>(info.ssi_signo));
  }
}

}  // namespace gatehouse::server
