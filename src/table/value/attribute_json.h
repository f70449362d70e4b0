// Attribute values as DynamoDB's JSON has them: {"S": "text"}, {"N": "1.5"}, {"M": {…}}, …
// Plain functions: no thread rules. Source: DynamoDB API 2012-08-10, AttributeValue.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

#include "gatehouse/item.h"

namespace gatehouse::table {

// What is wrong with a request, in the order in which AWS looks: JSON types first, then the
// constraints of the service model (all of them are told), then the rest. Of the first and the
// last kind only the first one counts.
struct RequestProblems {
  std::string serialization;             // SerializationException
  std::string required;                  // of control-plane calls: told before the constraints
  std::vector<std::string> constraints;  // "Value null at 'key' failed to satisfy constraint: …"
  std::string validation;                // ValidationException

  bool any() const {
    return !serialization.empty() || !required.empty() || !constraints.empty() ||
           !validation.empty();
  }
  void Serialization(std::string message);
  void Required(std::string message);
  void Validation(std::string message);
  // The constraints in one sentence, else the validation message.
  std::string ValidationMessage() const;
};

// Reads one value or the attributes of an item; what a problem spoils comes back empty. Numbers,
// sets and nesting are not checked here: CheckValues (item_check.h) does that. The depth of the
// JSON text was bounded by its parser.
AttributeValue ReadAttributeValue(const boost::json::value& json, RequestProblems& problems);
Item ReadItem(const boost::json::value& json, RequestProblems& problems);

// A boolean, or one of the texts that AWS takes for one: "true", "no", "1", …
std::optional<bool> ReadBoolean(const boost::json::value& json, RequestProblems& problems);

void AppendJson(std::string& out, const AttributeValue& value);
void AppendJson(std::string& out, const Item& item);  // {"id":{"S":"a"}}

// As Java prints the kind of a JSON value: "NUMBER_VALUE".
std::string_view JsonKindName(const boost::json::value& json);
// What AWS's reader says of a value of a wrong kind, where `to` should be: "String", "Integer",
// "Boolean", "Blob", "List", "Map", or a structure of the service's model.
std::string CannotConvert(const boost::json::value& json, std::string_view to);

}  // namespace gatehouse::table
