// The expressions of a request with their names and values. Inside the room.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gatehouse/result.h"
#include "table/expression/expression.h"
#include "table/expression/expression_scope.h"
#include "table/expression/item_path.h"
#include "table/value/table_definition.h"
#include "table/wire/dynamodb_api_request.h"

namespace gatehouse::table {

// First all is read, then each is parsed, in AWS's order; CheckAllUsed comes last.
class RequestExpressions {
 public:
  // parameters: those that the operation has. Notes problems in the request. Legacy parameters
  // (Expected, …; dynamodb_api_legacy.h) come out as what the expressions in their place would be.
  RequestExpressions(RequestReader& request, std::initializer_list<std::string_view> parameters);

  bool Has(std::string_view parameter) const { return TextOf(parameter) != nullptr; }
  bool HasAttributesToGet() const { return legacy_projection_.has_value(); }

  // Nothing if the request has no such expression. Errors: kInvalidArgument, AWS's message.
  Result<std::optional<Condition>> ParseConditionOf(std::string_view parameter);
  Result<std::optional<Update>> ParseUpdateOf();
  Result<std::optional<Projection>> ParseProjectionOf();
  Result<void> CheckAllUsed() const { return scope_.CheckAllUsed(); }

 private:
  void ReadLegacy(RequestReader& request);
  void ReadNames(RequestReader& request);
  void ReadValues(RequestReader& request);
  const std::string* TextOf(std::string_view parameter) const;  // null: absent

  std::vector<std::string> parameters_;
  std::vector<std::pair<std::string, std::string>> texts_;
  ExpressionScope scope_;
  std::optional<Condition> legacy_condition_;
  std::optional<Update> legacy_update_;
  std::optional<Projection> legacy_projection_;
};

}  // namespace gatehouse::table
