#include "event/members.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "base/check.h"

namespace gatehouse::event {
namespace {

namespace bj = boost::json;

// "Name" → "name", as the validator of AWS names members.
std::string Lowered(std::string_view name) {
  std::string out(name);
  if (!out.empty()) out[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(out[0])));
  return out;
}

bool IsName(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_';
  });
}

}  // namespace

const bj::value* Members::Find(std::string_view name) const {
  const bj::value* value = from_.if_contains(name);
  return value && !value->is_null() ? value : nullptr;
}

void Members::Wrong(std::string message) {
  if (wrong_.empty()) wrong_ = std::move(message);
}

void Members::Constraint(std::string_view name, std::string_view value,
                         const std::string& constraint) {
  Wrong(
      fmt::format("1 validation error detected: Value '{}' at '{}' failed to satisfy constraint: "
                  "Member must {}",
                  value, Lowered(name), constraint));
}

const aws::Property& Members::RowOf(std::string_view name) const {
  const aws::Property* row = aws::FindProperty(rows_, name);
  CHECK(row != nullptr);
  return *row;
}

std::optional<std::string> Members::Text(std::string_view name) {
  const aws::Property& row = RowOf(name);
  return Text(name, static_cast<std::size_t>(row.min), static_cast<std::size_t>(row.max));
}

std::string Members::Required(std::string_view name) {
  const aws::Property& row = RowOf(name);
  return Required(name, static_cast<std::size_t>(row.min), static_cast<std::size_t>(row.max));
}

std::optional<std::int64_t> Members::Integer(std::string_view name) {
  const aws::Property& row = RowOf(name);
  return Integer(name, row.min, row.max);
}

std::optional<std::string> Members::Text(std::string_view name, std::size_t min, std::size_t max) {
  const bj::value* value = Find(name);
  if (!value) return std::nullopt;
  const bj::string* text = value->if_string();
  if (!text) {
    Wrong(fmt::format("{} must be a string", name));
    return std::nullopt;
  }
  if (text->size() < min) {
    Constraint(name, *text, fmt::format("have length greater than or equal to {}", min));
  }
  if (text->size() > max) {
    Constraint(name, std::string_view(*text).substr(0, 200),
               fmt::format("have length less than or equal to {}", max));
  }
  return std::string(*text);
}

std::string Members::Required(std::string_view name, std::size_t min, std::size_t max) {
  if (!Find(name)) {
    Wrong(
        fmt::format("1 validation error detected: Value null at '{}' failed to satisfy "
                    "constraint: Member must not be null",
                    Lowered(name)));
    return {};
  }
  return Text(name, min, max).value_or("");
}

std::string Members::Name(std::string_view name, bool required) {
  constexpr std::size_t kMax = 64;
  std::string text = required ? Required(name, 1, kMax) : Text(name, 1, kMax).value_or("");
  if (!IsName(text)) {
    Constraint(name, text, "satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+");
  }
  return text;
}

std::optional<std::int64_t> Members::Integer(std::string_view name, std::int64_t min,
                                             std::int64_t max) {
  const bj::value* value = Find(name);
  if (!value) return std::nullopt;
  boost::system::error_code error;
  std::int64_t number = value->is_number() ? value->to_number<std::int64_t>(error) : 0;
  if (!value->is_number() || error) {
    Wrong(fmt::format("{} must be an integer", name));
    return std::nullopt;
  }
  if (number < min) {
    Constraint(name, std::to_string(number),
               fmt::format("have value greater than or equal to {}", min));
  }
  if (number > max) {
    Constraint(name, std::to_string(number),
               fmt::format("have value less than or equal to {}", max));
  }
  return number;
}

std::optional<bool> Members::Bool(std::string_view name) {
  const bj::value* value = Find(name);
  if (!value) return std::nullopt;
  if (!value->is_bool()) {
    Wrong(fmt::format("{} must be true or false", name));
    return std::nullopt;
  }
  return value->get_bool();
}

const bj::object* Members::Object(std::string_view name) {
  const bj::value* value = Find(name);
  if (value && !value->is_object()) Wrong(fmt::format("{} must be an object", name));
  return value ? value->if_object() : nullptr;
}

const bj::array* Members::Array(std::string_view name) {
  const bj::value* value = Find(name);
  if (value && !value->is_array()) Wrong(fmt::format("{} must be a list", name));
  return value ? value->if_array() : nullptr;
}

bool Members::State(std::string_view name) {
  std::optional<std::string> state = Text(name, 0, 64);
  if (!state || *state == "ENABLED") return true;
  if (*state != "DISABLED") {
    Constraint(name, *state, "satisfy enum value set: [ENABLED, DISABLED]");
  }
  return false;
}

}  // namespace gatehouse::event
