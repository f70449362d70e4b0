#include "server/process_relay.h"

#include <utility>

namespace gatehouse::server {

void ProcessRelay::Run(std::shared_ptr<const function::FunctionDefinition> function,
                       std::string payload, function::CallDetails details,
                       function::OutcomeDone done) {
  if (waiting_ >= kWaitingMax) {
    return done({function::Outcome::kRefused,
                 {},
                 "too many invocations wait for processes",
                 {},
                 {},
                 ErrorCode::kLimitExceeded});
  }
  ++waiting_;
  auto back = [this, done = std::move(done)](function::Outcome outcome) mutable {
    own_.Post([this, done = std::move(done), outcome = std::move(outcome)]() mutable {
      --waiting_;
      done(std::move(outcome));
    });
  };
  home_.Post([this, function = std::move(function), payload = std::move(payload),
              details = std::move(details), back = std::move(back)]() mutable {
    processes_.Run(std::move(function), std::move(payload), std::move(details), std::move(back));
  });
}

}  // namespace gatehouse::server
