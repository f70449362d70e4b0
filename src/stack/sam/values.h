// How the SAM transform builds values and looks at intrinsic functions. Plain functions.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "stack/tree/value.h"

namespace gatehouse::stack::sam {

using Field = std::pair<std::string_view, Value>;

Value Text(std::string_view text);
Value Object(std::initializer_list<Field> fields);
Value List(std::initializer_list<Value> items);
Value RefTo(std::string_view name);                             // {"Ref": name}
Value GetAtt(std::string_view id, std::string_view attribute);  // {"Fn::GetAtt": [id, attribute]}
Value Sub(std::string_view text);
Value Sub(std::string_view text, std::initializer_list<Field> variables);
Value If(std::string_view condition, Value then, Value otherwise);

// One member named Ref, Condition or Fn::….
bool IsIntrinsic(const Value& value);
bool IsIf(const Value& value);
bool IsNoValue(const Value& value);  // {"Ref": "AWS::NoValue"}

// What Python takes for false: null, false, 0, "", an empty list or map. SAM leaves out properties
// whose values are so in many places.
bool IsEmpty(const Value* value);

// The resource that a Ref or a GetAtt is about; empty: it is neither.
std::string LogicalIdOf(const Value& value);

// The member, or an empty object or list that is put there.
Value& ObjectAt(Value& object, std::string_view name);
Value& ListAt(Value& object, std::string_view name);
// Sets the member if there is a value.
void SetIfAny(Value& object, std::string_view name, const Value* value);

// {"Key": …, "Value": …} of each member.
Value TagList(const Value& tags);

// About how many bytes a value takes as JSON, and how deep it is.
std::size_t BytesOf(const Value& value);
int DepthOf(const Value& value);

}  // namespace gatehouse::stack::sam
