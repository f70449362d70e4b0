// What this room asks of the others; `server` introduces them. Loop thread only.
#pragma once

#include <string>
#include <string_view>

#include "base/function.h"
#include "gatehouse/result.h"

namespace gatehouse::event {

// Whoever runs functions.
class FunctionCaller {
 public:
  virtual ~FunctionCaller() = default;
  // Hands an event over as Lambda's asynchronous Invoke does. accepted comes once, during the call
  // or later; ended, if it was accepted, once its run and all retries are over. Neither comes after
  // the end of the loop. Errors: kNotFound, kInvalidArgument, kPayloadTooLarge, kLimitExceeded (try
  // later), kUnavailable (likewise).
  virtual void Send(const std::string& function, std::string payload,
                    base::UniqueFunction<void(Result<void>)> accepted,
                    base::UniqueFunction<void()> ended) = 0;
};

// Whether a rule or a schedule may call a function: a rule by the function's resource policy, a
// schedule by the policies of its role.
struct InvokeQuestion {
  std::string_view service;     // "events.amazonaws.com", "scheduler.amazonaws.com"
  std::string_view source_arn;  // the rule's or the schedule's
  std::string_view role_arn;    // of the schedule's target, or of the rule's if it has one
  std::string_view function_arn;
};
class InvokePermissions {
 public:
  virtual ~InvokePermissions() = default;
  // Error: kForbidden, with a sentence for the log.
  virtual Result<void> MayInvoke(const InvokeQuestion& question) = 0;
};

// Everything is allowed.
class AllowAll final : public InvokePermissions {
 public:
  Result<void> MayInvoke(const InvokeQuestion&) override { return {}; }
};

}  // namespace gatehouse::event
