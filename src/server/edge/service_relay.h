// How requests to AWS's services reach the loop that serves them from the one where they arrived:
// as copies, by its queue; answers come back the same way. Any thread.
#pragma once

#include <atomic>
#include <cstddef>

#include "base/executor.h"
#include "base/random.h"
#include "server/edge/front_door.h"

namespace gatehouse::server {

class ServiceRelay {
 public:
  // Requests on their way or being served; beyond, 503.
  static constexpr std::size_t kWaitingMax = 4096;
  static constexpr std::size_t kWaitingBytesMax = 256 * 1024 * 1024;

  // home: the loop on which services are served; outlives what Through gave.
  ServiceRelay(base::Executor& home, base::Random& random) : home_(home), random_(random) {}

  // A handler for the door of loop `own` that has `handler` answer, on home's thread.
  ServiceHandler Through(base::Executor& own, Service service, ServiceHandler& handler);

 private:
  bool Enter(std::size_t bytes);
  void Leave(std::size_t bytes);

  base::Executor& home_;
  base::Random& random_;
  std::atomic<std::size_t> waiting_ = 0;
  std::atomic<std::size_t> waiting_bytes_ = 0;
};

}  // namespace gatehouse::server
