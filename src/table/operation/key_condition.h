// What a Query says of keys, whether as KeyConditionExpression or as the older KeyConditions, and
// the rows that it means. Plain functions: no thread rules. Source: docs/aws/dynamodb.md §4.7.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gatehouse/handler.h"
#include "gatehouse/item.h"
#include "gatehouse/result.h"
#include "store/transaction.h"
#include "table/expression/expression.h"
#include "table/operation/table_catalogue.h"

namespace gatehouse::table {

struct KeyCondition {
  enum class Operator {
    kEqual,
    kLess,
    kLessEqual,
    kGreater,
    kGreaterEqual,
    kBetween,     // value and upper, both within
    kBeginsWith,  // not of numbers
  };
  std::string attribute;
  Operator op = Operator::kEqual;
  AttributeValue value = {};
  AttributeValue upper = {};
};
using KeyConditions = std::vector<KeyCondition>;  // at most one for an attribute

// From a parsed KeyConditionExpression. Errors of all: kInvalidArgument, AWS's message.
Result<KeyConditions> KeyConditionsOf(const Condition& condition);

// From the text, with what its names and values stand for; that others are unused is no error.
Result<KeyConditions> ParseKeyConditions(std::string_view text, ExpressionNames names, Item values);

struct KeyRange {
  std::string partition;   // every row key of the partition begins so
  store::ScanRange range;  // unbounded in rows and bytes
};
Result<KeyRange> KeyRangeOf(const KeyShape& key, const KeyConditions& conditions);

// Goes on behind a start key, which has exactly the keys of table and index. Its numbers become
// canonical. `within` is what the page may visit, as KeyRangeOf or a segment says.
Result<void> StartBehind(const TableEntry& table, const IndexEntry* index, Item& start_key,
                         KeyRange& within);

// The row key that an item or start key has in the index, or in the table if that is null.
Result<std::string> StartRowKey(const TableEntry& table, const IndexEntry* index, Item& start_key);

}  // namespace gatehouse::table
