// How requests to AWS's services reach the loop that serves them from the one where they arrived:
// as copies, by its mailbox; answers come back. Any thread.
#pragma once

#include <cstddef>

#include "base/executor.h"
#include "base/mailbox.h"
#include "base/random.h"
#include "server/edge/front_door.h"

namespace gatehouse::server {

class ServiceRelay {
 public:
  // Requests on their way or being served; beyond, 503.
  static constexpr std::size_t kWaitingMax = 4096;
  static constexpr std::size_t kWaitingBytesMax = 256 * 1024 * 1024;

  // home: the loop on which services are served; outlives what Through gave.
  ServiceRelay(base::Executor& home, base::Random& random)
      : home_(home, {kWaitingMax, kWaitingBytesMax}), random_(random) {}

  // A handler for the door of loop `own` that has `handler` answer, on home's thread.
  ServiceHandler Through(base::Executor& own, Service service, ServiceHandler& handler);

 private:
  base::Mailbox home_;
  base::Random& random_;
};

}  // namespace gatehouse::server
