// Whatever simdjson takes, our own reader takes strictly and leniently, and all find the same.
#include "wire/routing_reader.h"

#include <string>
#include <vector>

#include "base/check.h"
#include "base/fuzz.h"
#include "gatehouse/json.h"
#include "wire/json_cursor.h"
#include "wire/utf8.h"

namespace gatehouse::wire {
namespace {

// A lenient reading of the same members: an unquoted member in front makes simdjson refuse it.
std::string MadeLenient(std::string_view object) {
  const auto value = ReadJson(object);
  const bool is_empty = !JsonCursor(*value).Next();
  return "{bare:0" + std::string(is_empty ? "" : ",") + std::string(value->text.substr(1));
}

std::string Text(std::string message, const std::vector<std::string>& path, bool* is_object) {
  const std::size_t size = message.size();
  message.append(kJsonPadding, '"');
  RoutingReader reader;
  std::string out;
  *is_object = reader.Parse({message.data(), size});
  reader.AppendText(path, out);
  return out;
}

// Every value is walked and decoded; what is written back must be valid.
void Walk(const JsonValue& value, JsonSyntax syntax, int depth) {
  CHECK(depth <= kJsonDepthMax);
  if (value.kind == JsonKind::kString) {
    const std::string text = DecodeJsonString(value);
    CHECK(IsUtf8(text));
    CHECK(json::String(json::Quoted(text)) == text);
  }
  if (value.kind != JsonKind::kObject && value.kind != JsonKind::kArray) return;
  for (JsonCursor cursor(value, syntax); cursor.Next();) {
    CHECK(ReadJson(cursor.value().text, syntax).has_value());
    Walk(cursor.value(), syntax, depth + 1);
  }
}

void CompareReaders(const std::string& message, const std::vector<std::string>& path) {
  const auto strict = ReadJson(message);
  const auto lenient = ReadJson(message, JsonSyntax::kLenient);
  CHECK(!strict || lenient);
  bool is_object = false;
  const std::string text = Text(message, path, &is_object);
  CHECK(is_object == (lenient && lenient->kind == JsonKind::kObject));
  CHECK(json::IsObject(message) == (strict && strict->kind == JsonKind::kObject));
  if (!strict || !is_object) return;
  const std::string other = Text(MadeLenient(message), path, &is_object);
  CHECK(is_object && other == text);
  const auto member = json::Member(message, path[0]);
  CHECK(!member || json::IsValid(*member));
}

}  // namespace
}  // namespace gatehouse::wire

void gatehouse::base::FuzzOne(std::span<const std::byte> input) {
  using namespace gatehouse::wire;
  const std::string message(reinterpret_cast<const char*>(input.data()), input.size());
  if (message.size() > 20000) return;  // our reader walks a level at a time
  for (const std::vector<std::string>& path :
       {std::vector<std::string>{"action"}, {"a", "b"}, {"a", "0"}, {"a", "0", "c", "1"}, {""}}) {
    CompareReaders(message, path);
  }
  for (const auto syntax : {JsonSyntax::kStrict, JsonSyntax::kLenient}) {
    if (const auto value = ReadJson(message, syntax)) Walk(*value, syntax, 0);
  }
}
