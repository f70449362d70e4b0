#include "server/node/process_relay.h"

#include <utility>

namespace gatehouse::server {

void ProcessRelay::Run(std::shared_ptr<const function::FunctionDefinition> function,
                       std::string payload, function::CallDetails details,
                       function::OutcomeDone done) {
  // A $disconnect is not refused: its gateway bounds how many are on their way.
  base::Mailbox::Place place =
      details.is_farewell ? base::Mailbox::Exempt() : home_.Reserve(payload.size());
  if (!place) {
    return done({function::Outcome::kRefused,
                 {},
                 "too many invocations wait for processes",
                 {},
                 {},
                 ErrorCode::kLimitExceeded});
  }
  // Not of this relay: a process that is killed at the end tells its outcome when the relay is
  // gone.
  home_.AskSlowly(
      std::move(place), own_,
      [processes = &processes_, function = std::move(function), payload = std::move(payload),
       details = std::move(details)](auto&& reply) mutable {
        processes->Run(std::move(function), std::move(payload), std::move(details),
                       std::move(reply));
      },
      std::move(done));
}

}  // namespace gatehouse::server
