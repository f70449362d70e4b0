#include "event/bus.h"

#include "event/input.h"

namespace gatehouse::event {

constexpr std::string_view kRule = "rule/";

Bus::Bus(const Catalogue& catalogue, Deliveries& deliveries, net::Loop& loop, base::Log& log)
    : catalogue_(catalogue), deliveries_(deliveries), loop_(loop), log_(log) {
  for (const auto& [name, rule] : catalogue.rules()) OnChange(std::string(kRule) + name);
}

void Bus::OnChange(const std::string& document) {
  if (!document.starts_with(kRule)) return;
  std::string name = document.substr(kRule.size());
  patterns_.erase(name);
  const Rule* rule = catalogue_.FindRule(name);
  if (!rule || !rule->enabled || rule->pattern.empty()) return;
  Result<EventPattern> pattern = EventPattern::Parse(rule->pattern);
  if (pattern) patterns_.emplace(name, *std::move(pattern));
}

void Bus::Put(const std::string& event) {
  for (const auto& [name, pattern] : patterns_) {
    if (!pattern.Matches(event)) continue;
    if (const Rule* rule = catalogue_.FindRule(name)) Deliver(*rule, event);
  }
}

void Bus::Deliver(const Rule& rule, const std::string& event) {
  std::string arn = RuleArn(deliveries_.place(), rule.name);
  for (const Target& target : rule.targets) {
    Result<std::string> input = InputOf(target, event, {arn, rule.name, loop_.WallNow()});
    if (!input) {
      log_.Warning("an event was not delivered: " + input.error().message,
                   {{"source", arn}, {"target", target.id}});
      continue;
    }
    deliveries_.Deliver({"events.amazonaws.com", arn, target.role_arn, target.arn,
                         target.retry.value_or(RetryPolicy{}), "",
                         [input = *std::move(input)](int) { return input; }});
  }
}

}  // namespace gatehouse::event
