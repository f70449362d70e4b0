#include "server/node/process_relay.h"

#include <utility>

namespace gatehouse::server {
namespace {

// Kept until the outcome is told; the bounds live as long.
struct Place {
  std::shared_ptr<ProcessRelayBounds> bounds;
  base::Share run, bytes;

  bool Take(std::size_t payload_bytes) {
    return run.Hold(bounds->runs, 1) && bytes.Hold(bounds->payload_bytes, payload_bytes);
  }
};

}  // namespace

void ProcessRelay::Run(std::shared_ptr<const function::FunctionDefinition> function,
                       std::string payload, function::CallDetails details,
                       function::OutcomeDone done) {
  Place place{bounds_, {}, {}};
  // A $disconnect is not refused: its gateway bounds how many are on their way.
  if (!details.is_farewell && !place.Take(payload.size())) {
    return done({function::Outcome::kRefused,
                 {},
                 "too many invocations wait for processes",
                 {},
                 {},
                 ErrorCode::kLimitExceeded});
  }
  // Not of this relay: a process that is killed at the end tells its outcome when the relay is
  // gone.
  auto back = [own = &own_, place = std::move(place),
               done = std::move(done)](function::Outcome outcome) mutable {
    own->Post([place = std::move(place), done = std::move(done),
               outcome = std::move(outcome)]() mutable { done(std::move(outcome)); });
  };
  home_.Post([this, function = std::move(function), payload = std::move(payload),
              details = std::move(details), back = std::move(back)]() mutable {
    processes_.Run(std::move(function), std::move(payload), std::move(details), std::move(back));
  });
}

}  // namespace gatehouse::server
