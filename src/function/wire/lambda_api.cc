#include "function/wire/lambda_api.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "aws/arn.h"
#include "aws/error.h"
#include "aws/id.h"
#include "base/encoding.h"
#include "function/define/identifiers.h"
#include "function/wire/lambda_call.h"
#include "gatehouse/json.h"
#include "wire/ascii.h"

namespace gatehouse::function {
namespace {

constexpr std::string_view kPrefix = "/2015-03-31/functions";
constexpr std::string_view kEventInvokePrefix = "/2019-09-25/functions";  // as long
static_assert(kPrefix.size() == kEventInvokePrefix.size());
constexpr std::size_t kSegmentsMax = 4;

constexpr aws::ErrorRow kErrors[] = {
    {ErrorCode::kInvalidArgument, 400, "InvalidParameterValueException"},
    {ErrorCode::kUnsupported, 400, "InvalidParameterValueException"},
    {ErrorCode::kPayloadTooLarge, 400, "InvalidParameterValueException"},
    {ErrorCode::kNotFound, 404, "ResourceNotFoundException"},
    {ErrorCode::kConflict, 409, "ResourceConflictException"},
};

// "/a/b%2Fc/" → {"a", "b/c"}; too many: what is over stays in the last.
std::vector<std::string> Segments(std::string_view path) {
  std::vector<std::string> segments;
  while (!path.empty()) {
    path.remove_prefix(1);
    std::size_t end = segments.size() + 1 < kSegmentsMax ? path.find('/') : std::string_view::npos;
    std::string_view segment = path.substr(0, end);
    if (!segment.empty()) segments.push_back(base::DecodePercent(segment));
    path.remove_prefix(segment.size());
  }
  return segments;
}

std::vector<std::pair<std::string, std::string>> Parameters(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> parameters;
  while (!query.empty()) {
    std::string_view one = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(one.size() + 1, query.size()));
    std::size_t equals = one.find('=');
    std::string_view value = equals == std::string_view::npos ? "" : one.substr(equals + 1);
    parameters.emplace_back(base::DecodePercent(one.substr(0, equals), true),
                            base::DecodePercent(value, true));
  }
  return parameters;
}

std::string_view FindIn(const std::vector<std::pair<std::string, std::string>>& pairs,
                        std::string_view name) {
  for (const auto& [key, value] : pairs) {
    if (key == name) return value;
  }
  return {};
}

}  // namespace

// A verb by method and path: how many segments follow "functions", and what the second says.
struct LambdaApi::Row {
  std::string_view method;
  std::size_t segments;
  std::string_view second;
  std::string_view name;
  Verb verb;
};

const LambdaApi::Row LambdaApi::kRows[] = {
    {"POST", 2, "invocations", "Invoke", &LambdaApi::Invoke},
    {"GET", 0, "", "ListFunctions", &LambdaApi::ListFunctions},
    {"POST", 0, "", "CreateFunction", &LambdaApi::CreateFunction},
    {"GET", 1, "", "GetFunction", &LambdaApi::GetFunction},
    {"DELETE", 1, "", "DeleteFunction", &LambdaApi::DeleteFunction},
    {"GET", 2, "configuration", "GetFunctionConfiguration", &LambdaApi::GetFunctionConfiguration},
    {"PUT", 2, "configuration", "UpdateFunctionConfiguration",
     &LambdaApi::UpdateFunctionConfiguration},
    {"PUT", 2, "code", "UpdateFunctionCode", &LambdaApi::UpdateFunctionCode},
    {"GET", 2, "policy", "GetPolicy", &LambdaApi::GetPolicy},
    {"POST", 2, "policy", "AddPermission", &LambdaApi::AddPermission},
    {"DELETE", 3, "policy", "RemovePermission", &LambdaApi::RemovePermission},
    {"PUT", 2, "event-invoke-config", "PutFunctionEventInvokeConfig", &LambdaApi::PutEventInvoke},
    {"POST", 2, "event-invoke-config", "UpdateFunctionEventInvokeConfig",
     &LambdaApi::UpdateEventInvoke},
    {"GET", 2, "event-invoke-config", "GetFunctionEventInvokeConfig", &LambdaApi::GetEventInvoke},
    {"DELETE", 2, "event-invoke-config", "DeleteFunctionEventInvokeConfig",
     &LambdaApi::DeleteEventInvoke},
    {"GET", 3, "event-invoke-config", "ListFunctionEventInvokeConfigs",
     &LambdaApi::ListEventInvokes},
};

std::vector<std::string_view> LambdaApi::Operations() {
  std::vector<std::string_view> names;
  for (const Row& row : kRows) names.push_back(row.name);
  return names;
}

const LambdaApi::Row* LambdaApi::FindRow(std::string_view method,
                                         const std::vector<std::string>& path) {
  std::string_view second = path.size() > 1 ? std::string_view(path[1]) : "";
  for (const Row& row : kRows) {
    if (row.method == method && row.segments == path.size() && row.second == second) return &row;
  }
  return nullptr;
}

LambdaPath LambdaApi::PathOf(std::string_view method, std::string_view target) {
  LambdaPath result;
  std::string_view path = target.substr(0, target.find('?'));
  if (path.size() < target.size()) result.query = Parameters(target.substr(path.size() + 1));
  std::string_view prefix = path.starts_with(kEventInvokePrefix) ? kEventInvokePrefix : kPrefix;
  result.is_ours =
      path.starts_with(prefix) && (path.size() == prefix.size() || path[prefix.size()] == '/');
  if (!result.is_ours) return result;
  result.segments = Segments(path.substr(kPrefix.size()));
  if (const Row* row = FindRow(method, result.segments)) result.operation = row->name;
  return result;
}

void LambdaApi::Handle(const wire::ServiceRequest& request, wire::ServiceDone done) {
  auto call = std::make_shared<Call>();
  call->request_id = aws::NewUuid(random_);
  call->done = std::move(done);
  LambdaPath path = PathOf(request.head.method, request.head.target);
  call->query = std::move(path.query);
  if (!path.is_ours) {
    return call->Refuse(404, "UnknownOperationException", "no operation has this path");
  }
  call->path = std::move(path.segments);
  for (const wire::HttpField& field : request.head.fields) {
    call->fields.emplace_back(wire::ToLower(field.name), field.value);
  }
  call->body = request.body;
  if (const Row* row = FindRow(request.head.method, call->path)) {
    return (this->*row->verb)(std::move(call));
  }
  std::string_view target = request.head.target;
  call->Refuse(404, "UnknownOperationException",
               fmt::format("gatehouse has no operation {} {}", request.head.method,
                           target.substr(0, target.find('?'))));
}

const Catalogue::Function* LambdaApi::FindFunction(Call& call) {
  Result<FunctionReference> reference = ParseFunctionName(call.path.at(0), call.Query("Qualifier"),
                                                          options_.region, options_.account_id);
  if (!reference) {
    call.Refuse(400, "InvalidParameterValueException", reference.error().message);
    return nullptr;
  }
  call.function = std::move(*reference);
  const Catalogue::Function* function = functions_.catalogue().Lookup(call.function.name);
  const std::string& qualifier = call.function.qualifier;
  bool latest = qualifier.empty() || qualifier == "$LATEST" ||
                functions_.catalogue().HasQualifier(call.function.name, qualifier);
  if (function && latest && !call.function.foreign) return function;
  bool whole = aws::IsArn(call.path[0]);
  call.RefuseUnknown(whole ? call.path[0]
                           : aws::FunctionArn(options_.region, options_.account_id,
                                              call.function.name, call.function.qualifier));
  return nullptr;
}

std::string_view LambdaPath::Query(std::string_view name) const { return FindIn(query, name); }

std::string_view LambdaApi::Call::Query(std::string_view name) const { return FindIn(query, name); }

std::string_view LambdaApi::Call::Field(std::string_view name) const {
  return FindIn(fields, name);
}

std::optional<boost::json::object> LambdaApi::Call::Object() {
  boost::system::error_code error;
  boost::json::value value = boost::json::parse(body, error);
  if (!error && value.is_object()) return std::move(value.get_object());
  Refuse(400, "InvalidRequestContentException",
         "Could not parse request body into json: an object was expected");
  return std::nullopt;
}

void LambdaApi::Call::Answer(int status, std::string text, Fields more) {
  wire::ServiceResponse response{status, std::move(more), std::move(text)};
  response.fields.emplace_back("Content-Type", "application/json");
  response.fields.emplace_back("x-amzn-RequestId", request_id);
  done(std::move(response));
}

void LambdaApi::Call::Refuse(int status, std::string_view name, std::string_view message) {
  Answer(status, aws::FaultErrorBody(status, message), {{"x-amzn-ErrorType", std::string(name)}});
}

void LambdaApi::Call::Refuse(const Error& error) {
  if (error.code == ErrorCode::kLimitExceeded) return RefuseThrottled();
  constexpr aws::ErrorRow kInternal{{}, 500, "ServiceException"};
  const aws::ErrorRow& row = aws::RowOf(kErrors, error.code, kInternal);
  Refuse(row.status, row.type, error.message);
}

void LambdaApi::Call::RefuseUnknown(std::string_view arn) {
  Refuse(404, "ResourceNotFoundException", "Function not found: " + std::string(arn));
}

void LambdaApi::Call::RefuseThrottled() {
  Answer(
      429,
      R"({"Reason":"ConcurrentInvocationLimitExceeded","Type":"User","message":"Rate Exceeded."})",
      {{"x-amzn-ErrorType", "TooManyRequestsException"}, {"Retry-After", "1"}});
}

}  // namespace gatehouse::function
