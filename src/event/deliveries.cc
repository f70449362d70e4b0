#include "event/deliveries.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "event/input.h"

namespace gatehouse::event {

struct Deliveries::Try {
  Delivery delivery;
  std::string function;
  std::chrono::nanoseconds began{};
  std::chrono::seconds delay{};
  int attempt = 0;
};

void Deliveries::DeliverToTargets(const Rule& rule, const std::string& event, bool recurs) {
  const std::string arn = RuleArn(place_, rule.name);
  for (const Target& target : rule.targets) {
    Result<std::string> input = InputOf(target, event, {arn, rule.name, loop_.WallNow()});
    if (!input) {
      log_.Warning("an event was not delivered: " + input.error().message,
                   {{"source", arn}, {"target", target.id}});
      continue;
    }
    Deliver({"events.amazonaws.com", arn, target.role_arn, target.arn,
             target.retry.value_or(RetryPolicy{}), recurs ? arn + "/" + target.id : "",
             [input = *std::move(input)](int) { return input; }});
  }
}

void Deliveries::Deliver(Delivery delivery) {
  std::optional<std::string> function = FunctionOf(place_, delivery.function_arn);
  if (!function) {
    return log_.Warning(
        "an event cannot be delivered: its function is not of this region and "
        "account",
        {{"source", delivery.source_arn}, {"function", delivery.function_arn}});
  }
  Result<void> may = permissions_.MayInvoke(
      {delivery.service, delivery.source_arn, delivery.role_arn, delivery.function_arn});
  if (!may) {
    return log_.Warning("an event is not delivered: " + may.error().message,
                        {{"source", delivery.source_arn}, {"function", *function}});
  }
  if (!Enter(delivery.schedule_key, delivery.source_arn)) return;
  auto one = std::make_shared<Try>();
  one->delivery = std::move(delivery);
  one->function = *std::move(function);
  one->began = loop_.Now();
  one->delay = options_.delay_first;
  Send(one);
}

bool Deliveries::Enter(const std::string& key, const std::string& source_arn) {
  if (key.empty()) return true;
  Load& load = loads_[key];
  if (load.unfinished < options_.unfinished_max) {
    ++load.unfinished;
    return true;
  }
  if (load.left_out++ == 0) {
    log_.Warning(fmt::format("a schedule is faster than its function: {} of its events have not "
                             "ended, the next ones are left out until one has",
                             load.unfinished),
                 {{"source", source_arn}});
  }
  return false;
}

void Deliveries::Leave(const std::string& key) {
  auto found = loads_.find(key);
  if (key.empty() || found == loads_.end()) return;
  Load& load = found->second;
  if (load.left_out > 0) {
    log_.Warning(fmt::format("a schedule goes on; {} of its events were left out", load.left_out),
                 {{"schedule", key}});
    load.left_out = 0;
  }
  if (--load.unfinished == 0) loads_.erase(found);
}

void Deliveries::Send(const std::shared_ptr<Try>& one) {
  ++one->attempt;
  functions_.Send(
      one->function, one->delivery.payload(one->attempt),
      [this, one](const Result<void>& accepted) { OnAnswer(one, accepted); },
      [this, key = one->delivery.schedule_key] { Leave(key); });
}

void Deliveries::OnAnswer(const std::shared_ptr<Try>& one, const Result<void>& accepted) {
  if (accepted) return;
  const Error& error = accepted.error();
  bool later = error.code == ErrorCode::kLimitExceeded || error.code == ErrorCode::kUnavailable;
  const RetryPolicy& retry = one->delivery.retry;
  bool again = later && one->attempt <= retry.attempts_max && waiting_ < options_.waiting_max &&
               loop_.Now() - one->began + one->delay <= retry.age_max;
  if (!again) return GiveUp(*one, error.message);
  ++waiting_;
  loop_.After(one->delay, [this, one] {
    --waiting_;
    Send(one);
  });
  one->delay = std::min(one->delay * 2, options_.delay_max);
}

void Deliveries::GiveUp(const Try& one, const std::string& why) {
  log_.Warning("an event was not delivered: " + why, {{"source", one.delivery.source_arn},
                                                      {"function", one.function},
                                                      {"attempts", std::int64_t{one.attempt}}});
  Leave(one.delivery.schedule_key);
}

}  // namespace gatehouse::event
