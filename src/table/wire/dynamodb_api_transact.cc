#include "table/wire/dynamodb_api_transact.h"

#include <utility>

#include "gatehouse/json.h"
#include "table/value/java_text.h"
#include "table/wire/dynamodb_api_body.h"

namespace gatehouse::table {

void ReadTransactItems(RequestReader& request, base::UniqueFunction<void(RequestReader&)> each) {
  const boost::json::array* list = request.Array("TransactItems");
  if (!list) {
    if (!request.Has("TransactItems")) {
      request.Constraint(std::nullopt, "transactItems", "Member must not be null");
    }
    return;
  }
  if (list->empty()) {
    request.Constraint("[]", "transactItems", "Member must have length greater than or equal to 1");
  }
  if (list->size() > kTransactItemsMax) {
    return request.Constraint(JavaText(*list), "transactItems",
                              "Member must have length less than or equal to 100");
  }
  std::size_t position = 0;
  for (const boost::json::value& element : *list) {
    ++position;
    const auto* object = element.if_object();
    if (!object) {
      request.problems().Serialization(CannotConvert(element, "TransactItem"));
      continue;
    }
    RequestReader reader(*object, "transactItems." + std::to_string(position) + ".member");
    each(reader);
    request.Absorb(reader);
  }
}

CancellationReasons OneInvalid(std::size_t count, std::size_t index, std::string message) {
  CancellationReasons reasons(count);
  reasons[index] = {.code = "ValidationError", .message = std::move(message)};
  return reasons;
}

void FailCanceled(ApiCall& call, const CancellationReasons& reasons) {
  std::string codes;
  std::string list = "[";
  for (const CancellationReason& reason : reasons) {
    const std::string code = reason.code.empty() ? "None" : reason.code;
    codes += (codes.empty() ? "" : ", ") + code;
    BodyWriter body;
    body.Text("Code", code);
    if (reason.item) body.Member("Item", *reason.item);
    if (!reason.message.empty()) body.Text("Message", reason.message);
    list += (list.size() > 1 ? "," : "") + body.Finish();
  }
  call.Fail(ApiError::kTransactionCanceled,
            "Transaction cancelled, please refer cancellation reasons for specific reasons [" +
                codes + "]",
            R"("CancellationReasons":)" + list + "]");
}

Error MultipleOperationsOnOneItem() {
  return {ErrorCode::kInvalidArgument,
          "Transaction request cannot include multiple operations on one item"};
}

}  // namespace gatehouse::table
