#include "table/wire/dynamodb_api_expressions.h"

#include <algorithm>

#include "table/expression/expression_parser.h"
#include "table/value/item_check.h"
#include "table/value/java_text.h"
#include "table/wire/dynamodb_api_legacy.h"

namespace gatehouse::table {
namespace {

// "A, B"
std::string Joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

bool IsRef(std::string_view ref, char sigil) {
  return ref.size() > 1 && ref[0] == sigil && std::all_of(ref.begin() + 1, ref.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '_';
         });
}

std::string InvalidKey(std::string_view member, std::string_view key) {
  return std::string(member) + " contains invalid key: Syntax error; key: \"" + std::string(key) +
         "\"";
}

}  // namespace

RequestExpressions::RequestExpressions(RequestReader& request,
                                       std::initializer_list<std::string_view> parameters)
    : parameters_(parameters.begin(), parameters.end()) {
  for (std::string_view parameter : parameters) {
    if (auto text = request.String(parameter)) texts_.emplace_back(parameter, *std::move(text));
  }
  ReadLegacy(request);
  ReadNames(request);
  // Projections alone take no values; then the member is none of the operation's.
  bool takes_values = std::any_of(parameters.begin(), parameters.end(),
                                  [](std::string_view p) { return p != "ProjectionExpression"; });
  if (takes_values) ReadValues(request);
}

void RequestExpressions::ReadLegacy(RequestReader& request) {
  std::vector<std::string> legacy = LegacyParametersOf(request, parameters_);
  if (legacy.empty()) return;
  std::vector<std::string> expressions;
  for (const auto& [name, text] : texts_) expressions.push_back(name);
  // KeyConditions may go with expressions of other kinds.
  if (!expressions.empty() && !TextOf("KeyConditionExpression"))
    std::erase(legacy, "KeyConditions");
  if (!expressions.empty() && !legacy.empty()) {
    return request.problems().Validation(
        "Can not use both expression and non-expression parameters in the same request: "
        "Non-expression parameters: {" +
        Joined(legacy) + "} Expression parameters: {" + Joined(expressions) + "}");
  }
  for (const std::string& name : legacy) {
    if (name == "AttributesToGet") legacy_projection_ = ReadAttributesToGet(request);
    if (name == "AttributeUpdates") legacy_update_ = ReadAttributeUpdates(request);
    if (name == "Expected") legacy_condition_ = ReadExpected(request);
    if (name.ends_with("Filter")) legacy_condition_ = ReadLegacyFilter(request, name);
  }
}

void RequestExpressions::ReadNames(RequestReader& request) {
  const boost::json::object* names = request.Object("ExpressionAttributeNames");
  if (!names) return;
  RequestProblems& problems = request.problems();
  if (texts_.empty()) {
    problems.Validation("ExpressionAttributeNames can only be specified when using expressions");
  }
  if (names->empty()) problems.Validation("ExpressionAttributeNames must not be empty");
  for (const auto& member : *names) {
    std::string ref(member.key());
    if (!IsRef(ref, '#')) problems.Validation(InvalidKey("ExpressionAttributeNames", ref));
    const auto* name = member.value().if_string();
    if (!name) {
      problems.Serialization(CannotConvert(member.value(), "String"));
    } else if (name->empty()) {
      problems.Validation(
          "ExpressionAttributeNames contains invalid value: Empty attribute name for key " + ref);
    } else if (name->size() > kAttributeNameBytesMax) {
      request.Constraint(JavaText(*names), "expressionAttributeNames",
                         "Map value must satisfy constraint: [Member must have length less than or "
                         "equal to 65535, Member must have length greater than or equal to 0, "
                         "Member must not be null]");
    } else {
      scope_.AddName(std::move(ref), std::string(name->data(), name->size()));
    }
  }
}

void RequestExpressions::ReadValues(RequestReader& request) {
  const boost::json::object* values = request.Object("ExpressionAttributeValues");
  if (!values) return;
  RequestProblems& problems = request.problems();
  if (texts_.empty()) {
    std::string absent;
    for (const std::string& parameter : parameters_) {
      if (parameter != "ProjectionExpression")
        absent += (absent.empty() ? "" : " and ") + parameter;
    }
    bool several = absent.find(' ') != absent.npos;
    problems.Validation("ExpressionAttributeValues can only be specified when using expressions: " +
                        absent + (several ? " are null" : " is null"));
  }
  if (values->empty()) problems.Validation("ExpressionAttributeValues must not be empty");
  for (const auto& member : *values) {
    std::string ref(member.key());
    if (!IsRef(ref, ':')) problems.Validation(InvalidKey("ExpressionAttributeValues", ref));
    RequestProblems own;
    Item held;
    AttributeValue& value = held[ref] = ReadAttributeValue(member.value(), own);
    if (!own.any()) {
      if (auto checked = CheckValues(held); !checked) own.Validation(checked.error().message);
    }
    if (!own.serialization.empty()) problems.Serialization(own.serialization);
    if (!own.validation.empty()) {
      problems.Validation("ExpressionAttributeValues contains invalid value: " + own.validation +
                          " for key " + ref);
    }
    scope_.AddValue(std::move(ref), std::move(value));
  }
}

const std::string* RequestExpressions::TextOf(std::string_view parameter) const {
  for (const auto& [name, text] : texts_) {
    if (name == parameter) return &text;
  }
  return nullptr;
}

Result<std::optional<Condition>> RequestExpressions::ParseConditionOf(std::string_view parameter) {
  const std::string* text = TextOf(parameter);
  if (!text) return parameter == "KeyConditionExpression" ? std::nullopt : legacy_condition_;
  Result<Condition> condition = ParseCondition(parameter, *text, scope_);
  if (!condition) return condition.error();
  return std::optional(*std::move(condition));
}

Result<std::optional<Update>> RequestExpressions::ParseUpdateOf() {
  const std::string* text = TextOf("UpdateExpression");
  if (!text) return legacy_update_;
  Result<Update> update = ParseUpdate(*text, scope_);
  if (!update) return update.error();
  return std::optional(*std::move(update));
}

Result<std::optional<Projection>> RequestExpressions::ParseProjectionOf() {
  const std::string* text = TextOf("ProjectionExpression");
  if (!text) return legacy_projection_;
  Result<Projection> projection = ParseProjection(*text, scope_);
  if (!projection) return projection.error();
  return std::optional(*std::move(projection));
}

}  // namespace gatehouse::table
