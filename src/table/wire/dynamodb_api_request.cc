#include "table/wire/dynamodb_api_request.h"

#include <algorithm>
#include <utility>

#include "aws/arn.h"
#include "table/value/table_definition.h"

namespace gatehouse::table {
namespace {

constexpr std::size_t kTableNameOrArnMax = 1024;
constexpr std::string_view kTableNamePattern = "[a-zA-Z0-9_.-]+";

bool IsNameByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.' || c == '-';
}

}  // namespace

std::string LowerCamel(std::string_view name) {
  std::string path(name);
  if (!path.empty() && path[0] >= 'A' && path[0] <= 'Z') {
    path[0] = static_cast<char>(path[0] - 'A' + 'a');
  }
  return path;
}

const boost::json::value* RequestReader::Find(std::string_view name) const {
  const boost::json::value* member = body().if_contains(name);
  return member && !member->is_null() ? member : nullptr;
}

std::optional<std::string> RequestReader::String(std::string_view name) {
  const auto* member = Find(name);
  if (!member) return std::nullopt;
  if (const auto* text = member->if_string()) return std::string(text->data(), text->size());
  problems_.Serialization(CannotConvert(*member, "String"));
  return std::nullopt;
}

std::optional<std::int64_t> RequestReader::Integer(std::string_view name) {
  const auto* member = Find(name);
  if (!member) return std::nullopt;
  if (const auto* number = member->if_int64()) return *number;
  problems_.Serialization(CannotConvert(*member, "Integer"));
  return std::nullopt;
}

std::optional<bool> RequestReader::Boolean(std::string_view name) {
  const auto* member = Find(name);
  if (!member) return std::nullopt;
  return ReadBoolean(*member, problems_);
}

std::optional<Item> RequestReader::Attributes(std::string_view name) {
  const auto* member = Find(name);
  if (!member) return std::nullopt;
  return ReadItem(*member, problems_);
}

const boost::json::object* RequestReader::Object(std::string_view name) {
  const auto* member = Find(name);
  if (member && !member->is_object()) problems_.Serialization(CannotConvert(*member, "Map"));
  return member ? member->if_object() : nullptr;
}

const boost::json::array* RequestReader::Array(std::string_view name) {
  const auto* member = Find(name);
  if (member && !member->is_array()) problems_.Serialization(CannotConvert(*member, "List"));
  return member ? member->if_array() : nullptr;
}

std::string RequestReader::OneOf(std::string_view name, std::string_view fallback,
                                 std::initializer_list<std::string_view> values) {
  std::optional<std::string> value = String(name);
  if (!value) return std::string(fallback);
  if (std::find(values.begin(), values.end(), *value) != values.end()) return *std::move(value);
  std::string set;
  for (std::string_view allowed : values) {
    set.append(set.empty() ? "[" : ", ").append(allowed);
  }
  Constraint(value, LowerCamel(name), "Member must satisfy enum value set: " + set + "]");
  return std::string(fallback);
}

std::optional<std::int64_t> RequestReader::IntegerWithin(std::string_view name, std::int64_t min,
                                                         std::int64_t max) {
  std::optional<std::int64_t> value = Integer(name);
  if (!value) return value;
  if (*value >= min && *value <= max) return value;
  std::string rule = *value < min ? "greater than or equal to " + std::to_string(min)
                                  : "less than or equal to " + std::to_string(max);
  Constraint(std::to_string(*value), LowerCamel(name), "Member must have value " + rule);
  return std::nullopt;
}

std::string RequestReader::TableName() {
  std::optional<std::string> given = String("TableName");
  if (!given) {
    if (!Has("TableName")) Constraint(given, "tableName", "Member must not be null");
    return {};
  }
  return CheckedTableName(*given);
}

std::string RequestReader::ControlTableName() {
  std::optional<std::string> given = String("TableName");
  if (given) return CheckedTableName(*given);
  if (!Has("TableName")) {
    problems_.Required("The parameter 'TableName' is required but was not present in the request");
  }
  return {};
}

std::string RequestReader::CheckedTableName(const std::string& given) {
  constexpr std::string_view kAtLeast = "Member must have length greater than or equal to ";
  constexpr std::string_view kAtMost = "Member must have length less than or equal to ";
  std::string name = given;
  constexpr std::string_view kTable = ":table/";
  std::size_t at = aws::IsArn(name) ? name.find(kTable) : name.npos;
  if (at != name.npos) name.erase(0, at + kTable.size());
  if (given.empty()) {
    Constraint(given, "tableName", std::string(kAtLeast) + "1");
  } else if (given.size() > kTableNameOrArnMax) {
    Constraint(given, "tableName", std::string(kAtMost) + "1024");
  } else {
    if (name.empty() || !std::all_of(name.begin(), name.end(), IsNameByte)) {
      Constraint(
          given, "tableName",
          "Member must satisfy regular expression pattern: " + std::string(kTableNamePattern));
    }
    if (name.size() < kTableNameBytesMin)
      Constraint(given, "tableName", std::string(kAtLeast) + "3");
    if (name.size() > kTableNameBytesMax)
      Constraint(given, "tableName", std::string(kAtMost) + "255");
  }
  return name;
}

Item RequestReader::RequiredAttributes(std::string_view name) {
  std::optional<Item> item = Attributes(name);
  if (!item) Constraint(std::nullopt, LowerCamel(name), "Member must not be null");
  return std::move(item).value_or(Item());
}

std::string RequestReader::PathOf(std::string_view name) const {
  std::string path = LowerCamel(name);
  return path_.empty() ? path : path_ + "." + path;
}

void RequestReader::Absorb(RequestReader& inner) {
  RequestProblems& found = inner.problems();
  if (!found.serialization.empty()) problems_.Serialization(std::move(found.serialization));
  for (std::string& constraint : found.constraints) {
    problems_.constraints.push_back(std::move(constraint));
  }
  if (!found.validation.empty()) problems_.Validation(std::move(found.validation));
}

void RequestReader::Constraint(const std::optional<std::string>& value, std::string_view path,
                               std::string_view rule) {
  std::string message = "Value ";
  message += value ? "'" + *value + "'" : "null";
  message.append(" at '")
      .append(PathOf(path))
      .append("' failed to satisfy constraint: ")
      .append(rule);
  problems_.constraints.push_back(std::move(message));
}

}  // namespace gatehouse::table
