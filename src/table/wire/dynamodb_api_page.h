// What Query and Scan share on the wire: members, expressions, pages as JSON. Inside the room.
#pragma once

#include <optional>
#include <string>

#include "table/operation/page_plan.h"
#include "table/wire/dynamodb_api_body.h"
#include "table/wire/dynamodb_api_call.h"
#include "table/wire/dynamodb_api_expressions.h"

namespace gatehouse::table {

struct PageCall {
  std::string table_name;
  std::optional<std::string> index_name;
  std::size_t limit = 0;
  std::optional<Item> start_key;
  std::string select;  // empty: not given
  bool consistent = false;
  PageExpressions expressions;
  ReturnConsumedCapacity capacity = ReturnConsumedCapacity::kNone;
};
PageCall ReadPageCall(RequestReader& request, bool is_query);

// Problems of Select beside a projection.
void CheckSelect(const PageCall& page, const RequestExpressions& expressions,
                 RequestReader& request);

// FilterExpression and ProjectionExpression, after which every name and value must have been used.
Result<void> ReadPageExpressions(RequestExpressions& expressions, PageCall& page);

// What Select asks of an index; a local one may have to read its table.
Result<void> CheckSelectOfIndex(const PageCall& page, PageRead& read);

// Reads the page and answers the call.
void AnswerPage(ApiCall call, PageCall page, PageRead read);

}  // namespace gatehouse::table
