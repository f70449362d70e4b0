#include "stack/sam/values.h"

#include <algorithm>

namespace gatehouse::stack::sam {

Value Text(std::string_view text) { return Value::String(std::string(text)); }

Value Object(std::initializer_list<Field> fields) {
  Value object = Value::Object();
  for (const Field& field : fields) {
    object.members.push_back({std::string(field.first), field.second});
  }
  return object;
}

Value List(std::initializer_list<Value> items) { return Value::List(items); }

Value RefTo(std::string_view name) { return Object({{"Ref", Text(name)}}); }

Value GetAtt(std::string_view id, std::string_view attribute) {
  return Object({{"Fn::GetAtt", List({Text(id), Text(attribute)})}});
}

Value Sub(std::string_view text) { return Object({{"Fn::Sub", Text(text)}}); }

Value Sub(std::string_view text, std::initializer_list<Field> variables) {
  return Object({{"Fn::Sub", List({Text(text), Object(variables)})}});
}

Value If(std::string_view condition, Value then, Value otherwise) {
  return Object({{"Fn::If", List({Text(condition), std::move(then), std::move(otherwise)})}});
}

bool IsIntrinsic(const Value& value) {
  if (!value.is_object() || value.members.size() != 1) return false;
  const std::string& name = value.members[0].name;
  return name == "Ref" || name == "Condition" || name.starts_with("Fn::");
}

bool IsIf(const Value& value) { return IsIntrinsic(value) && value.members[0].name == "Fn::If"; }

bool IsNoValue(const Value& value) {
  return IsIntrinsic(value) && value.members[0].name == "Ref" &&
         value.members[0].value.is_string() && value.members[0].value.text == "AWS::NoValue";
}

bool IsEmpty(const Value* value) {
  if (!value) return true;
  switch (value->kind) {
    case Value::kNull:
      return true;
    case Value::kBool:
      return value->text == "false";
    case Value::kNumber:
      return value->text.find_first_of("123456789") == std::string::npos;
    case Value::kString:
      return value->text.empty();
    case Value::kList:
      return value->items.empty();
    case Value::kObject:
      return value->members.empty();
  }
  return true;
}

std::string LogicalIdOf(const Value& value) {
  if (!IsIntrinsic(value)) return {};
  const Value& what = value.members[0].value;
  if (value.members[0].name == "Ref") return what.is_string() ? what.text : std::string();
  if (value.members[0].name != "Fn::GetAtt") return {};
  if (what.is_list() && what.items.size() == 2 && what.items[0].is_string()) {
    return what.items[0].text;
  }
  if (!what.is_string() || std::count(what.text.begin(), what.text.end(), '.') != 1) return {};
  return what.text.substr(0, what.text.find('.'));
}

Value& ObjectAt(Value& object, std::string_view name) {
  Value* found = object.Find(name);
  if (!found || !found->is_object()) object.Set(name, Value::Object());
  return *object.Find(name);
}

Value& ListAt(Value& object, std::string_view name) {
  Value* found = object.Find(name);
  if (!found || !found->is_list()) object.Set(name, Value::List());
  return *object.Find(name);
}

void SetIfAny(Value& object, std::string_view name, const Value* value) {
  if (value && value->kind != Value::kNull) object.Set(name, *value);
}

Value TagList(const Value& tags) {
  Value list = Value::List();
  for (const Member& tag : tags.members) {
    Value value = tag.value.kind == Value::kNull ? Text("") : tag.value;
    list.items.push_back(Object({{"Key", Text(tag.name)}, {"Value", std::move(value)}}));
  }
  return list;
}

std::size_t BytesOf(const Value& value) {
  std::size_t bytes = 2 + value.text.size();
  for (const Value& item : value.items) bytes += 1 + BytesOf(item);
  for (const Member& member : value.members) {
    bytes += 4 + member.name.size() + BytesOf(member.value);
  }
  return bytes;
}

int DepthOf(const Value& value) {
  int inner = 0;
  for (const Value& item : value.items) inner = std::max(inner, DepthOf(item));
  for (const Member& member : value.members) inner = std::max(inner, DepthOf(member.value));
  return inner + (value.is_list() || value.is_object() ? 1 : 0);
}

}  // namespace gatehouse::stack::sam
