// Turns the sweep of tables' TTL: every kTurn while a table has TTL enabled, sooner while one turn
// was not enough; else no timer runs. Loop thread only.
#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include "base/clock.h"
#include "base/log.h"
#include "net/loop/loop.h"
#include "table/operation/time_to_live.h"

namespace gatehouse::server {

class Expiry {
 public:
  static constexpr std::chrono::milliseconds kTurn{1000};
  static constexpr std::chrono::milliseconds kNextPart{50};  // the last turn ended at its bound
  static constexpr std::chrono::seconds kAfterTrouble{60};

  // All outlive this; tables tell this from here on of every change of a TTL.
  Expiry(net::Loop& loop, base::Clock& clock, base::Log& log, table::Tables& tables);
  Expiry(const Expiry&) = delete;
  Expiry& operator=(const Expiry&) = delete;
  ~Expiry() { Stop(); }

  void Start();  // when a table may have TTL enabled; harmless if it runs
  void Stop();

 private:
  using Outcome = table::TimeToLiveSweep::Outcome;

  void TurnAfter(std::chrono::milliseconds delay);
  void Turn();
  void OnTurn(const Result<Outcome>& outcome);

  net::Loop& loop_;
  base::Clock& clock_;
  base::Log& log_;
  table::Tables& tables_;
  table::TimeToLiveSweep sweep_;
  std::optional<net::Loop::TimerId> timer_;
  bool turning_ = false;
  bool asked_again_ = false;                                         // while a turn ran
  std::shared_ptr<Expiry*> self_ = std::make_shared<Expiry*>(this);  // null once stopped
};

}  // namespace gatehouse::server
