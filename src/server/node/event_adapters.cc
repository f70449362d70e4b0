#include "server/node/event_adapters.h"

#include <utility>

#include "event/definition.h"

namespace gatehouse::server {

void FunctionSender::Send(const std::string& function, std::string payload,
                          base::UniqueFunction<void(Result<void>)> accepted,
                          base::UniqueFunction<void()> ended) {
  functions_->Send(function, std::move(payload), {}, std::move(accepted), std::move(ended));
}

Result<void> EventPermissions::MayInvoke(const event::InvokeQuestion& question) {
  const event::Place place{iam_.options().region, iam_.options().account_id};
  std::string function = event::FunctionOf(place, question.function_arn).value_or("");
  // AWS calls a rule's function by the function's policy, whatever role the target names.
  std::string_view role =
      question.service == "scheduler.amazonaws.com" ? question.role_arn : std::string_view();
  return iam_.MayInvoke(question.service, question.source_arn, role, function);
}

}  // namespace gatehouse::server
