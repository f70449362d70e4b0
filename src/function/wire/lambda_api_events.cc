// PutFunctionEventInvokeConfig and its relatives.
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "aws/arn.h"
#include "function/define/identifiers.h"
#include "function/wire/lambda_call.h"

namespace gatehouse::function {
namespace {

namespace bj = boost::json;

// Reads a whole number between bounds. Error: AWS's sentence.
Result<void> ReadNumber(const bj::object& from, std::string_view name, std::int64_t min,
                        std::int64_t max, std::int64_t& into) {
  const bj::value* value = from.if_contains(name);
  if (!value || value->is_null()) return {};
  if (!value->is_int64()) {
    return Error{ErrorCode::kInvalidArgument, fmt::format("{} is no whole number", name)};
  }
  into = value->get_int64();
  if (into >= min && into <= max) return {};
  return Error{
      ErrorCode::kInvalidArgument,
      fmt::format("Value '{}' at '{}' failed to satisfy constraint: Member must have value "
                  "between {} and {}",
                  into, name, min, max)};
}

Result<void> ReadDestination(const bj::object& destinations, std::string_view name,
                             std::string& into) {
  const bj::value* value = destinations.if_contains(name);
  if (!value || value->is_null()) return {};
  const bj::object* object = value->if_object();
  const bj::value* arn = object ? object->if_contains("Destination") : nullptr;
  into.clear();
  if (object && (!arn || arn->is_null())) return {};
  if (!arn || !arn->is_string() || !(arn->get_string().empty() || aws::IsArn(arn->get_string()))) {
    return Error{ErrorCode::kInvalidArgument, fmt::format("{}.Destination must be an ARN", name)};
  }
  into = arn->get_string();
  return {};
}

Result<void> ReadConfig(const bj::object& from, EventInvokeConfig& config) {
  std::int64_t retries = config.retries_max, age = config.age_max.count();
  Result<void> read =
      ReadNumber(from, "MaximumRetryAttempts", 0, EventInvokeConfig::kAttemptsMax, retries);
  if (!read) return read;
  read = ReadNumber(from, "MaximumEventAgeInSeconds", EventInvokeConfig::kAgeMin.count(),
                    EventInvokeConfig::kAgeMax.count(), age);
  if (!read) return read;
  config.retries_max = static_cast<int>(retries);
  config.age_max = std::chrono::seconds{age};
  const bj::value* destinations = from.if_contains("DestinationConfig");
  if (!destinations || destinations->is_null()) return {};
  if (!destinations->is_object()) {
    return Error{ErrorCode::kInvalidArgument, "DestinationConfig must be an object"};
  }
  read = ReadDestination(destinations->get_object(), "OnSuccess", config.on_success);
  if (!read) return read;
  return ReadDestination(destinations->get_object(), "OnFailure", config.on_failure);
}

bj::object DestinationJson(const std::string& arn) {
  bj::object out;
  if (!arn.empty()) out["Destination"] = arn;
  return out;
}

}  // namespace

std::string LambdaApi::EventInvokeJson(const std::string& function,
                                       const EventInvokeConfig& config) const {
  return bj::serialize(bj::object{
      {"LastModified", static_cast<double>(config.modified.count()) / 1000},
      {"FunctionArn", aws::FunctionArn(options_.region, options_.account_id, function, "$LATEST")},
      {"MaximumRetryAttempts", config.retries_max},
      {"MaximumEventAgeInSeconds", config.age_max.count()},
      {"DestinationConfig", bj::object{{"OnSuccess", DestinationJson(config.on_success)},
                                       {"OnFailure", DestinationJson(config.on_failure)}}}});
}

void LambdaApi::StoreEventInvoke(CallPtr call, EventInvokeConfig config) {
  std::optional<bj::object> body = call->Object();
  if (!body) return;
  if (Result<void> read = ReadConfig(*body, config); !read) return call->Refuse(read.error());
  config.modified = loop_.WallNow();
  std::string name = call->function.name;
  std::string answer = EventInvokeJson(name, config);
  functions_.catalogue().SetEventInvoke(name, std::move(config), false,
                                        [call, answer](const Result<void>& stored) {
                                          if (!stored) return call->Refuse(stored.error());
                                          call->Answer(200, answer);
                                        });
}

void LambdaApi::PutEventInvoke(CallPtr call) {
  if (FindFunction(*call)) StoreEventInvoke(std::move(call), {});
}

void LambdaApi::UpdateEventInvoke(CallPtr call) {
  const Catalogue::Function* function = FindFunction(*call);
  if (function)
    StoreEventInvoke(std::move(call), function->event_invoke.value_or(EventInvokeConfig{}));
}

void LambdaApi::GetEventInvoke(CallPtr call) {
  const Catalogue::Function* function = FindFunction(*call);
  if (!function) return;
  if (function->event_invoke) {
    return call->Answer(200, EventInvokeJson(call->function.name, *function->event_invoke));
  }
  call->Refuse(404, "ResourceNotFoundException",
               fmt::format("The function {} doesn't have an EventInvokeConfig",
                           aws::FunctionArn(options_.region, options_.account_id,
                                            call->function.name, "$LATEST")));
}

void LambdaApi::DeleteEventInvoke(CallPtr call) {
  if (!FindFunction(*call)) return;
  functions_.catalogue().SetEventInvoke(call->function.name, std::nullopt, false,
                                        [call](const Result<void>& removed) {
                                          if (!removed) return call->Refuse(removed.error());
                                          call->Answer(204, {});
                                        });
}

// There is but one, for there are no versions.
void LambdaApi::ListEventInvokes(CallPtr call) {
  const Catalogue::Function* function = FindFunction(*call);
  if (!function) return;
  std::string one;
  if (function->event_invoke) one = EventInvokeJson(call->function.name, *function->event_invoke);
  call->Answer(200, R"({"FunctionEventInvokeConfigs":[)" + one + "]}");
}

}  // namespace gatehouse::function
