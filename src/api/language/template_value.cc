#include "api/language/template_value.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "gatehouse/json.h"

namespace gatehouse::api {
namespace {

using wire::JsonCursor;
using wire::JsonKind;
using wire::JsonSyntax;

constexpr std::size_t kComparedBytesMax = 128 * 1024;  // no message is longer

class JavaText {
 public:
  JavaText(std::size_t bytes_max, std::string& out) : bytes_max_(bytes_max), out_(out) {}

  void Append(const TemplateValue& value, bool as_json, int depth) {
    if (out_.size() > bytes_max_ || depth > 2 * kTemplateTextDepthMax) return;
    switch (value.kind) {
      case TemplateValue::kNull:
      case TemplateValue::kAbsent:
        out_ += "null";
        break;
      case TemplateValue::kBool:
        out_ += value.integer != 0 ? "true" : "false";
        break;
      case TemplateValue::kInteger:
        out_ += std::to_string(value.integer);
        break;
      case TemplateValue::kDouble:
        out_ += JavaDouble(value.number);
        break;
      case TemplateValue::kString:
        as_json ? json::AppendQuoted(out_, value.text) : void(out_ += value.text);
        break;
      case TemplateValue::kList:
      case TemplateValue::kJsonList:
        AppendList(value, as_json || value.kind == TemplateValue::kJsonList, depth + 1);
        break;
      case TemplateValue::kMap:
        AppendMap(value, as_json, depth + 1);
        break;
      case TemplateValue::kEntry:
        Append((*value.map)[0].second, as_json, depth + 1);
        out_ += '=';
        Append((*value.map)[1].second, as_json, depth + 1);
        break;
      case TemplateValue::kContext:
      case TemplateValue::kInput:
      case TemplateValue::kUtility:
        break;
    }
  }

 private:
  void AppendList(const TemplateValue& value, bool as_json, int depth) {
    if (depth > kTemplateTextDepthMax) return void(out_ += "...");
    out_ += '[';
    std::string_view separator;
    for (const TemplateValue& item : *value.list) {
      if (out_.size() > bytes_max_) return;
      out_ += separator;
      separator = as_json ? "," : ", ";
      Append(item, as_json, depth);
    }
    out_ += ']';
  }

  void AppendMap(const TemplateValue& value, bool as_json, int depth) {
    if (depth > kTemplateTextDepthMax) return void(out_ += "...");
    out_ += '{';
    std::string_view separator;
    for (const auto& [name, member] : *value.map) {
      if (out_.size() > bytes_max_) return;
      out_ += separator;
      separator = as_json ? "," : ", ";
      as_json ? json::AppendQuoted(out_, name) : void(out_ += name);
      out_ += as_json ? ':' : '=';
      Append(member, as_json, depth);
    }
    out_ += '}';
  }

  std::size_t bytes_max_;
  std::string& out_;
};

TemplateValue NumberFromJson(std::string_view text) {
  const char* end = text.data() + text.size();
  if (text.find_first_of(".eE") == std::string_view::npos) {
    std::int64_t integer = 0;
    auto [at, error] = std::from_chars(text.data(), end, integer);
    if (error == std::errc() && at == end) return TemplateValue::Integer(integer);
    return TemplateValue::String(std::string(text));
  }
  double number = 0;
  auto [at, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || at != end) return TemplateValue::String(std::string(text));
  return TemplateValue::Double(number);
}

std::string ComparedText(const TemplateValue& value) {
  std::string text;
  AppendJavaText(value, kComparedBytesMax, text);
  return text;
}

}  // namespace

bool TemplateHeap::Take(std::size_t bytes, std::size_t steps) {
  if (bytes > bytes_ || steps > steps_) return false;
  bytes_ -= bytes;
  steps_ -= steps;
  return true;
}

TemplateValue TemplateHeap::List(TemplateValue::List items, TemplateValue::Kind kind) {
  TemplateValue value{kind};
  value.list = &lists_.emplace_back(std::move(items));
  return value;
}

TemplateValue TemplateHeap::Map(TemplateValue::Map members, TemplateValue::Kind kind) {
  TemplateValue value{kind};
  value.map = &maps_.emplace_back(std::move(members));
  return value;
}

TemplateValue TemplateHeap::FromJson(const wire::JsonValue& json, JsonSyntax syntax) {
  switch (json.kind) {
    case JsonKind::kNull:
      return {TemplateValue::kAbsent};
    case JsonKind::kTrue:
    case JsonKind::kFalse:
      return TemplateValue::Bool(json.kind == JsonKind::kTrue);
    case JsonKind::kNumber:
      return NumberFromJson(json.text);
    case JsonKind::kString:
      return TemplateValue::String(wire::DecodeJsonString(json));
    case JsonKind::kArray: {
      TemplateValue list = List({}, TemplateValue::kJsonList);
      for (JsonCursor cursor(json, syntax); cursor.Next();) {
        list.list->push_back(FromJson(cursor.value(), syntax));
      }
      return list;
    }
    case JsonKind::kObject: {
      TemplateValue map = Map({});
      for (JsonCursor cursor(json, syntax); cursor.Next();) {
        map.map->emplace_back(cursor.name(), FromJson(cursor.value(), syntax));
      }
      return map;
    }
  }
  return {};
}

bool TemplateValue::IsTrue() const {
  switch (kind) {
    case kNull:
    case kAbsent:
      return false;
    case kBool:
    case kInteger:
      return integer != 0;
    case kDouble:
      return number != 0;
    case kString:
      return !text.empty();
    case kList:
    case kJsonList:
      return !list->empty();
    case kMap:
      return !map->empty();
    case kEntry:
    case kContext:
    case kInput:
    case kUtility:
      return true;
  }
  return false;
}

// The last of a name counts, as in JSON.
TemplateValue* TemplateValue::Find(std::string_view name) const {
  auto it =
      std::find_if(map->rbegin(), map->rend(), [&](const auto& m) { return m.first == name; });
  return it == map->rend() ? nullptr : &it->second;
}

void TemplateValue::Put(std::string name, TemplateValue value) {
  if (TemplateValue* found = Find(name)) {
    *found = std::move(value);
  } else {
    map->emplace_back(std::move(name), std::move(value));
  }
}

void AppendJavaText(const TemplateValue& value, std::size_t bytes_max, std::string& out) {
  JavaText(bytes_max, out).Append(value, false, 0);
}

bool SameTemplateValues(const TemplateValue& a, const TemplateValue& b) {
  if (a.is_nothing() || b.is_nothing()) return a.is_nothing() && b.is_nothing();
  if (a.is_number() && b.is_number()) return a.as_double() == b.as_double();
  if (a.kind == TemplateValue::kString && b.kind == TemplateValue::kString) return a.text == b.text;
  return ComparedText(a) == ComparedText(b);
}

bool EqualTemplateValues(const TemplateValue& a, const TemplateValue& b) {
  bool alike = a.kind == b.kind || (a.is_list() && b.is_list()) || (a.is_map() && b.is_map());
  return alike && SameTemplateValues(a, b);
}

// The shortest digits that give the number back; from 10^-3 to 10^7 written out.
std::string JavaDouble(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  if (value == 0) return std::signbit(value) ? "-0.0" : "0.0";
  char buffer[64];
  double size = std::fabs(value);
  bool plain = size >= 1e-3 && size < 1e7;
  auto format = plain ? std::chars_format::fixed : std::chars_format::scientific;
  char* end = std::to_chars(buffer, buffer + sizeof buffer, value, format).ptr;
  std::string text(buffer, end);
  std::size_t exponent = std::min(text.find('e'), text.size());
  std::string digits = text.substr(0, exponent);
  if (digits.find('.') == std::string::npos) digits += ".0";
  if (plain) return digits;
  int power = std::stoi(text.substr(exponent + 1));
  return digits + "E" + std::to_string(power);
}

}  // namespace gatehouse::api
