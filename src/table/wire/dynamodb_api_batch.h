// What calls on several items share: the tables that RequestItems names, capacity by table. Inside
// the room.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <unordered_set>

#include "base/function.h"
#include "table/wire/dynamodb_api_body.h"
#include "table/wire/dynamodb_api_request.h"

namespace gatehouse::table {

// Calls each(table's name as asked, its value, path) for each member of RequestItems; what is wrong
// with the map itself is noted. operation: "BatchGetItem".
using EachTable = base::UniqueFunction<void(
    const std::string& name, const boost::json::value& value, const std::string& path)>;
void ReadRequestItems(RequestReader& request, std::string_view operation, EachTable each);

// "arn:…:table/chat" → "chat"
std::string TableNameOf(std::string_view name_or_arn);

// Whether items are named twice: by table and key.
class SeenItems {
 public:
  bool Add(std::string_view table, std::string_view row_key);  // false: it has been there

 private:
  std::unordered_set<std::string> seen_;
};

// Half units by table, as it was asked for. A list in the answer: of batches; of transactions also
// with "ReadCapacityUnits" or "WriteCapacityUnits", which is `kind`.
using CapacityByTable = std::map<std::string, std::size_t>;
void AppendCapacities(BodyWriter& body, ReturnConsumedCapacity wanted,
                      const CapacityByTable& half_units, std::string_view kind = {});

}  // namespace gatehouse::table
