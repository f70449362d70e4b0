#include "event/bus.h"

namespace gatehouse::event {

constexpr std::string_view kRule = "rule/";

Bus::Bus(const Catalogue& catalogue, Deliveries& deliveries)
    : catalogue_(catalogue), deliveries_(deliveries) {
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
    if (const Rule* rule = catalogue_.FindRule(name)) {
      deliveries_.DeliverToTargets(*rule, event, false);
    }
  }
}

}  // namespace gatehouse::event
