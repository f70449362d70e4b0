// The mapping templates of an integration's request or of one of its responses, and which of them
// a message takes. Immutable once compiled; any thread. Source: docs/aws/websocket-api.md §6.2,
// §6.3.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "api/language/mapping_template.h"
#include "api/language/selection_expression.h"
#include "gatehouse/result.h"

namespace gatehouse::api {

class TemplateSet {
 public:
  // expression: a TemplateSelectionExpression, or empty.
  // Errors: those of MappingTemplate::Compile and SelectionExpression::Parse; the sentence names
  // the template's key.
  static Result<TemplateSet> Compile(const std::map<std::string, std::string>& templates,
                                     const std::string& expression, SelectionUse use);

  // By the expression's value, else $default. Without an expression: $default, else
  // application/json (as AWS's own example has it), else the only one there is. Null: none fits.
  const MappingTemplate* Choose(const RequestView& view) const;

  bool empty() const { return templates_.empty(); }
  bool reads_body() const { return expression_ && expression_->reads_body(); }

 private:
  const MappingTemplate* Find(const std::string& key) const;

  std::optional<SelectionExpression> expression_;
  std::map<std::string, MappingTemplate> templates_;
};

}  // namespace gatehouse::api
