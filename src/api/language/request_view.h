// What selection expressions and mapping templates may read while a request passes through a
// route: views only, for the time of one evaluation. Source: docs/aws/websocket-api.md §4.1, §6.2.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "gatehouse/event.h"
#include "wire/routing_reader.h"

namespace gatehouse::api {

struct RequestView {
  // The message as it was parsed; null when it is no JSON object, or there is none.
  const wire::RoutingReader* body = nullptr;
  // Request context, headers, query and the message's text; null: before there is one.
  const Event* event = nullptr;
  const std::map<std::string, std::string>* stage_variables = nullptr;
  // What the integration answered; 0 and empty before it has.
  int status_code = 0;
  std::string_view integration_body;
};

// Whether events have such a context variable ("connectionId", "identity.sourceIp",
// "authorizer.x"): those of mapping templates, and no others.
bool IsContextVariable(std::string_view name);

// Appends its value; nothing for one that this event has not.
void AppendContextVariable(const RequestView& view, std::string_view name, std::string& out);

// Likewise of a stage variable.
void AppendStageVariable(const RequestView& view, std::string_view name, std::string& out);

// Appends the last value of a header (compared without case) or query parameter of $connect; false
// if there is none.
bool AppendHeader(const RequestView& view, std::string_view name, std::string& out);
bool AppendQueryParameter(const RequestView& view, std::string_view name, std::string& out);

// Whether two names of headers are the same.
bool EqualsIgnoringCase(std::string_view a, std::string_view b);

}  // namespace gatehouse::api
