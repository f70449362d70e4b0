#include "server/event_adapters.h"

#include <utility>

namespace gatehouse::server {

void FunctionSender::Send(const std::string& function, std::string payload,
                          base::UniqueFunction<void(Result<void>)> accepted,
                          base::UniqueFunction<void()> ended) {
  functions_->Send(function, std::move(payload), {}, std::move(accepted), std::move(ended));
}

Result<void> RolePermissions::MayInvoke(const event::InvokeQuestion& question) {
  constexpr std::string_view kFunction = ":function:";
  std::string_view name = question.function_arn;
  if (std::size_t at = name.find(kFunction); at != name.npos) {
    name.remove_prefix(at + kFunction.size());
  }
  return iam_.MayInvoke(question.service, question.source_arn, question.role_arn,
                        name.substr(0, name.find(':')));
}

}  // namespace gatehouse::server
