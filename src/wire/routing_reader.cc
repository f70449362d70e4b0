#include "wire/routing_reader.h"

#include <algorithm>
#include <bit>
#include <optional>

#include <simdjson.h>

#include "wire/flat_object.h"
#include "wire/json_cursor.h"

namespace gatehouse::wire {
namespace {

using simdjson::dom::element;

static_assert(kJsonPadding >= simdjson::SIMDJSON_PADDING);

// simdjson does not count an empty innermost container, so this keeps it from taking 65 levels;
// what it refuses for that, our reader judges.
constexpr std::size_t kDomDepthMax = kJsonDepthMax - 1;

bool IsRoutingBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

std::string_view TrimJsonBlanks(std::string_view text) {
  while (!text.empty() && IsRoutingBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsRoutingBlank(text.back())) text.remove_suffix(1);
  return text;
}

// at_key would give the first of duplicates.
std::optional<element> Step(element at, std::string_view name) {
  std::optional<element> found;
  if (simdjson::dom::object object; at.get(object) == simdjson::SUCCESS) {
    for (const auto field : object) {
      if (field.key == name) found = field.value;
    }
  } else if (simdjson::dom::array array; at.get(array) == simdjson::SUCCESS) {
    const auto index = ReadArrayIndex(name);
    if (element value; index && array.at(*index).get(value) == simdjson::SUCCESS) found = value;
  }
  return found;
}

}  // namespace

struct RoutingReader::State {
  FlatObject flat;
  bool is_flat = false;  // flat read the message: nobody else looked at it
  simdjson::dom::parser parser;
  simdjson::dom::document document;
  std::optional<element> root;  // only if simdjson read the message
  JsonSyntax syntax = JsonSyntax::kStrict;
  JsonValue message;  // whoever read it

  bool ParseFast(std::string_view text);
  void AppendWritten(std::span<const std::string> path, std::string& out) const;
};

bool RoutingReader::State::ParseFast(std::string_view text) {
  if (parser.capacity() < text.size()) {
    // Grown by doubling, for simdjson would allocate anew for every message that is the longest
    // yet.
    const std::size_t capacity = std::bit_ceil(std::max<std::size_t>(text.size(), 1024));
    if (parser.allocate(capacity, kDomDepthMax) != simdjson::SUCCESS ||
        document.allocate(capacity) != simdjson::SUCCESS) {
      return false;
    }
  }
  element parsed;
  const auto result = parser.parse_into_document(document, text.data(), text.size(), false);
  if (result.get(parsed) != simdjson::SUCCESS) return false;
  root = parsed;
  return true;
}

// simdjson keeps numbers as values only: their text is found by our reader.
void RoutingReader::State::AppendWritten(std::span<const std::string> path,
                                         std::string& out) const {
  std::optional<JsonValue> at = message;
  for (const std::string& name : path) {
    at = FindStep(*at, name, syntax);
    if (!at) return;
  }
  AppendJsonAsText(*at, syntax, out);
}

RoutingReader::RoutingReader() : state_(std::make_unique<State>()) {}
RoutingReader::~RoutingReader() = default;

bool RoutingReader::Parse(std::string_view message) {
  const std::string_view text = TrimJsonBlanks(message);
  state_->is_flat = state_->flat.Parse(text);
  if (state_->is_flat) return true;
  state_->root.reset();
  state_->message = {};
  if (text.empty() || text.front() != '{') return false;
  state_->message = {JsonKind::kObject, text};
  state_->syntax = JsonSyntax::kStrict;
  if (state_->ParseFast(text)) return true;
  state_->syntax = JsonSyntax::kLenient;
  if (ReadJson(text, JsonSyntax::kLenient)) return true;
  state_->message = {};
  return false;
}

void RoutingReader::AppendText(std::span<const std::string> path, std::string& out) const {
  if (state_->is_flat) {
    if (path.size() == 1) out.append(state_->flat.Find(path[0]));
    return;
  }
  if (!state_->root) return state_->AppendWritten(path, out);
  element at = *state_->root;
  for (const std::string& name : path) {
    const auto next = Step(at, name);
    if (!next) return;
    at = *next;
  }
  switch (at.type()) {
    case simdjson::dom::element_type::STRING:
      out.append(at.get_string().value_unsafe());
      break;
    case simdjson::dom::element_type::BOOL:
      out.append(at.get_bool().value_unsafe() ? "true" : "false");
      break;
    case simdjson::dom::element_type::INT64:
    case simdjson::dom::element_type::UINT64:
    case simdjson::dom::element_type::DOUBLE:
    case simdjson::dom::element_type::ARRAY:
      return state_->AppendWritten(path, out);
    case simdjson::dom::element_type::OBJECT:
    case simdjson::dom::element_type::NULL_VALUE:
      break;
  }
}

}  // namespace gatehouse::wire
