// Introduces event and function to each other: rules and schedules call functions. The first loop's
// thread only.
#pragma once

#include <string>

#include "event/surroundings.h"
#include "function/invoke/functions.h"
#include "server/access/iam.h"

namespace gatehouse::server {

class FunctionSender final : public event::FunctionCaller {
 public:
  // Before the first Send; outlives this.
  void Use(function::Functions& functions) { functions_ = &functions; }
  void Send(const std::string& function, std::string payload,
            base::UniqueFunction<void(Result<void>)> accepted,
            base::UniqueFunction<void()> ended) override;

 private:
  function::Functions* functions_ = nullptr;
};

// Rules by the function's own policy, schedules by their role's.
class EventPermissions final : public event::InvokePermissions {
 public:
  explicit EventPermissions(Iam& iam) : iam_(iam) {}
  Result<void> MayInvoke(const event::InvokeQuestion& question) override;

 private:
  Iam& iam_;
};

}  // namespace gatehouse::server
