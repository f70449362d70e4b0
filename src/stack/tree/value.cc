#include "stack/tree/value.h"

#include <algorithm>

#include "gatehouse/json.h"

namespace gatehouse::stack {
namespace {

Value Scalar(Value::Kind kind, std::string text, int line) {
  Value value;
  value.kind = kind;
  value.line = line;
  value.text = std::move(text);
  return value;
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Takes digits from the front; false if there are none.
bool TakeDigits(std::string_view& text) {
  std::size_t n = 0;
  while (n < text.size() && IsDigit(text[n])) ++n;
  text.remove_prefix(n);
  return n > 0;
}

void Append(std::string& out, const Value& value, MemberOrder order);

void AppendObject(std::string& out, const Value& value, MemberOrder order) {
  std::vector<const Member*> members;
  for (const Member& member : value.members) members.push_back(&member);
  if (order == MemberOrder::kSorted) {
    std::sort(members.begin(), members.end(),
              [](const Member* a, const Member* b) { return a->name < b->name; });
  }
  out += '{';
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (i > 0) out += ',';
    json::AppendQuoted(out, members[i]->name);
    out += ':';
    Append(out, members[i]->value, order);
  }
  out += '}';
}

void Append(std::string& out, const Value& value, MemberOrder order) {
  switch (value.kind) {
    case Value::kNull:
      out += "null";
      return;
    case Value::kBool:
    case Value::kNumber:
      out += value.text;
      return;
    case Value::kString:
      json::AppendQuoted(out, value.text);
      return;
    case Value::kList:
      out += '[';
      for (std::size_t i = 0; i < value.items.size(); ++i) {
        if (i > 0) out += ',';
        Append(out, value.items[i], order);
      }
      out += ']';
      return;
    case Value::kObject:
      AppendObject(out, value, order);
      return;
  }
}

}  // namespace

Value Value::Bool(bool value, int line) { return Scalar(kBool, value ? "true" : "false", line); }
Value Value::Number(std::string text, int line) { return Scalar(kNumber, std::move(text), line); }
Value Value::String(std::string text, int line) { return Scalar(kString, std::move(text), line); }

Value Value::List() { return List(std::vector<Value>()); }
Value Value::Object() { return Object(std::vector<Member>()); }

Value Value::List(std::vector<Value> items, int line) {
  Value value;
  value.kind = kList;
  value.line = line;
  value.items = std::move(items);
  return value;
}

Value Value::Object(std::vector<Member> members, int line) {
  Value value;
  value.kind = kObject;
  value.line = line;
  value.members = std::move(members);
  return value;
}

const Value* Value::Find(std::string_view name) const {
  for (const Member& member : members) {
    if (member.name == name) return &member.value;
  }
  return nullptr;
}

Value* Value::Find(std::string_view name) {
  return const_cast<Value*>(static_cast<const Value*>(this)->Find(name));
}

std::string Value::Text(std::string_view name) const {
  const Value* found = Find(name);
  return found && found->is_scalar() ? found->text : std::string();
}

void Value::Set(std::string_view name, Value value) {
  if (Value* found = Find(name)) {
    *found = std::move(value);
  } else {
    members.push_back({std::string(name), std::move(value), value.line});
  }
}

void Value::Erase(std::string_view name) {
  std::erase_if(members, [&](const Member& member) { return member.name == name; });
}

bool IsJsonNumber(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const bool leads_with_zero = text.starts_with('0');
  const std::size_t before = text.size();
  if (!TakeDigits(text)) return false;
  if (leads_with_zero && before - text.size() > 1) return false;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    if (!TakeDigits(text)) return false;
  }
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    if (!TakeDigits(text)) return false;
  }
  return text.empty();
}

std::string_view KindName(Value::Kind kind) {
  static constexpr std::string_view kNames[] = {"Null",   "Boolean", "Number",
                                                "String", "List",    "Map"};
  return kNames[kind];
}

std::string ToJson(const Value& value, MemberOrder order) {
  std::string out;
  Append(out, value, order);
  return out;
}

bool Same(const Value& a, const Value& b) {
  return ToJson(a, MemberOrder::kSorted) == ToJson(b, MemberOrder::kSorted);
}

}  // namespace gatehouse::stack
