#include "api/define/property_check.h"

#include <charconv>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "api/define/resource_schema.h"
#include "base/check.h"
#include "wire/utf8.h"

namespace gatehouse::api {
namespace {

namespace bj = boost::json;
using aws::Property;

Error Invalid(std::string sentence) { return {ErrorCode::kInvalidArgument, std::move(sentence)}; }

// UTF-8 characters, not bytes.
std::int64_t Characters(std::string_view text) {
  std::int64_t n = 0;
  for (char c : text) n += (static_cast<unsigned char>(c) & 0xc0) != 0x80 ? 1 : 0;
  return n;
}

// Templates write whole numbers and booleans where a string is due, and the reverse;
// CloudFormation takes both.
Result<bj::value> CheckString(const Property& row, const bj::value& value,
                              const std::string& path) {
  bj::string text;
  if (value.is_string()) {
    text = value.get_string();
  } else if (value.is_bool()) {
    text = value.get_bool() ? "true" : "false";
  } else if (value.is_int64()) {
    text = std::to_string(value.get_int64());
  } else {
    return Invalid(path + " must be a string");
  }
  if (!wire::IsUtf8(text)) return Invalid(path + " is not UTF-8 text");
  std::int64_t length = Characters(text);
  if (length < row.min || length > row.max) {
    return Invalid(
        fmt::format("{} has {} characters; {} to {} are allowed", path, length, row.min, row.max));
  }
  if (!row.one_of.empty() && !aws::Lists(row.one_of, text, '|')) {
    return Invalid(fmt::format("{} is \"{}\"; allowed for WEBSOCKET APIs: {}", path,
                               std::string_view(text), row.one_of));
  }
  return bj::value(std::move(text));
}

Result<bj::value> CheckBoolean(const bj::value& value, const std::string& path) {
  if (value.is_bool()) return value;
  if (value.is_string() && value.get_string() == "true") return bj::value(true);
  if (value.is_string() && value.get_string() == "false") return bj::value(false);
  return Invalid(path + " must be true or false");
}

std::optional<double> ToNumber(const bj::value& value) {
  if (value.is_int64()) return static_cast<double>(value.get_int64());
  if (value.is_uint64()) return static_cast<double>(value.get_uint64());
  if (value.is_double()) return value.get_double();
  if (!value.is_string()) return std::nullopt;
  std::string_view text = value.get_string();
  double number = 0;
  auto end = std::from_chars(text.data(), text.data() + text.size(), number);
  if (end.ec != std::errc() || end.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

Result<bj::value> CheckInteger(const Property& row, const bj::value& value,
                               const std::string& path) {
  std::optional<double> number = ToNumber(value);
  if (!number || std::trunc(*number) != *number) return Invalid(path + " must be a whole number");
  if (*number < static_cast<double>(row.min) || *number > static_cast<double>(row.max)) {
    return Invalid(fmt::format("{} is {}; {} to {} are allowed", path, *number, row.min, row.max));
  }
  return bj::value(static_cast<std::int64_t>(*number));
}

Result<bj::value> CheckNumber(const bj::value& value, const std::string& path) {
  std::optional<double> number = ToNumber(value);
  if (!number || !std::isfinite(*number) || *number < 0) {
    return Invalid(path + " must be a number, 0 or more");
  }
  return bj::value(*number);
}

Result<bj::value> CheckStrings(const Property& row, const bj::value& value,
                               const std::string& path) {
  if (!value.is_array()) return Invalid(path + " must be a list of strings");
  if (value.get_array().size() > kMapEntriesMax) return Invalid(path + " has too many entries");
  bj::array list;
  for (const bj::value& element : value.get_array()) {
    Result<bj::value> checked = CheckString(row, element, path);
    if (!checked) return checked.error();
    list.push_back(*std::move(checked));
  }
  return bj::value(std::move(list));
}

Result<bj::value> CheckObject(const Property& row, const bj::value& value,
                              const std::string& path) {
  if (!value.is_object()) return Invalid(path + " must be an object");
  bj::object object;
  for (const auto& [name, member] : value.get_object()) {
    const Property* inner = FindInCalls(row.members, name);
    if (!inner) return Invalid(fmt::format("{} has no member {}", path, std::string_view(name)));
    if (member.is_null()) continue;
    Result<bj::value> checked = CheckProperty(*inner, member, path + "." + std::string(name));
    if (!checked) return checked.error();
    object.insert_or_assign(WithoutCapital(inner->name), *std::move(checked));
  }
  return bj::value(std::move(object));
}

// An entry without value says that it shall go; where there is nothing to merge with, it is left
// out.
bool TakesOut(const Property& row, const bj::value& value) {
  if (value.is_null()) return true;
  return row.Is(Property::kMerged) && value.is_string() && value.get_string().empty();
}

Result<bj::value> CheckMap(const Property& row, const bj::value& value, const std::string& path) {
  if (!value.is_object()) return Invalid(path + " must be an object");
  if (value.get_object().size() > kMapEntriesMax) return Invalid(path + " has too many entries");
  bj::object map;
  for (const auto& [name, entry] : value.get_object()) {
    if (!wire::IsUtf8(name)) return Invalid(path + " has a name that is not UTF-8 text");
    if (TakesOut(row, entry)) {
      map.insert_or_assign(name, nullptr);
      continue;
    }
    std::string entry_path = path + "." + std::string(name);
    Result<bj::value> checked = row.kind == Property::kText ? CheckString(row, entry, entry_path)
                                                            : CheckObject(row, entry, entry_path);
    if (!checked) return checked.error();
    map.insert_or_assign(name, *std::move(checked));
  }
  return bj::value(std::move(map));
}

}  // namespace

std::string WithoutCapital(std::string_view name) {
  std::string text(name);
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') text[0] = static_cast<char>(text[0] + 32);
  return text;
}

const Property* FindInCalls(std::span<const Property> rows, std::string_view name) {
  std::string plain = WithoutCapital(name);
  for (const Property& row : rows) {
    if (!row.Is(Property::kTemplatesOnly) && WithoutCapital(row.name) == plain) return &row;
  }
  return nullptr;
}

Result<bj::value> CheckProperty(const Property& row, const bj::value& value,
                                const std::string& path) {
  if (row.many == Property::kList) return CheckStrings(row, value, path);
  if (row.many == Property::kMap) return CheckMap(row, value, path);
  switch (row.kind) {
    case Property::kText:
      return CheckString(row, value, path);
    case Property::kBoolean:
      return CheckBoolean(value, path);
    case Property::kInteger:
      return CheckInteger(row, value, path);
    case Property::kNumber:
      return CheckNumber(value, path);
    case Property::kObject:
      return CheckObject(row, value, path);
    case Property::kJson:
      return value;
  }
  CHECK(false);
}

}  // namespace gatehouse::api
