#include "api/language/template_methods.h"

#include <algorithm>

#include <fmt/format.h>

#include "api/language/template_method_rows.h"
#include "api/language/template_utility.h"

namespace gatehouse::api {
namespace {

using Value = TemplateValue;
using Answer = TemplateAnswer;
using MethodCall = TemplateMethodCall;
using MethodRow = TemplateMethodRow;

bool Fits(const MethodRow& row, std::string_view name, std::span<const Value> arguments) {
  if (row.name != name || row.arguments.size() != arguments.size()) return false;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const Value& argument = arguments[i];
    switch (row.arguments[i]) {
      case 's':
        if (argument.kind != Value::kString) return false;
        break;
      case 'i':
        if (argument.kind != Value::kInteger) return false;
        break;
      case 'l':
        if (!argument.is_list()) return false;
        break;
      case 'm':
        if (argument.kind != Value::kMap) return false;
        break;
      default:
        break;
    }
  }
  return true;
}

Answer At(const MethodCall& call, std::int64_t index) {
  if (index < 0 || index >= static_cast<std::int64_t>(call.list().size())) {
    return TemplateIndexOutOfBounds(index, call.list().size());
  }
  return call.list()[static_cast<std::size_t>(index)];
}

Value::List::const_iterator FindItem(const MethodCall& call) {
  return std::find_if(call.list().begin(), call.list().end(),
                      [&](const Value& item) { return EqualTemplateValues(item, call.first()); });
}

Answer SubList(const MethodCall& call) {
  std::int64_t from = call.first().integer, to = call.second().integer;
  auto size = static_cast<std::int64_t>(call.list().size());
  if (from < 0 || to > size || from > to)
    return TemplateIndexOutOfBounds(from < 0 ? from : to, call.list().size());
  if (!call.heap.Take(0, static_cast<std::size_t>(to - from))) return TemplateUsedUp();
  return call.heap.List({call.list().begin() + from, call.list().begin() + to}, call.on.kind);
}

const MethodRow kListMethods[] = {
    {"size", "",
     [](const MethodCall& c) -> Answer {
       return Value::Integer(static_cast<std::int64_t>(c.list().size()));
     }},
    {"isEmpty", "", [](const MethodCall& c) -> Answer { return Value::Bool(c.list().empty()); }},
    {"get", "i", [](const MethodCall& c) -> Answer { return At(c, c.first().integer); }},
    {"contains", "a",
     [](const MethodCall& c) -> Answer { return Value::Bool(FindItem(c) != c.list().end()); }},
    {"indexOf", "a",
     [](const MethodCall& c) -> Answer {
       auto it = FindItem(c);
       return Value::Integer(it == c.list().end() ? -1 : it - c.list().begin());
     }},
    {"add", "a",
     [](const MethodCall& c) -> Answer {
       c.list().push_back(c.first());
       return Value::Bool(true);
     }},
    {"add", "ia",
     [](const MethodCall& c) -> Answer {
       std::int64_t at = c.first().integer;
       if (at < 0 || at > static_cast<std::int64_t>(c.list().size())) {
         return TemplateIndexOutOfBounds(at, c.list().size());
       }
       c.list().insert(c.list().begin() + at, c.second());
       return Value{Value::kAbsent};
     }},
    {"addAll", "l",
     [](const MethodCall& c) -> Answer {
       Value::List more = *c.first().list;  // it may be the same list
       if (!c.heap.Take(0, more.size())) return TemplateUsedUp();
       c.list().insert(c.list().end(), more.begin(), more.end());
       return Value::Bool(!more.empty());
     }},
    {"set", "ia",
     [](const MethodCall& c) -> Answer {
       Answer old = At(c, c.first().integer);
       if (old) c.list()[static_cast<std::size_t>(c.first().integer)] = c.second();
       return old;
     }},
    {"remove", "i",
     [](const MethodCall& c) -> Answer {
       Answer old = At(c, c.first().integer);
       if (old) c.list().erase(c.list().begin() + c.first().integer);
       return old;
     }},
    {"subList", "ii", SubList},
    {"clear", "",
     [](const MethodCall& c) -> Answer {
       c.list().clear();
       return Value{Value::kAbsent};
     }},
    {"toString", "",
     [](const MethodCall& c) -> Answer {
       Result<std::string> text = TemplateText(c.on, c.heap);
       if (!text) return text.error();
       return Value::String(*std::move(text));
     }},
};

template <typename Make>
Answer Each(const MethodCall& call, Make make) {
  if (!call.heap.Take(0, call.map().size())) return TemplateUsedUp();
  Value::List items;
  for (const auto& member : call.map()) items.push_back(make(member));
  return call.heap.List(std::move(items));
}

Answer Removed(const MethodCall& call) {
  auto it = std::find_if(call.map().begin(), call.map().end(),
                         [&](const auto& m) { return m.first == call.first().text; });
  if (it == call.map().end()) return Value{Value::kNull};
  Value old = std::move(it->second);
  call.map().erase(it);
  return old;
}

const MethodRow kMapMethods[] = {
    {"size", "",
     [](const MethodCall& c) -> Answer {
       return Value::Integer(static_cast<std::int64_t>(c.map().size()));
     }},
    {"isEmpty", "", [](const MethodCall& c) -> Answer { return Value::Bool(c.map().empty()); }},
    {"get", "s",
     [](const MethodCall& c) -> Answer {
       const Value* found = c.on.Find(c.first().text);
       return found ? *found : Value{Value::kNull};
     }},
    {"containsKey", "s",
     [](const MethodCall& c) -> Answer {
       return Value::Bool(c.on.Find(c.first().text) != nullptr);
     }},
    {"containsValue", "a",
     [](const MethodCall& c) -> Answer {
       return Value::Bool(std::any_of(c.map().begin(), c.map().end(), [&](const auto& m) {
         return EqualTemplateValues(m.second, c.first());
       }));
     }},
    {"put", "sa",
     [](const MethodCall& c) -> Answer {
       const Value* found = c.on.Find(c.first().text);
       Value old = found ? *found : Value{Value::kNull};
       c.on.Put(c.first().text, c.second());
       return old;
     }},
    {"putAll", "m",
     [](const MethodCall& c) -> Answer {
       Value::Map more = *c.first().map;
       if (!c.heap.Take(0, more.size() * (c.map().size() + 1))) return TemplateUsedUp();
       for (auto& [name, value] : more) c.on.Put(name, value);
       return Value{Value::kAbsent};
     }},
    {"remove", "s", Removed},
    {"keySet", "",
     [](const MethodCall& c) -> Answer {
       return Each(c, [](const auto& member) { return Value::String(member.first); });
     }},
    {"values", "",
     [](const MethodCall& c) -> Answer {
       return Each(c, [](const auto& member) { return member.second; });
     }},
    {"entrySet", "",
     [](const MethodCall& c) -> Answer {
       return Each(c, [&](const auto& member) {
         return c.heap.Map({{"key", Value::String(member.first)}, {"value", member.second}},
                           Value::kEntry);
       });
     }},
    {"getKey", "",
     [](const MethodCall& c) -> Answer {
       const Value* key = c.on.Find("key");
       return key ? *key : Value{};
     }},
    {"getValue", "",
     [](const MethodCall& c) -> Answer {
       const Value* value = c.on.Find("value");
       return value ? *value : Value{};
     }},
    {"toString", "", kListMethods[std::size(kListMethods) - 1].run},
};

const MethodRow kNumberMethods[] = {
    {"toString", "", kListMethods[std::size(kListMethods) - 1].run},
    {"intValue", "",
     [](const MethodCall& c) -> Answer {
       double value = c.on.as_double();
       if (!(value > -9e18 && value < 9e18)) return TemplateIndexOutOfBounds(0, 0);
       return c.on.kind == Value::kInteger ? c.on
                                           : Value::Integer(static_cast<std::int64_t>(value));
     }},
    {"doubleValue", "",
     [](const MethodCall& c) -> Answer { return Value::Double(c.on.as_double()); }},
};

std::span<const MethodRow> MethodsOf(const Value& value) {
  switch (value.kind) {
    case Value::kString:
      return TemplateTextMethods();
    case Value::kList:
    case Value::kJsonList:
      return kListMethods;
    case Value::kMap:
    case Value::kEntry:
      return kMapMethods;
    case Value::kInteger:
    case Value::kDouble:
    case Value::kBool:
      return kNumberMethods;
    default:
      return {};
  }
}

}  // namespace

Error TemplateIndexOutOfBounds(std::int64_t index, std::size_t size) {
  return {ErrorCode::kInvalidArgument, fmt::format("index {} is out of bounds of {}", index, size)};
}

Error TemplateUsedUp() {
  return {ErrorCode::kPayloadTooLarge, "the mapping template computes too much"};
}

Result<std::string> TemplateText(const Value& value, TemplateHeap& heap) {
  std::string text;
  if (!value.is_nothing()) AppendJavaText(value, kTemplateTextBytesMax, text);
  if (text.size() > kTemplateTextBytesMax || !heap.Take(text.size())) return TemplateUsedUp();
  return text;
}

bool IsTemplateInputStep(const TemplateStep& step) {
  if (step.name == "body") return step.kind == TemplateStep::kMember;
  bool is_path = step.name == "json" || step.name == "path";
  std::size_t count = step.arguments.size();
  return step.kind == TemplateStep::kCall &&
         ((is_path && count == 1) || (step.name == "params" && count <= 1));
}

bool IsTemplateUtilityStep(const TemplateStep& step) {
  return step.kind == TemplateStep::kCall && step.arguments.size() == 1 &&
         (step.name == "parseJson" || FindTemplateUtility(step.name).has_value());
}

Answer CallTemplateMethod(Value& on, std::string_view name, std::span<Value> arguments,
                          TemplateHeap& heap) {
  if (name == "equals" && arguments.size() == 1 && !on.is_nothing()) {
    return Value::Bool(EqualTemplateValues(on, arguments[0]));
  }
  for (const MethodRow& row : MethodsOf(on)) {
    if (!Fits(row, name, arguments)) continue;
    Answer answer = row.run({on, arguments, heap});
    bool is_text = answer && answer->kind == Value::kString;
    if (is_text && !heap.Take(answer->text.size())) return TemplateUsedUp();
    return answer;
  }
  return Value{};
}

Value TemplateMember(const Value& of, std::string_view name) {
  if (of.is_map()) {
    const Value* found = of.Find(name);
    return found ? *found : Value{};
  }
  bool has_empty = of.is_list() || of.kind == Value::kString;
  if (name != "empty" || !has_empty) return Value{};
  return Value::Bool(of.is_list() ? of.list->empty() : of.text.empty());
}

}  // namespace gatehouse::api
