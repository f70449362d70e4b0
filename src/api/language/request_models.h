// The models that validate a route's messages. Immutable once compiled; any thread.
// Source: docs/aws/websocket-api.md §4.3 ("Invalid request body"), §12 (Route, Model).
#pragma once

#include <map>
#include <memory>
#include <string>

#include "api/language/json_schema.h"
#include "api/language/selection_expression.h"
#include "gatehouse/result.h"

namespace gatehouse::api {

class RequestModels {
 public:
  // expression: ModelSelectionExpression; models: its values, or $default → a schema's text.
  // Errors: those of SelectionExpression::Parse and JsonSchema::Compile.
  static Result<std::shared_ptr<const RequestModels>> Compile(
      const std::string& expression, const std::map<std::string, std::string>& models);

  // Whether the model that the message selects, else $default, accepts it; with neither, no.
  bool Accept(const RequestView& view, std::string_view message) const;

  bool reads_body() const { return expression_.reads_body(); }

 private:
  explicit RequestModels(SelectionExpression expression) : expression_(std::move(expression)) {}

  SelectionExpression expression_;
  std::map<std::string, JsonSchema> schemas_;
};

}  // namespace gatehouse::api
