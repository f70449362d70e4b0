// Route selection expressions: "$request.body.action",
// "${request.body.service}/${request.body.do}", "plain". Immutable once parsed; any thread. Source:
// spec/websocket-api.md §4.1.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gatehouse/result.h"
#include "wire/routing_reader.h"

namespace gatehouse::api {

class SelectionExpression {
 public:
  // Errors: kInvalidArgument with what is wrong and where.
  static Result<SelectionExpression> Parse(std::string_view text);

  // The value for the message that `reader` has parsed; what is absent is the empty string.
  std::string Evaluate(const wire::RoutingReader& reader) const;

  const std::string& text() const { return text_; }
  bool is_constant() const;  // no variable: every message takes the same route
  // The member path when the expression is one variable and nothing else ("action"); for sentences
  // to people.
  std::string VariableName() const;

 private:
  struct Part {
    std::string literal;
    std::vector<std::string> body_path;  // not empty: a variable
  };
  std::string text_;
  std::vector<Part> parts_;
};

}  // namespace gatehouse::api
