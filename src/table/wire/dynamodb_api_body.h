// Answers as JSON text. Plain values: no thread rules.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gatehouse/item.h"
#include "table/value/table_definition.h"
#include "table/wire/dynamodb_api.h"
#include "table/wire/dynamodb_api_request.h"

namespace gatehouse::table {

// Writes the members of one object.
class BodyWriter {
 public:
  std::string& Member(std::string_view name);  // its value is appended to what this returns
  void Member(std::string_view name, const Item& item);
  void Text(std::string_view name, std::string_view text);
  void Number(std::string_view name, std::int64_t number);
  std::string Finish() { return std::move(out_) + "}"; }

 private:
  std::string out_ = "{";
};

enum class ReturnConsumedCapacity { kNone, kTotal, kIndexes };
ReturnConsumedCapacity ReadReturnConsumedCapacity(RequestReader& request);

// Capacity comes in halves of a unit. A read: 4 KB a unit, halved unless it is consistent; a
// write: 1 KB a unit. An absent item counts as one unit.
std::size_t ReadHalfUnits(std::size_t bytes, bool consistent);
std::size_t WriteHalfUnits(std::size_t bytes);
std::string CapacityUnits(std::size_t half_units);  // as AWS prints it: "0.5", "1.0"
void AppendCapacity(BodyWriter& body, ReturnConsumedCapacity wanted, std::string_view table,
                    std::size_t half_units);

// Likewise of an operation that touches indexes, too.
struct IndexCapacity {
  std::string_view name;
  bool global = true;
  std::size_t half_units = 0;
};
std::string CapacityAsJson(ReturnConsumedCapacity wanted, std::string_view table,
                           std::size_t table_half_units, const std::vector<IndexCapacity>& indexes);

// A TableDescription; status is "ACTIVE", "CREATING" or "DELETING".
std::string DescribeAsJson(const TableDefinition& definition, const ApiOptions& options,
                           std::string_view status);

}  // namespace gatehouse::table
