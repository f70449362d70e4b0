#include "table/wire/dynamodb_api_legacy.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "table/value/item_check.h"
#include "table/value/table_definition.h"
#include "table/value/value_order.h"

namespace gatehouse::table {
namespace {

constexpr std::string_view kInvalidLegacy = "One or more parameter values were invalid: ";

// What a ComparisonOperator takes and becomes.
struct LegacyOperator {
  std::string_view name;
  std::size_t values_min;
  std::size_t values_max;
  std::string_view types;  // " S N …": of its values
  Condition::Kind kind;
  Function function = Function::kSize;  // of kFunction
  bool negated = false;
};
using K = Condition::Kind;
constexpr std::string_view kScalarTypes = " S N B ";
constexpr std::string_view kAllTypes = " S N B SS NS BS L M BOOL NULL ";
constexpr LegacyOperator kLegacyOperators[] = {
    {"IN", 1, kInOperandsMax, kScalarTypes, K::kIn},
    {"NULL", 0, 0, "", K::kFunction, Function::kAttributeNotExists},
    {"BETWEEN", 2, 2, kScalarTypes, K::kBetween},
    {"LT", 1, 1, kScalarTypes, K::kLess},
    {"NOT_CONTAINS", 1, 1, kScalarTypes, K::kFunction, Function::kContains, true},
    {"EQ", 1, 1, kAllTypes, K::kEqual},
    {"GT", 1, 1, kScalarTypes, K::kGreater},
    {"NOT_NULL", 0, 0, "", K::kFunction, Function::kAttributeExists},
    {"NE", 1, 1, kAllTypes, K::kNotEqual},
    {"LE", 1, 1, kScalarTypes, K::kLessEqual},
    {"BEGINS_WITH", 1, 1, " S B ", K::kFunction, Function::kBeginsWith},
    {"GE", 1, 1, kScalarTypes, K::kGreaterEqual},
    {"CONTAINS", 1, 1, kScalarTypes, K::kFunction, Function::kContains},
};

const LegacyOperator* FindLegacyOperator(std::string_view name) {
  for (const LegacyOperator& row : kLegacyOperators) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

// A comparison operator, whose absence is for the caller; the set is in AWS's order.
const LegacyOperator* ReadOperator(RequestReader& reader) {
  std::string name = reader.OneOf("ComparisonOperator", "",
                                  {"IN", "NULL", "BETWEEN", "LT", "NOT_CONTAINS", "EQ", "GT",
                                   "NOT_NULL", "NE", "LE", "BEGINS_WITH", "GE", "CONTAINS"});
  return FindLegacyOperator(name);
}

void InvalidLegacy(RequestReader& reader, const std::string& message) {
  reader.problems().Validation(std::string(kInvalidLegacy) + message);
}

std::optional<AttributeValue> ReadLegacyValue(RequestReader& reader,
                                              const boost::json::value& json) {
  RequestProblems own;
  Item held;
  held["value"] = ReadAttributeValue(json, own);
  if (!own.any()) {
    if (auto checked = CheckValues(held); !checked) own.Validation(checked.error().message);
  }
  if (!own.serialization.empty()) reader.problems().Serialization(own.serialization);
  if (!own.validation.empty()) reader.problems().Validation(own.validation);
  if (own.any()) return std::nullopt;
  return std::move(held["value"]);
}

std::vector<AttributeValue> ReadValueList(RequestReader& reader) {
  std::vector<AttributeValue> values;
  const boost::json::array* list = reader.Array("AttributeValueList");
  if (!list) return values;
  for (const boost::json::value& json : *list) {
    if (auto value = ReadLegacyValue(reader, json)) values.push_back(*std::move(value));
  }
  return values;
}

// Count, types and order of an operator's values.
void CheckLegacyValues(RequestReader& reader, const LegacyOperator& row,
                       const std::vector<AttributeValue>& values) {
  const std::string name(row.name);
  if (values.size() < row.values_min || values.size() > row.values_max) {
    return InvalidLegacy(reader,
                         "Invalid number of argument(s) for the " + name + " ComparisonOperator");
  }
  for (const AttributeValue& value : values) {
    if (TypeName(value) == TypeName(values[0])) continue;
    return InvalidLegacy(reader, "AttributeValues inside AttributeValueList must be of same type");
  }
  for (const AttributeValue& value : values) {
    const std::string type(TypeName(value));
    if (row.types.find(" " + type + " ") != row.types.npos) continue;
    return InvalidLegacy(reader, "ComparisonOperator " + name + " is not valid for " + type +
                                     " AttributeValue type");
  }
  if (row.kind != K::kBetween) return;
  auto order = CompareValues(values[0], values[1]);
  if (order && *order > 0) {
    reader.problems().Validation(
        "The BETWEEN condition was provided a range where the lower bound is greater than the "
        "upper bound");
  }
}

Condition LegacyCondition(const LegacyOperator& row, const std::string& name,
                          std::vector<AttributeValue> values) {
  Condition condition{.kind = row.kind, .function = row.function};
  condition.operands.push_back({.kind = Operand::Kind::kPath, .path = {name}});
  for (AttributeValue& value : values) {
    condition.operands.push_back(
        {.kind = Operand::Kind::kValue,
         .path = {},
         .value = std::make_shared<const AttributeValue>(std::move(value))});
  }
  if (!row.negated) return condition;
  Condition negation{.kind = K::kNot};
  negation.conditions.push_back(std::move(condition));
  return negation;
}

// {"AttributeValueList": […], "ComparisonOperator": "…"}
std::optional<Condition> ReadCondition(RequestReader& reader, const std::string& name) {
  const LegacyOperator* row = ReadOperator(reader);
  if (!reader.Has("ComparisonOperator")) {
    reader.Constraint(std::nullopt, "comparisonOperator", "Member must not be null");
  }
  std::vector<AttributeValue> values = ReadValueList(reader);
  if (!row || reader.problems().any()) return std::nullopt;
  CheckLegacyValues(reader, *row, values);
  if (reader.problems().any()) return std::nullopt;
  return LegacyCondition(*row, name, std::move(values));
}

// Exists and Value: from before there were operators.
std::optional<Condition> ReadExistence(RequestReader& reader, const std::string& name,
                                       std::vector<AttributeValue> values) {
  std::optional<bool> exists = reader.Boolean("Exists");
  if (reader.problems().any()) return std::nullopt;
  const bool has_value = !values.empty();
  if (exists.value_or(true) && !has_value) {
    InvalidLegacy(reader, std::string("Value must be provided when Exists is ") +
                              (exists ? "true" : "null") + " for Attribute: " + name);
  } else if (exists && !*exists && has_value) {
    InvalidLegacy(reader, "Value cannot be used when Exists is false for Attribute: " + name);
  }
  return LegacyCondition(*FindLegacyOperator(has_value ? "EQ" : "NULL"), name, std::move(values));
}

std::optional<Condition> ReadExpectation(RequestReader& reader, const std::string& name) {
  const bool has_value = reader.Has("Value");
  const bool has_list = reader.Has("AttributeValueList");
  if (has_value && has_list) {
    InvalidLegacy(reader,
                  "Value and AttributeValueList cannot be used together for Attribute: " + name);
  }
  std::vector<AttributeValue> values = ReadValueList(reader);
  if (has_value) {
    auto value = ReadLegacyValue(reader, *reader.body().if_contains("Value"));
    if (value) values.push_back(*std::move(value));
  }
  if (!reader.Has("ComparisonOperator")) {
    if (has_list) {
      InvalidLegacy(reader,
                    "AttributeValueList can only be used with a ComparisonOperator for "
                    "Attribute: " +
                        name);
    }
    return ReadExistence(reader, name, std::move(values));
  }
  const LegacyOperator* row = ReadOperator(reader);
  if (!row) return std::nullopt;
  if (reader.Has("Exists")) {
    InvalidLegacy(reader,
                  "Exists and ComparisonOperator cannot be used together for Attribute: " + name);
  }
  if (row->values_max > 0 && !has_list && !has_value) {
    InvalidLegacy(reader, "Value or AttributeValueList must be used with ComparisonOperator: " +
                              std::string(row->name) + " for Attribute: " + name);
  }
  CheckLegacyValues(reader, *row, values);
  if (reader.problems().any()) return std::nullopt;
  return LegacyCondition(*row, name, std::move(values));
}

// The conditions of a map from attribute names, all of them or one of them.
using ReadOne = std::optional<Condition> (*)(RequestReader&, const std::string&);
std::optional<Condition> ReadConditions(RequestReader& request, std::string_view parameter,
                                        ReadOne read) {
  const boost::json::object* map = request.Object(parameter);
  if (!map) return std::nullopt;
  std::vector<Condition> conditions;
  for (const auto& member : *map) {
    std::string name(member.key());
    const auto* object = member.value().if_object();
    if (!object) {
      request.problems().Serialization(CannotConvert(member.value(), "Condition"));
      continue;
    }
    RequestReader reader(*object, request.PathOf(parameter) + "." + name + ".member");
    if (auto condition = read(reader, name)) conditions.push_back(*std::move(condition));
    request.Absorb(reader);
  }
  if (conditions.empty()) return std::nullopt;
  if (conditions.size() == 1) return std::move(conditions[0]);
  return Condition{.kind = K::kAnd, .conditions = std::move(conditions), .operands = {}};
}

std::optional<Condition> Combine(RequestReader& request, std::string_view parameter, ReadOne read) {
  std::optional<Condition> condition = ReadConditions(request, parameter, read);
  std::string op = request.OneOf("ConditionalOperator", "AND", {"OR", "AND"});
  if (condition && op == "OR" && condition->kind == K::kAnd) condition->kind = K::kOr;
  return condition;
}

std::optional<UpdateAction> ReadAttributeUpdate(RequestReader& reader, const std::string& name) {
  std::string action = reader.OneOf("Action", "PUT", {"ADD", "DELETE", "PUT"});
  std::optional<AttributeValue> value;
  if (reader.Has("Value")) value = ReadLegacyValue(reader, *reader.body().if_contains("Value"));
  if (reader.problems().any()) return std::nullopt;
  UpdateAction update{.path = {name}};
  if (!value) {
    if (action != "DELETE") {
      InvalidLegacy(reader, "Only DELETE action is allowed when no attribute value is specified");
    }
    update.kind = UpdateAction::Kind::kRemove;
    return update;
  }
  const std::string type(TypeName(*value));
  const bool is_set = type == "SS" || type == "NS" || type == "BS";
  if (action == "DELETE" && !is_set) {
    InvalidLegacy(reader, "DELETE action with value is not supported for the type " + type);
  }
  if (action == "ADD" && !is_set && type != "N" && type != "L") {
    InvalidLegacy(reader, "ADD action is not supported for the type " + type);
  }
  Operand operand{.kind = Operand::Kind::kValue,
                  .path = {},
                  .value = std::make_shared<const AttributeValue>(*std::move(value))};
  if (action == "ADD" && type == "L") {  // appends
    Operand held{.kind = Operand::Kind::kFunction, .function = Function::kIfNotExists};
    held.arguments.push_back({.kind = Operand::Kind::kPath, .path = {name}});
    held.arguments.push_back(
        {.kind = Operand::Kind::kValue,
         .path = {},
         .value = std::make_shared<const AttributeValue>(AttributeValue::List())});
    Operand append{.kind = Operand::Kind::kFunction, .function = Function::kListAppend};
    append.arguments = {std::move(held), std::move(operand)};
    update.operands.push_back(std::move(append));
    return update;
  }
  update.kind = action == "PUT"   ? UpdateAction::Kind::kSet
                : action == "ADD" ? UpdateAction::Kind::kAdd
                                  : UpdateAction::Kind::kDelete;
  update.operands.push_back(std::move(operand));
  return update;
}

}  // namespace

std::optional<Condition> ReadExpected(RequestReader& request) {
  return Combine(request, "Expected", ReadExpectation);
}

std::optional<Condition> ReadLegacyFilter(RequestReader& request, std::string_view parameter) {
  return Combine(request, parameter, ReadCondition);
}

std::optional<Condition> ReadKeyConditions(RequestReader& request) {
  const boost::json::object* map = request.Object("KeyConditions");
  if (map && (map->empty() || map->size() > 2)) {
    request.problems().Validation("Conditions can be of length 1 or 2 only");
  }
  return ReadConditions(request, "KeyConditions", ReadCondition);
}

std::optional<Update> ReadAttributeUpdates(RequestReader& request) {
  const boost::json::object* map = request.Object("AttributeUpdates");
  if (!map) return std::nullopt;
  Update update;
  for (const auto& member : *map) {
    std::string name(member.key());
    const auto* object = member.value().if_object();
    if (!object) {
      request.problems().Serialization(CannotConvert(member.value(), "AttributeValueUpdate"));
      continue;
    }
    RequestReader reader(*object, request.PathOf("AttributeUpdates") + "." + name + ".member");
    if (auto action = ReadAttributeUpdate(reader, name)) update.push_back(*std::move(action));
    request.Absorb(reader);
  }
  return update;
}

std::optional<Projection> ReadAttributesToGet(RequestReader& request) {
  const boost::json::array* list = request.Array("AttributesToGet");
  if (!list) return std::nullopt;
  if (list->empty()) {
    request.Constraint("[]", "attributesToGet",
                       "Member must have length greater than or equal to 1");
  }
  Projection projection;
  for (const boost::json::value& element : *list) {
    const auto* text = element.if_string();
    if (!text) {
      request.problems().Serialization(CannotConvert(element, "String"));
      continue;
    }
    Path path{std::string(text->data(), text->size())};
    if (std::find(projection.begin(), projection.end(), path) != projection.end()) {
      InvalidLegacy(request,
                    "Duplicate value in attribute name: " + std::get<std::string>(path[0]));
      continue;
    }
    projection.push_back(std::move(path));
  }
  return projection;
}

std::vector<std::string> LegacyParametersOf(const RequestReader& request,
                                            const std::vector<std::string>& with) {
  auto takes = [&with](std::string_view expression) {
    return std::find(with.begin(), with.end(), expression) != with.end();
  };
  const bool queries = takes("KeyConditionExpression");
  struct Row {
    std::string_view name;
    bool of_operation;
  };
  const Row rows[] = {
      {"AttributesToGet", takes("ProjectionExpression")},
      {"AttributeUpdates", takes("UpdateExpression")},
      {"QueryFilter", queries},
      {"ScanFilter", takes("FilterExpression") && !queries},
      {"Expected", takes("ConditionExpression")},
      {"ConditionalOperator", takes("FilterExpression") || takes("ConditionExpression")},
      {"KeyConditions", queries},
  };
  std::vector<std::string> found;
  for (const Row& row : rows) {
    if (row.of_operation && request.Has(row.name)) found.emplace_back(row.name);
  }
  return found;
}

}  // namespace gatehouse::table
