#include "table/value/attribute_json.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/encoding.h"
#include "gatehouse/json.h"
#include "wire/ascii.h"

namespace gatehouse::table {
namespace {

using Json = boost::json::value;

std::string ReadString(const Json& json, RequestProblems& problems) {
  if (const auto* text = json.if_string()) return std::string(text->data(), text->size());
  problems.Serialization(CannotConvert(json, "String"));
  return {};
}

std::string Base64Problem(std::string_view text) {
  if (text.size() % 4 != 0) {
    return "Base64 encoded length is expected a multiple of 4 bytes but found: " +
           std::to_string(text.size());
  }
  return "Invalid last non-pad Base64 character dectected";  // sic
}

std::string ReadBytes(const Json& json, RequestProblems& problems) {
  if (!json.is_string()) {
    problems.Serialization(CannotConvert(json, "Blob"));
    return {};
  }
  std::optional<std::string> bytes = base::DecodeBase64(ReadString(json, problems));
  if (!bytes) problems.Serialization(Base64Problem(json.get_string()));
  return std::move(bytes).value_or("");
}

bool ReadBool(const Json& json, RequestProblems& problems) {
  return ReadBoolean(json, problems).value_or(false);
}

template <class Element, class Read>
std::vector<Element> ReadArray(const Json& json, RequestProblems& problems, Read read) {
  std::vector<Element> elements;
  if (const auto* array = json.if_array()) {
    elements.reserve(array->size());
    for (const Json& element : *array) elements.push_back(read(element, problems));
  } else {
    problems.Serialization(CannotConvert(json, "List"));
  }
  return elements;
}

AttributeValue ReadNull(const Json& json, RequestProblems& problems) {
  if (!ReadBool(json, problems)) {
    problems.Validation(
        "One or more parameter values were invalid: Null attribute value types must have the "
        "value of true");
  }
  return Null();
}

// One row per datatype; the names are those of the JSON members.
struct Datatype {
  std::string_view name;
  AttributeValue (*read)(const Json&, RequestProblems&);
};
using P = RequestProblems;
constexpr std::array<Datatype, 10> kDatatypes = {{
    {"S", [](const Json& j, P& p) { return AttributeValue(ReadString(j, p)); }},
    {"N", [](const Json& j, P& p) { return AttributeValue(Number{ReadString(j, p)}); }},
    {"B", [](const Json& j, P& p) { return AttributeValue(Binary{ReadBytes(j, p)}); }},
    {"BOOL", [](const Json& j, P& p) { return AttributeValue(ReadBool(j, p)); }},
    {"NULL", ReadNull},
    {"SS",
     [](const Json& j, P& p) {
       return AttributeValue(StringSet{ReadArray<std::string>(j, p, ReadString)});
     }},
    {"NS",
     [](const Json& j, P& p) {
       return AttributeValue(NumberSet{ReadArray<std::string>(j, p, ReadString)});
     }},
    {"BS", [](const Json& j,
              P& p) { return AttributeValue(BinarySet{ReadArray<std::string>(j, p, ReadBytes)}); }},
    {"L", [](const Json& j,
             P& p) { return AttributeValue(ReadArray<AttributeValue>(j, p, ReadAttributeValue)); }},
    {"M", [](const Json& j, P& p) { return AttributeValue(ReadItem(j, p)); }},
}};

void Append(std::string& out, std::string_view name, const std::vector<std::string>& values,
            bool base64 = false) {
  out.append("{\"").append(name).append("\":[");
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) out += ',';
    json::AppendQuoted(out, base64 ? base::EncodeBase64(values[i]) : values[i]);
  }
  out += "]}";
}

void Append(std::string& out, std::string_view name, std::string_view text) {
  out.append("{\"").append(name).append("\":");
  json::AppendQuoted(out, text);
  out += '}';
}

void Append(std::string& out, const Null&) { out += R"({"NULL":true})"; }
void Append(std::string& out, bool held) { out += held ? R"({"BOOL":true})" : R"({"BOOL":false})"; }
void Append(std::string& out, const std::string& text) { Append(out, "S", text); }
void Append(std::string& out, const Number& number) { Append(out, "N", number.text); }
void Append(std::string& out, const Binary& binary) {
  Append(out, "B", base::EncodeBase64(binary.bytes));
}
void Append(std::string& out, const StringSet& set) { Append(out, "SS", set.values); }
void Append(std::string& out, const NumberSet& set) { Append(out, "NS", set.values); }
void Append(std::string& out, const BinarySet& set) { Append(out, "BS", set.values, true); }
void Append(std::string& out, const AttributeValue::List& list) {
  out += R"({"L":[)";
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (i > 0) out += ',';
    AppendJson(out, list[i]);
  }
  out += "]}";
}
void Append(std::string& out, const Item& map) {
  out += R"({"M":)";
  AppendJson(out, map);
  out += '}';
}

}  // namespace

void RequestProblems::Serialization(std::string message) {
  if (serialization.empty()) serialization = std::move(message);
}

void RequestProblems::Required(std::string message) {
  if (required.empty()) required = std::move(message);
}

void RequestProblems::Validation(std::string message) {
  if (validation.empty()) validation = std::move(message);
}

std::string RequestProblems::ValidationMessage() const {
  if (!required.empty()) return required;
  if (constraints.empty()) return validation;
  constexpr std::size_t kToldMax = 10;
  std::size_t count = std::min(constraints.size(), kToldMax);
  std::string message =
      std::to_string(count) + " validation error" + (count > 1 ? "s" : "") + " detected: ";
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) message += "; ";
    message += constraints[i];
  }
  return message;
}

AttributeValue ReadAttributeValue(const Json& json, RequestProblems& problems) {
  const auto* object = json.if_object();
  if (!object) {
    if (!json.is_null()) problems.Serialization(CannotConvert(json, "AttributeValue"));
    problems.Validation(
        "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
    return {};
  }
  AttributeValue value;
  int members = 0;
  for (const Datatype& datatype : kDatatypes) {
    const Json* member = object->if_contains(datatype.name);
    if (!member || member->is_null()) continue;
    AttributeValue read = datatype.read(*member, problems);
    if (++members == 1) value = std::move(read);
  }
  if (members == 0) {
    problems.Validation(
        "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
  } else if (members > 1) {
    problems.Validation(
        "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the "
        "supported datatypes");
  }
  return value;
}

Item ReadItem(const Json& json, RequestProblems& problems) {
  Item item;
  const auto* object = json.if_object();
  if (!object) {
    problems.Serialization(CannotConvert(json, "Map"));
    return item;
  }
  for (const auto& member : *object) {
    item.insert_or_assign(std::string(member.key()), ReadAttributeValue(member.value(), problems));
  }
  return item;
}

void AppendJson(std::string& out, const AttributeValue& value) {
  std::visit([&out](const auto& held) { Append(out, held); }, value.value());
}

void AppendJson(std::string& out, const Item& item) {
  out += '{';
  bool first = true;
  for (const auto& [name, value] : item) {
    if (!std::exchange(first, false)) out += ',';
    json::AppendQuoted(out, name);
    out += ':';
    AppendJson(out, value);
  }
  out += '}';
}

std::string_view JsonKindName(const Json& json) {
  switch (json.kind()) {
    case boost::json::kind::null:
      return "NULL_VALUE";
    case boost::json::kind::bool_:
      return json.get_bool() ? "TRUE_VALUE" : "FALSE_VALUE";
    case boost::json::kind::int64:
    case boost::json::kind::uint64:
      return "NUMBER_VALUE";
    case boost::json::kind::double_:
      return "DECIMAL_VALUE";
    case boost::json::kind::string:
      return "STRING_VALUE";
    case boost::json::kind::array:
      return "START_ARRAY";
    case boost::json::kind::object:
      return "START_OBJECT";
  }
  return "VALUE";
}

std::optional<bool> ReadBoolean(const Json& json, RequestProblems& problems) {
  if (const bool* held = json.if_bool()) return *held;
  if (const auto* text = json.if_string()) {
    const std::string_view word(text->data(), text->size());
    for (std::string_view yes : {"true", "1", "yes"}) {
      if (wire::EqualsIgnoreCase(word, yes)) return true;
    }
    for (std::string_view no : {"false", "0", "no"}) {
      if (wire::EqualsIgnoreCase(word, no)) return false;
    }
  }
  problems.Serialization(CannotConvert(json, "Boolean"));
  return std::nullopt;
}

std::string CannotConvert(const Json& json, std::string_view to) {
  constexpr std::string_view kModel = "com.amazonaws.dynamodb.v20120810.";
  const std::string wanted(to);
  const bool is_scalar = to == "String" || to == "Integer" || to == "Boolean";
  if (json.is_object()) return "Start of structure or map found where not expected";
  if (json.is_array()) {
    if (is_scalar) return "Unrecognized collection type class java.lang." + wanted;
    if (to == "Blob") return "Unrecognized collection type class java.nio.ByteBuffer";
    if (to == "Map") {
      return "Unrecognized collection type java.util.Map<java.lang.String, " + std::string(kModel) +
             "AttributeValue>";
    }
    return "Unrecognized collection type class " + std::string(kModel) + wanted;
  }
  if (to == "Boolean" && json.is_string()) return "Unexpected token received from parser";
  if (is_scalar) return std::string(JsonKindName(json)) + " cannot be converted to " + wanted;
  if (to == "Blob") return "only base-64-encoded strings are convertible to bytes";
  if (to == "List" || to == "Map") return "Unexpected field type";
  return "Unexpected value type in payload";
}

}  // namespace gatehouse::table
