#include "api/stage/mock_integration.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "wire/json_cursor.h"

namespace gatehouse::api {
namespace {

InvokeOutcome Refused(std::string why) { return {InvokeOutcome::kRefused, {}, std::move(why)}; }

// The statusCode of what a request template gave: an integer, or one in quotes.
std::optional<int> StatusCodeOf(std::string_view json) {
  constexpr wire::JsonSyntax kLenient = wire::JsonSyntax::kLenient;
  std::optional<wire::JsonValue> root = wire::ReadJson(json, kLenient);
  if (!root) return std::nullopt;
  std::optional<wire::JsonValue> value = wire::FindMember(*root, "statusCode", kLenient);
  if (!value) return std::nullopt;
  std::string text;
  wire::AppendJsonAsText(*value, kLenient, text);
  int status = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), status);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return status >= 100 && status <= 599 ? std::optional(status) : std::nullopt;
}

}  // namespace

Result<std::shared_ptr<const MockIntegration>> MockIntegration::Compile(
    const MockDefinition& definition) {
  auto mock = std::make_shared<MockIntegration>();
  auto requests =
      TemplateSet::Compile(definition.request_templates, definition.template_selection_expression,
                           SelectionUse::kRequest);
  if (!requests) return requests.error();
  mock->request_templates_ = *std::move(requests);
  mock->passthrough_behavior_ = definition.passthrough_behavior;
  mock->reads_body_ = mock->request_templates_.reads_body();
  for (const IntegrationResponseDefinition& given : definition.responses) {
    Response response;
    if (given.key != "$default") {
      Result<Pattern> pattern = Pattern::Compile(given.key.substr(1, given.key.size() - 2));
      if (!pattern) return pattern.error();
      response.pattern = *std::move(pattern);
    }
    auto templates = TemplateSet::Compile(given.templates, given.template_selection_expression,
                                          SelectionUse::kResponse);
    if (!templates) {
      return Error{templates.error().code, fmt::format("integration response {}, {}", given.key,
                                                       templates.error().message)};
    }
    response.templates = *std::move(templates);
    mock->reads_body_ = mock->reads_body_ || response.templates.reads_body();
    mock->responses_.push_back(std::move(response));
  }
  return std::shared_ptr<const MockIntegration>(std::move(mock));
}

Result<std::string> MockIntegration::RenderRequest(const RequestView& view) const {
  std::string_view message = view.event->body;
  if (const MappingTemplate* chosen = request_templates_.Choose(view)) {
    return chosen->Render(view, message);
  }
  bool passes = passthrough_behavior_ != "NEVER" &&
                (passthrough_behavior_ != "WHEN_NO_TEMPLATES" || request_templates_.empty());
  if (passes) return std::string(message);
  return Error{ErrorCode::kUnsupported,
               fmt::format("no request template fits the message, and PassthroughBehavior is {}",
                           passthrough_behavior_)};
}

// The first that matches the status, else $default.
const MockIntegration::Response* MockIntegration::ChooseResponse(const RequestView& view) const {
  std::string status = std::to_string(view.status_code);
  const Response* otherwise = nullptr;
  for (const Response& response : responses_) {
    if (!response.pattern) {
      otherwise = &response;
    } else if (response.pattern->MatchesWhole(status)) {
      return &response;
    }
  }
  return otherwise;
}

InvokeOutcome MockIntegration::RenderResponse(const RequestView& view, int status) const {
  const Response* response = ChooseResponse(view);
  if (!response) {
    return Refused(fmt::format("the MOCK integration has no response for status {}", status));
  }
  const MappingTemplate* chosen = response->templates.Choose(view);
  if (!chosen) return {InvokeOutcome::kAnswered, {status, std::nullopt, {}}, {}};
  Result<std::string> body = chosen->Render(view, view.integration_body);
  if (!body) return Refused(std::move(body).error().message);
  return {InvokeOutcome::kAnswered, {status, *std::move(body), {}}, {}};
}

InvokeOutcome MockIntegration::Run(RequestView view, bool two_way) const {
  Result<std::string> request = RenderRequest(view);
  if (!request) {
    bool is_connect = view.event->request_context->event_type == "CONNECT";
    if (is_connect && request.error().code == ErrorCode::kUnsupported) {
      return {InvokeOutcome::kAnswered, {415, std::nullopt, {}}, {}};
    }
    return Refused(std::move(request).error().message);
  }
  std::optional<int> status = StatusCodeOf(*request);
  if (!status) {
    const char* what = request_templates_.Choose(view)
                           ? "request template gave"
                           : "request is the message, as no template fits, and that is";
    return Refused(
        fmt::format("the MOCK integration's {} no JSON with a statusCode that is an "
                    "integer from 100 to 599",
                    what));
  }
  view.status_code = *status;
  view.integration_body = *request;
  if (two_way) return RenderResponse(view, *status);
  return {InvokeOutcome::kAnswered, {*status, std::nullopt, {}}, {}};
}

}  // namespace gatehouse::api
