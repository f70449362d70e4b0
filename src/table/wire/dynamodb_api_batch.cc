#include "table/wire/dynamodb_api_batch.h"

#include <algorithm>
#include <utility>

#include "table/value/java_text.h"
#include "table/value/table_definition.h"

namespace gatehouse::table {
namespace {

constexpr std::string_view kRequestItems = "RequestItems";
constexpr std::size_t kTableArnBytesMax = 1024;

bool IsTableName(std::string_view name_or_arn) {
  std::string name = TableNameOf(name_or_arn);
  return name_or_arn.size() <= kTableArnBytesMax && name.size() >= kTableNameBytesMin &&
         name.size() <= kTableNameBytesMax &&
         name.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
             "_.-") == name.npos;
}

}  // namespace

std::string TableNameOf(std::string_view name_or_arn) {
  constexpr std::string_view kTable = ":table/";
  std::size_t at = name_or_arn.find(kTable);
  if (!name_or_arn.starts_with("arn:") || at == name_or_arn.npos) return std::string(name_or_arn);
  return std::string(name_or_arn.substr(at + kTable.size()));
}

void ReadRequestItems(RequestReader& request, std::string_view operation, EachTable each) {
  const boost::json::object* tables = request.Object(kRequestItems);
  if (!tables) {
    if (!request.Has(kRequestItems)) {
      request.Constraint(std::nullopt, "requestItems", "Member must not be null");
    }
    return;
  }
  if (tables->empty()) {
    request.problems().Validation("The requestItems parameter is required for " +
                                  std::string(operation));
  }
  for (const auto& member : *tables) {
    std::string name(member.key());
    if (!IsTableName(name)) {
      request.Constraint(JavaText(*tables), "requestItems",
                         "Map keys must satisfy constraint: [Member must have length less than or "
                         "equal to 255, Member must have length greater than or equal to 3, Member "
                         "must satisfy regular expression pattern: [a-zA-Z0-9_.-]+]");
    }
    each(name, member.value(), "requestItems." + name);
  }
}

bool SeenItems::Add(std::string_view table, std::string_view row_key) {
  std::string item(table);
  item += '/';  // of no table's name
  item += row_key;
  return seen_.insert(std::move(item)).second;
}

void AppendCapacities(BodyWriter& body, ReturnConsumedCapacity wanted,
                      const CapacityByTable& half_units, std::string_view kind) {
  if (wanted == ReturnConsumedCapacity::kNone) return;
  std::string& list = body.Member("ConsumedCapacity");
  list += '[';
  bool first = true;
  for (const auto& [table, units] : half_units) {
    if (!std::exchange(first, false)) list += ',';
    BodyWriter capacity;
    const std::string text = CapacityUnits(units);
    capacity.Member("CapacityUnits") += text;
    if (!kind.empty()) capacity.Member(kind) += text;
    if (wanted == ReturnConsumedCapacity::kIndexes) {
      BodyWriter own;
      own.Member("CapacityUnits") += text;
      if (!kind.empty()) own.Member(kind) += text;
      capacity.Member("Table") += own.Finish();
    }
    capacity.Text("TableName", table);
    list += capacity.Finish();
  }
  list += ']';
}

}  // namespace gatehouse::table
