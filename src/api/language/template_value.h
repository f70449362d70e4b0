// What a mapping template computes with: Java's values as Velocity prints and compares them. Lists
// and maps are shared, as Java's are: who adds to one adds to all that hold it. They belong to the
// heap of their rendering and go with it, whatever rings they form. One rendering's thread only.
// Source: docs/aws/websocket-api.md §6.2; Velocity 1.7's behaviour by cases/vtl.json.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wire/json_cursor.h"

namespace gatehouse::api {

struct TemplateValue {
  enum Kind {
    kNull,     // was never set: a reference to it is printed as it was written, its text
    kAbsent,   // $context, $stageVariables and $input have not got it: printed as nothing
    kBool,     // integer 0 or 1
    kInteger,  // 64 bits
    kDouble,
    kString,
    kList,      // [a, b], a range, keySet()
    kJsonList,  // from JSON: printed as JSON
    kMap,
    kEntry,    // of entrySet(): a map of key and value, printed as key=value
    kContext,  // text: the path behind $context, one that has members
    kInput,
    kUtility,
  };
  using List = std::vector<TemplateValue>;
  using Map = std::vector<std::pair<std::string, TemplateValue>>;  // in the order they were put

  Kind kind = kNull;
  std::int64_t integer = 0;
  double number = 0;
  std::string text = {};
  List* list = nullptr;  // of kList, kJsonList
  Map* map = nullptr;    // of kMap, kEntry

  static TemplateValue Bool(bool value) { return {kBool, value ? 1 : 0}; }
  static TemplateValue Integer(std::int64_t value) { return {kInteger, value}; }
  static TemplateValue Double(double value) { return {kDouble, 0, value}; }
  static TemplateValue String(std::string value) { return {kString, 0, 0, std::move(value)}; }
  bool is_nothing() const { return kind == kNull || kind == kAbsent; }
  bool is_map() const { return kind == kMap || kind == kEntry; }
  bool is_list() const { return kind == kList || kind == kJsonList; }
  bool is_number() const { return kind == kInteger || kind == kDouble; }
  double as_double() const { return kind == kInteger ? static_cast<double>(integer) : number; }

  // As #if takes it: nothing, "", 0, empty lists and maps are false.
  bool IsTrue() const;
  // The member of a map; null if there is none.
  TemplateValue* Find(std::string_view name) const;
  void Put(std::string name, TemplateValue value);  // of a map
};

// What a rendering makes, and how much it may.
class TemplateHeap {
 public:
  static constexpr std::size_t kBytesMax = 4 * 1024 * 1024;  // of all texts together
  static constexpr std::size_t kStepsMax = 200'000;  // nodes evaluated, items made and looked at

  TemplateHeap() = default;
  TemplateHeap(const TemplateHeap&) = delete;
  TemplateHeap& operator=(const TemplateHeap&) = delete;

  // false: used up.
  bool Take(std::size_t bytes, std::size_t steps = 1);

  TemplateValue List(TemplateValue::List items, TemplateValue::Kind kind = TemplateValue::kList);
  TemplateValue Map(TemplateValue::Map members, TemplateValue::Kind kind = TemplateValue::kMap);
  // What JSON becomes: null is kAbsent; numbers without point or exponent that 64 bits cannot hold
  // are text. The caller has taken its bytes.
  TemplateValue FromJson(const wire::JsonValue& json, wire::JsonSyntax syntax);

 private:
  std::deque<TemplateValue::List> lists_;
  std::deque<TemplateValue::Map> maps_;
  std::size_t bytes_ = kBytesMax;
  std::size_t steps_ = kStepsMax;
};

// A list or map that was put into itself has no end: what is deeper is printed as "...".
inline constexpr int kTemplateTextDepthMax = 64;

// Appends Java's toString(): 1.0E10, [a, b], {k=v}, and JSON for lists that came from JSON. Stops
// when out has more than `bytes_max`.
void AppendJavaText(const TemplateValue& value, std::size_t bytes_max, std::string& out);

// As == compares: numbers by value, what is of one kind by itself, all else by its text.
bool SameTemplateValues(const TemplateValue& a, const TemplateValue& b);

// As equals() and contains() compare: a number is never a text, a whole number no fraction.
bool EqualTemplateValues(const TemplateValue& a, const TemplateValue& b);

// Java's Double.toString().
std::string JavaDouble(double value);

}  // namespace gatehouse::api
