// A template's tree, from YAML or JSON alike: scalars keep the text they were written with (account
// numbers, dates, 1.50), objects keep their order, everything knows its line. Plain values.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gatehouse/result.h"

namespace gatehouse::stack {

// Nesting of a template, and of a value that functions make; the readers refuse more.
inline constexpr int kValueDepthMax = 64;

// What is wrong with a template, and where. Line 0: nowhere in particular.
struct Problem {
  int line = 0;
  std::string message;  // CloudFormation's words
};
using Problems = std::vector<Problem>;

struct Member;

struct Value {
  enum Kind { kNull, kBool, kNumber, kString, kList, kObject };

  Kind kind = kNull;
  int line = 0;                 // from 1
  std::string text;             // kBool: "true" or "false"; kNumber: as JSON allows; kString
  std::vector<Value> items;     // kList
  std::vector<Member> members;  // kObject

  static Value Bool(bool value, int line = 0);
  static Value Number(std::string text, int line = 0);
  static Value String(std::string text, int line = 0);
  static Value List();
  static Value List(std::vector<Value> items, int line = 0);
  static Value Object();
  static Value Object(std::vector<Member> members, int line = 0);

  bool is_scalar() const { return kind == kBool || kind == kNumber || kind == kString; }
  bool is_string() const { return kind == kString; }
  bool is_list() const { return kind == kList; }
  bool is_object() const { return kind == kObject; }

  // The member of an object; null if there is none, or this is no object.
  const Value* Find(std::string_view name) const;
  Value* Find(std::string_view name);
  // The text of a scalar member, else nothing.
  std::string Text(std::string_view name) const;
  // Replaces the member of that name or adds it at the end.
  void Set(std::string_view name, Value value);
  void Erase(std::string_view name);
};

struct Member {
  std::string name;
  Value value;
  int line = 0;  // of the name
};

// Whether text is a number as JSON writes them.
bool IsJsonNumber(std::string_view text);

std::string_view KindName(
    Value::Kind kind);  // "Null", "Boolean", "Number", "String", "List", "Map"

// JSON without blanks. Sorted: members in byte order of their names, so that equal means the same.
enum class MemberOrder { kAsWritten, kSorted };
std::string ToJson(const Value& value, MemberOrder order = MemberOrder::kAsWritten);

// Same kinds, texts, items and members, whatever the order of members and the lines.
bool Same(const Value& a, const Value& b);

}  // namespace gatehouse::stack
