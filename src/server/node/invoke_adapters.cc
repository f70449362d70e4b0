#include "server/node/invoke_adapters.h"

#include <memory>
#include <utility>

#include <fmt/format.h>

#include "api/serve/event_json.h"
#include "api/serve/proxy_result.h"
#include "aws/arn.h"

namespace gatehouse::server {
namespace {

using Known = RouteKnown;

// What waits for a process leaves when its caller has, who is to hear of his own time-out first.
constexpr base::Millis kWaitLonger{100};

std::shared_ptr<Known> NewKnown(const api::InvokeTarget& target) {
  auto known = std::make_shared<Known>();
  if (target.time_max.count() > 0) known->wait_max = target.time_max + kWaitLonger;
  return known;
}

Known& KnownOf(api::InvokeTarget& target) {
  if (!target.known) target.known = NewKnown(target);
  return *static_cast<Known*>(target.known.get());
}

// Beside the way that messages take.
[[gnu::noinline]] void Refuse(const RouteKnown& known, api::InvokeDone done) {
  done({api::InvokeOutcome::kRefused, {}, known.refusal});
}

api::InvokeOutcome ToApi(function::Outcome&& outcome) {
  if (outcome.kind == function::Outcome::kRefused) {
    bool is_stopping = outcome.refusal == ErrorCode::kUnavailable;
    return {api::InvokeOutcome::kRefused, {}, std::move(outcome.error), is_stopping};
  }
  if (outcome.payload) {  // of a process
    return api::ReadProxyResult(*outcome.payload, outcome.function_error);
  }
  if (outcome.kind == function::Outcome::kFailed) {
    return {api::InvokeOutcome::kFailed, {}, std::move(outcome.error)};
  }
  int status = outcome.answer.status_code;
  if (status < 100 || status > 599) {  // as in an answer of a process
    return {api::InvokeOutcome::kFailed,
            {},
            fmt::format("the function's result is malformed: statusCode is {}", status)};
  }
  return {api::InvokeOutcome::kAnswered, std::move(outcome.answer), {}};
}

}  // namespace

void FunctionInvoker::Invoke(api::InvokeTarget& target, const Event& event, api::InvokeDone done) {
  RouteKnown& known = KnownOf(target);
  if (known.asked != functions_.catalogue().version() + iam_.version()) {
    if (!Ask(target, event, known)) return Refuse(known, std::move(done));
  }
  functions_.Invoke(target.function_name, known, event,
                    [done = std::move(done)](function::Outcome&& outcome) mutable {
                      done(ToApi(std::move(outcome)));
                    });
}

// As API Gateway does: as the integration's role, else by the function's own policy.
bool FunctionInvoker::Ask(const api::InvokeTarget& target, const Event& event, RouteKnown& known) {
  // A version or an alias is the function as it is, if somebody has made it.
  if (!target.qualifier.empty() &&
      !functions_.catalogue().HasQualifier(target.function_name, target.qualifier)) {
    known.asked = RouteKnown::kNever;
    known.refusal = fmt::format("function {} has no alias or version {}", target.function_name,
                                target.qualifier);
    return false;
  }
  const std::uint64_t version = functions_.catalogue().version() + iam_.version();
  const IamOptions& options = iam_.options();
  const RequestContext& context = *event.request_context;
  std::string source =
      aws::ExecuteApiArn(options.region, options.account_id, context.api_id, context.stage);
  source.append("/").append(context.route_key);
  Result<void> may = iam_.MayInvoke("apigateway.amazonaws.com", source, target.credentials_arn,
                                    target.function_name);
  known.asked = may ? version : RouteKnown::kNever;
  if (!may) known.refusal = std::move(may).error().message;
  return may.has_value();
}

bool FunctionInvoker::IsProcess(api::InvokeTarget& target) {
  return functions_.IsProcess(target.function_name, KnownOf(target));
}

std::string StageEventWriter::Write(const Event& event) {
  std::string text;
  const api::StagePlace* place =
      stages_.Find(event.request_context->api_id, event.request_context->stage);
  // A stage that has gone is still in its place while its connections' $disconnect runs.
  if (place) api::AppendEventJson(text, event, *place->current);
  return text;
}

}  // namespace gatehouse::server
