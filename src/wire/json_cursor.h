// A validating reader over one JSON text that never builds a tree: it walks values and hands out
// the byte ranges they came in. Strict RFC 8259, or lenient as API Gateway's router reads messages
// (design §7.5): bare member names up to the colon and single-quoted strings besides. Depth ≤ 64.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace gatehouse::wire {

enum class JsonSyntax { kStrict, kLenient };

inline constexpr int kJsonDepthMax = 64;

enum class JsonKind { kObject, kArray, kString, kNumber, kTrue, kFalse, kNull };

struct JsonValue {
  JsonKind kind = JsonKind::kNull;
  std::string_view text;  // the value's bytes, without surrounding blanks
};

// The one value that text is, with blanks around it at most; nothing if it is not valid.
std::optional<JsonValue> ReadJson(std::string_view text, JsonSyntax syntax = JsonSyntax::kStrict);

// Likewise, strictly, for texts that people write: says where it is wrong. The innermost container
// may be the 65th if it is empty.
struct JsonReading {
  std::optional<JsonValue> value;
  // Without a value: the offset of the byte, string, word or number that is wrong.
  std::size_t fault = 0;
  bool is_too_deep = false;
};
JsonReading LocateJson(std::string_view text);

// The last member of that (decoded) name of an object that ReadJson accepted with this syntax.
std::optional<JsonValue> FindMember(const JsonValue& object, std::string_view name,
                                    JsonSyntax syntax = JsonSyntax::kStrict);

// Walks the members of an object (name decoded) or the elements of an array (name empty), in order.
// The value must come from ReadJson with the same syntax.
class JsonCursor {
 public:
  JsonCursor(const JsonValue& container, JsonSyntax syntax = JsonSyntax::kStrict);
  bool Next();  // false at the end
  const std::string& name() const { return name_; }
  const JsonValue& value() const { return value_; }

 private:
  std::string_view rest_;
  JsonSyntax syntax_;
  bool is_object_;
  std::string name_;
  JsonValue value_;
};

// The index that digits are; nothing for any other text.
std::optional<std::size_t> ReadArrayIndex(std::string_view digits);

// One step of a path: the member of that name of an object, or the element of an array at the index
// that the digits of `name` are. The value must come from ReadJson with the same syntax.
std::optional<JsonValue> FindStep(const JsonValue& at, std::string_view name,
                                  JsonSyntax syntax = JsonSyntax::kStrict);

// Appends a value as API Gateway makes text of it: strings decoded, numbers, true and false as
// written, arrays as [a, b], nothing for null and objects.
void AppendJsonAsText(const JsonValue& value, JsonSyntax syntax, std::string& out);

// The text of a string value with its escapes decoded (lone surrogates become U+FFFD).
std::string DecodeJsonString(const JsonValue& string);

}  // namespace gatehouse::wire
