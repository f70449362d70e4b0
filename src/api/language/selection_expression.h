// Selection expressions: "$request.body.action", "${request.body.service}/${request.body.do}",
// "plain", "\$default". One language for the choice of routes, models, templates and integration
// responses; which variables it has depends on the place. Immutable once parsed; any thread.
// Source: docs/aws/websocket-api.md §4.1, §6.2, §6.3.
//
//   expression = { "\$" | text | "$default" | "$" variable | "${" variable "}" }
//   variable   = "request.body" path | "request.header." name | "request.querystring." name
//              | "context." name | "stageVariables." name | ["integration."] "response.statuscode"
//              | ["integration."] "response.body" path | ["integration."] "response.header." name
//   path       = { "." member | "[" digits "]" | "['" member "']" }, at least one
// Without braces a variable goes on over letters, digits, "_", "-", a dot before one of these and
// brackets. "request.multivalueheader." and "response.multivalueheader." are as "header.".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/language/json_path.h"
#include "api/language/request_view.h"
#include "gatehouse/result.h"
#include "wire/routing_reader.h"

namespace gatehouse::api {

// Where an expression stands, hence what it can read.
enum class SelectionUse {
  kRoute,     // RouteSelectionExpression: the message
  kRequest,   // of models and request templates: also headers, query, context, stage variables
  kResponse,  // of integration responses: also what the integration answered
};

class SelectionExpression {
 public:
  // Errors: kInvalidArgument with what is wrong and where.
  static Result<SelectionExpression> Parse(std::string_view text,
                                           SelectionUse use = SelectionUse::kRoute);

  // The value; what is absent is the empty string.
  std::string Evaluate(const RequestView& view) const;
  // Likewise of an expression for routes, with nothing but the message.
  std::string Evaluate(const wire::RoutingReader& reader) const;

  const std::string& text() const { return text_; }
  bool is_constant() const { return is_constant_; }  // no variable: always the same value
  bool reads_body() const;                           // the message must have been parsed
  // The member path when the expression is one variable of the message and nothing else ("action");
  // for sentences to people.
  std::string VariableName() const;

 private:
  enum class Source {
    kText,
    kBody,
    kHeader,
    kQuery,
    kContext,
    kStageVariable,
    kStatusCode,
    kResponseBody,
    kResponseHeader,
  };
  struct Part {
    Source source = Source::kText;
    std::string text;  // kText: itself; else the variable's name
    JsonPath path;     // kBody, kResponseBody
  };
  struct VariableRow;
  static const VariableRow kVariables[];

  Result<void> TakeVariable(std::string_view variable, SelectionUse use);
  void AppendPart(const Part& part, const RequestView& view, std::string& out) const;

  std::string text_;
  std::vector<Part> parts_;
  bool is_constant_ = true;
};

}  // namespace gatehouse::api
