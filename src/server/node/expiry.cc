#include "server/node/expiry.h"

#include <fmt/format.h>

namespace gatehouse::server {

Expiry::Expiry(net::Loop& loop, base::Clock& clock, base::Log& log, table::Tables& tables)
    : loop_(loop), clock_(clock), log_(log), tables_(tables), sweep_(tables) {
  tables_.OnTimeToLive([this] { Start(); });
}

void Expiry::Start() {
  if (turning_) {
    asked_again_ = true;
  } else if (!timer_) {
    TurnAfter(kTurn);
  }
}

void Expiry::Stop() {
  tables_.OnTimeToLive(nullptr);
  if (timer_) loop_.Cancel(*timer_);
  timer_.reset();
  *self_ = nullptr;
}

void Expiry::TurnAfter(std::chrono::milliseconds delay) {
  timer_ = loop_.After(delay, [this] {
    timer_.reset();
    Turn();
  });
}

void Expiry::Turn() {
  turning_ = true;
  sweep_.Turn(clock_.WallNow(), loop_, [self = self_](const Result<Outcome>& outcome) {
    if (*self) (*self)->OnTurn(outcome);
  });
}

void Expiry::OnTurn(const Result<Outcome>& outcome) {
  turning_ = false;
  const bool asked_again = asked_again_;
  asked_again_ = false;
  if (!outcome) {
    log_.Warning(fmt::format("expired items stay for now: {}", outcome.error().message));
    return TurnAfter(kAfterTrouble);
  }
  if (outcome->deleted > 0) {
    log_.Debug(fmt::format("items deleted by their TTL: {}", outcome->deleted));
  }
  if (outcome->has_more) return TurnAfter(kNextPart);
  if (outcome->has_tables || asked_again) TurnAfter(kTurn);
}

}  // namespace gatehouse::server
