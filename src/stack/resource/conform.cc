#include "stack/resource/conform.h"

#include <charconv>

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

namespace gatehouse::stack {
namespace {

using aws::Property;

std::string_view Wanted(Property::Kind kind) {
  static constexpr std::string_view kNames[] = {"String",  "Integer",    "Number",
                                                "Boolean", "JSONObject", "JSONObject"};
  return kNames[kind];
}

std::string_view Found(Value::Kind kind) {
  static constexpr std::string_view kNames[] = {"Null",   "Boolean",   "Number",
                                                "String", "JSONArray", "JSONObject"};
  return kNames[kind];
}

bool IsInteger(std::string_view text) {
  return IsJsonNumber(text) && text.find_first_of(".eE") == text.npos && text.size() <= 18;
}

class Conformer {
 public:
  Conformer(const std::set<std::string, std::less<>>& unjudged, const std::string& logical_id,
            Problems& problems, ConformResult& result)
      : unjudged_(unjudged), logical_id_(logical_id), problems_(problems), result_(result) {}

  Value Convert(const Property& row, const Value& value, const std::string& path) {
    if (row.Is(Property::kJsonInTemplates)) return value;
    if (row.many == Property::kList) return ToList(row, value, path);
    if (row.many == Property::kMap) return ToMap(row, value, path);
    return ConvertOne(row, value, path);
  }

  Value ToObject(std::span<const Property> rows, const Value& value, const std::string& path) {
    if (!value.is_object()) return Wrong("JSONObject", value, path);
    Value object = Value::Object({}, value.line);
    for (const Member& member : value.members) TakeMember(rows, member, path, object);
    for (const Property& row : rows) {
      if (!row.Is(Property::kRequired) || object.Find(row.name)) continue;
      if (path.empty()) result_.wrong.insert(std::string(row.name));
      Add(value.line, path, "required key [" + std::string(row.name) + "] not found");
    }
    return object;
  }

 private:
  // path: "/Tags/0/Key"; empty: the resource's properties.
  void Add(int line, const std::string& path, const std::string& message) {
    if (!path.empty()) result_.wrong.insert(path.substr(1, path.find('/', 1) - 1));
    problems_.push_back({line, "Properties validation failed for resource " + logical_id_ +
                                   " with message: #" + path + ": " + message});
  }

  Value Wrong(std::string_view wanted, const Value& value, const std::string& path) {
    Add(value.line, path,
        "expected type: " + std::string(wanted) + ", found: " + std::string(Found(value.kind)));
    return value;
  }

  // One of a list or map, or all there is.
  Value ConvertOne(const Property& row, const Value& value, const std::string& path) {
    switch (row.kind) {
      case Property::kJson:
        return value;
      case Property::kText:
        if (value.is_scalar()) return Value::String(value.text, value.line);
        break;
      case Property::kInteger:
        if (value.is_scalar() && IsInteger(value.text)) {
          return Value::Number(value.text, value.line);
        }
        break;
      case Property::kNumber:
        if (value.is_scalar() && IsJsonNumber(value.text)) {
          return Value::Number(value.text, value.line);
        }
        break;
      case Property::kBoolean:
        if (value.is_scalar() && (value.text == "true" || value.text == "True")) {
          return Value::Bool(true, value.line);
        }
        if (value.is_scalar() && (value.text == "false" || value.text == "False")) {
          return Value::Bool(false, value.line);
        }
        break;
      case Property::kObject:
        return ToObject(row.members, value, path);
    }
    return Wrong(Wanted(row.kind), value, path);
  }

  Value ToList(const Property& row, const Value& value, const std::string& path) {
    if (!value.is_list()) return Wrong("JSONArray", value, path);
    Value list = Value::List({}, value.line);
    for (std::size_t i = 0; i < value.items.size(); ++i) {
      list.items.push_back(ConvertOne(row, value.items[i], path + "/" + std::to_string(i)));
    }
    return list;
  }

  Value ToMap(const Property& row, const Value& value, const std::string& path) {
    if (!value.is_object()) return Wrong("JSONObject", value, path);
    Value map = Value::Object({}, value.line);
    for (const Member& member : value.members) {
      map.members.push_back(
          {member.name, ConvertOne(row, member.value, path + "/" + member.name), member.line});
    }
    return map;
  }

  void TakeMember(std::span<const Property> rows, const Member& member, const std::string& path,
                  Value& into) {
    const Property* row = aws::FindProperty(rows, member.name);
    if (!row || row->Is(Property::kCallsOnly)) {
      return Add(member.line, path, "extraneous key [" + member.name + "] is not permitted");
    }
    if (row->support == Property::kRefused) {
      return Add(member.line, path + "/" + member.name, std::string(row->refusal));
    }
    if (row->support == Property::kInert) result_.inert.push_back(member.name);
    const bool is_judged = !path.empty() || !unjudged_.contains(member.name);
    into.members.push_back(
        {member.name,
         is_judged ? Convert(*row, member.value, path + "/" + member.name) : member.value,
         member.line});
  }

  const std::set<std::string, std::less<>>& unjudged_;
  const std::string& logical_id_;
  Problems& problems_;
  ConformResult& result_;
};

template <class Number>
Number NumberOf(const std::string& text) {
  Number number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

boost::json::value ToRoomOne(const Property& row, const Value& value, Naming naming) {
  switch (row.kind) {
    case Property::kText:
      return boost::json::value(value.text);
    case Property::kInteger:
      return NumberOf<std::int64_t>(value.text);
    case Property::kNumber:
      return NumberOf<double>(value.text);
    case Property::kBoolean:
      return value.text == "true";
    case Property::kJson:
      break;
    case Property::kObject:
      return ToRoom(row.members, value, naming);
  }
  return nullptr;
}

boost::json::value ToRoomAll(const Property& row, const Value& value, Naming naming) {
  if (row.Is(Property::kJsonInTemplates)) {
    return boost::json::value(value.is_string() ? value.text : ToJson(value));
  }
  if (row.many == Property::kOne) return ToRoomOne(row, value, naming);
  if (row.many == Property::kList) {
    boost::json::array list;
    for (const Value& item : value.items) list.push_back(ToRoomOne(row, item, naming));
    return list;
  }
  boost::json::object map;
  for (const Member& member : value.members) {
    map[member.name] = ToRoomOne(row, member.value, naming);
  }
  return map;
}

// "RouteKey" → "routeKey"
std::string OfCalls(std::string name) {
  if (!name.empty() && name[0] >= 'A' && name[0] <= 'Z') name[0] = static_cast<char>(name[0] + 32);
  return name;
}

}  // namespace

boost::json::object ToRoom(std::span<const Property> properties, const Value& value,
                           Naming naming) {
  boost::json::object object;
  for (const Member& member : value.members) {
    const Property* row = aws::FindProperty(properties, member.name);
    if (!row || row->support != Property::kServed) continue;
    if (row->kind == Property::kJson) continue;
    object[naming == Naming::kOfCalls ? OfCalls(member.name) : member.name] =
        ToRoomAll(*row, member.value, naming);
  }
  return object;
}

ConformResult Conform(std::span<const Property> properties, const Value& value,
                      const std::set<std::string, std::less<>>& unjudged,
                      const std::string& logical_id, Problems& problems) {
  ConformResult result;
  result.value = Conformer(unjudged, logical_id, problems, result).ToObject(properties, value, "");
  return result;
}

}  // namespace gatehouse::stack
