// The record of an asynchronous invocation that a destination gets. Pure functions.
// Source: Lambda developer guide, "Capturing records of asynchronous invocations".
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "function/define/outcome.h"

namespace gatehouse::function {

struct EventRecordFacts {
  base::Millis time{0};
  std::string request_id;
  std::string function_arn;    // with its qualifier
  std::string_view condition;  // "Success", "RetriesExhausted", "EventAgeExceeded"
  int invocations = 1;
};

// payload: JSON. The answer of a function that was not started has no responseContext.
std::string EventRecord(const EventRecordFacts& facts, std::string_view payload,
                        const Outcome& outcome);

}  // namespace gatehouse::function
