// What properties a resource type has, as a short text, and a value brought into that form.
//
//   "Name:s! Timeout:i Tags:[{Key:s! Value:s}] StageVariables:<s> Code:j VpcConfig~:j"
//
// s text, i integer, n number, b boolean, j anything, [T] list, {…} object, <T> map whose keys are
// the user's. After the name: "~" accepted but without effect, and said so; "-" likewise, but not
// worth saying; "^" known, not supported yet: an error. After the type: "!" required.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "stack/template/value.h"

namespace gatehouse::stack {

struct Schema {
  enum Kind { kText, kInteger, kNumber, kBool, kAny, kList, kObject, kMap };
  enum Support { kFull, kInert, kSilent, kRefused };
  struct Field;

  Kind kind = kAny;
  std::vector<Field> fields;      // kObject
  std::shared_ptr<Schema> inner;  // kList, kMap

  const Field* Find(std::string_view name) const;
};

struct Schema::Field {
  std::string name;
  Schema schema;
  Support support = kFull;
  bool required = false;
};

// The object that the text describes. A text that cannot be read is our bug (CHECK).
Schema ParseSchema(std::string_view text);

struct ConformResult {
  Value value;
  std::vector<std::string> inert;            // names of properties without effect
  std::set<std::string, std::less<>> wrong;  // properties of which a problem was told
};

// Turns scalars into the kinds that the schema wants ("5" → 5, 5 → "5", "true" → true). Appends
// CloudFormation's words for unknown, missing and wrong properties of that resource.
//   unjudged  properties that are taken as they are
ConformResult Conform(const Schema& schema, const Value& value,
                      const std::set<std::string, std::less<>>& unjudged,
                      const std::string& logical_id, Problems& problems);

}  // namespace gatehouse::stack
