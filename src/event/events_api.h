// EventBridge's HTTP API (JSON 1.1, X-Amz-Target AWSEvents.…) on rules and the default bus. Loop
// thread only. Who asks, and whether he may, was decided before.
//
// Sources: EventBridge API reference; botocore's model events/2015-10-07.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "event/bus.h"
#include "event/catalogue.h"
#include "net/loop/loop.h"
#include "wire/service.h"

namespace gatehouse::event {

class EventsApi {
 public:
  // A PutEvents has 256 KB of entries, whose escapes in JSON are more.
  static constexpr std::size_t kBodyBytesMax = 4 * 1024 * 1024;

  // All must outlive this and the last answer.
  EventsApi(Catalogue& catalogue, Bus& bus, net::Loop& loop, base::Random& random, Place place)
      : catalogue_(catalogue), bus_(bus), loop_(loop), random_(random), place_(std::move(place)) {}

  void Handle(const wire::ServiceRequest& request, wire::ServiceDone done);

  // Every operation that Handle knows, and the one that X-Amz-Target names; empty: none.
  static std::vector<std::string_view> Operations();
  static std::string_view OperationOf(std::string_view target);

  struct Call;

 private:
  using CallPtr = std::shared_ptr<Call>;
  using Verb = void (EventsApi::*)(CallPtr);
  struct Row;
  static const Row kRows[];

  void PutRule(CallPtr call);
  void DescribeRule(CallPtr call);
  void DeleteRule(CallPtr call);
  void EnableRule(CallPtr call);
  void DisableRule(CallPtr call);
  void ListRules(CallPtr call);
  void PutTargets(CallPtr call);
  void RemoveTargets(CallPtr call);
  void ListTargetsByRule(CallPtr call);
  void ListRuleNamesByTarget(CallPtr call);
  void ListTagsForResource(CallPtr call);
  void PutEvents(CallPtr call);
  void TestEventPattern(CallPtr call);
  void ListEventBuses(CallPtr call);
  void DescribeEventBus(CallPtr call);

  void SetState(CallPtr call, bool enabled);

  Catalogue& catalogue_;
  Bus& bus_;
  net::Loop& loop_;
  base::Random& random_;
  const Place place_;
};

}  // namespace gatehouse::event
