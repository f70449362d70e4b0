// The parameters from before expressions, made into what expressions are made into: Expected and
// filters into a Condition, AttributeUpdates into an Update, AttributesToGet into a Projection,
// KeyConditions into the Condition that a KeyConditionExpression would be. Inside the room.
// Source: docs/aws/dynamodb.md §5.7; Developer Guide, "Legacy conditional parameters".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gatehouse/result.h"
#include "table/expression/expression.h"
#include "table/wire/dynamodb_api_request.h"

namespace gatehouse::table {

// What the parameters say, problems noted in the request; nothing if it has none of the name.
// Conditions are combined by ConditionalOperator, which is AND unless it says OR.
std::optional<Condition> ReadExpected(RequestReader& request);
// parameter: "ScanFilter" or "QueryFilter".
std::optional<Condition> ReadLegacyFilter(RequestReader& request, std::string_view parameter);
std::optional<Update> ReadAttributeUpdates(RequestReader& request);
std::optional<Projection> ReadAttributesToGet(RequestReader& request);

// One or two conditions, EQ of the partition key among them; which key is which is the caller's
// to see, as with a parsed KeyConditionExpression: a comparison, BETWEEN or begins_with, or an AND
// of two of them.
std::optional<Condition> ReadKeyConditions(RequestReader& request);

// The names of the legacy parameters of an operation that a request has, in AWS's order. with: the
// expressions the operation takes.
std::vector<std::string> LegacyParametersOf(const RequestReader& request,
                                            const std::vector<std::string>& with);

}  // namespace gatehouse::table
