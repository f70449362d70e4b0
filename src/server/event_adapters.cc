#include "server/event_adapters.h"

#include <utility>

namespace gatehouse::server {

void FunctionSender::Send(const std::string& function, std::string payload,
                          base::UniqueFunction<void(Result<void>)> accepted,
                          base::UniqueFunction<void()> ended) {
  functions_->Send(function, std::move(payload), {}, std::move(accepted), std::move(ended));
}

}  // namespace gatehouse::server
