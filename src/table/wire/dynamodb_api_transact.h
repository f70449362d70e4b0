// What TransactWriteItems and TransactGetItems share: their lists, and how they are cancelled.
// Inside the room. Source: docs/aws/dynamodb.md §4.8.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/function.h"
#include "gatehouse/item.h"
#include "table/wire/dynamodb_api_call.h"

namespace gatehouse::table {

inline constexpr std::size_t kTransactItemsMax = 100;
inline constexpr std::size_t kTransactBytesMax = 4 << 20;  // item sizes

// Calls each(reader) for every member of TransactItems, whose problems go to the request.
void ReadTransactItems(RequestReader& request, base::UniqueFunction<void(RequestReader&)> each);

// Why one action of a cancelled transaction stands in its way; no code: it does not.
struct CancellationReason {
  std::string code = {};
  std::string message = {};
  std::optional<Item> item = {};
};
using CancellationReasons = std::vector<CancellationReason>;

// One action of count is invalid; of the others nothing is known.
CancellationReasons OneInvalid(std::size_t count, std::size_t index, std::string message);

// Answers TransactionCanceledException.
void FailCanceled(ApiCall& call, const CancellationReasons& reasons);

Error MultipleOperationsOnOneItem();

}  // namespace gatehouse::table
