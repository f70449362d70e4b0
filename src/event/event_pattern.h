// An event pattern: which events a rule wants. Immutable; any thread.
// Source: EventBridge user guide, "Comparison operators for use in event patterns";
// aws/event-ruler's README for what the guide leaves open.
#pragma once

#include <memory>
#include <string_view>

#include "gatehouse/result.h"

namespace gatehouse::event {

class EventPattern {
 public:
  // Errors: kInvalidArgument with AWS's reason.
  static Result<EventPattern> Parse(std::string_view text);

  // Whether an event, a JSON object, fits. Text that is none fits nothing.
  bool Matches(std::string_view event) const;

  struct Node;

 private:
  explicit EventPattern(std::shared_ptr<const Node> root) : root_(std::move(root)) {}
  std::shared_ptr<const Node> root_;
};

}  // namespace gatehouse::event
