// An invocation's JSON as the Event that handlers receive: of a route, or given directly.
// Source: docs/aws/websocket-api.md §4 (the proxy event). Plain values: no thread rules.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gatehouse/event.h"

namespace gatehouse::lambda {

// Owns what its event sees; neither moves.
class EventReader {
 public:
  // A payload whose requestContext has a connectionId and an eventType is of a route; any other one
  // was given directly. What is of another type than AWS sends is left empty.
  explicit EventReader(std::string payload);
  EventReader(const EventReader&) = delete;
  EventReader& operator=(const EventReader&) = delete;

  const Event& event() const { return event_; }

 private:
  std::string_view Keep(std::string text);
  std::string_view Text(std::string_view object, std::string_view name);
  void ReadContext(std::string_view context);
  // The pairs of a multi-value map, else of its single-value one.
  void ReadPairs(std::string_view multi, std::string_view single, std::vector<NameValue>& pairs);

  const std::string payload_;
  std::vector<std::unique_ptr<std::string>> texts_;  // decoded; they must not move
  std::vector<NameValue> headers_;
  std::vector<NameValue> query_;
  RequestContext context_;
  Event event_;
};

}  // namespace gatehouse::lambda
