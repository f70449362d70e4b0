// The functions that make texts and lists of their arguments, and those that look something up.
#include <charconv>
#include <cstdint>

#include "base/encoding.h"
#include "stack/template/evaluate.h"

namespace gatehouse::stack {
namespace {

// "10.0.0.0/16" → address and prefix length.
bool ReadBlock(std::string_view text, std::uint32_t& address, int& prefix) {
  address = 0;
  const char* at = text.data();
  const char* end = at + text.size();
  for (int i = 0; i < 4; ++i) {
    unsigned part = 0;
    auto [next, error] = std::from_chars(at, end, part);
    if (error != std::errc() || part > 255) return false;
    if (next == end || *next != (i < 3 ? '.' : '/')) return false;
    address = (address << 8) | part;
    at = next + 1;
  }
  auto [next, error] = std::from_chars(at, end, prefix);
  return error == std::errc() && next == end && prefix >= 0 && prefix <= 32;
}

std::string WriteBlock(std::uint32_t address, int prefix) {
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) {
    text.append(std::to_string((address >> shift) & 255)).append(shift > 0 ? "." : "/");
  }
  return text + std::to_string(prefix);
}

int IntegerOf(const Value& value, int otherwise) {
  int number = otherwise;
  if (!value.is_scalar()) return otherwise;
  const char* end = value.text.data() + value.text.size();
  auto [next, error] = std::from_chars(value.text.data(), end, number);
  return error == std::errc() && next == end ? number : otherwise;
}

}  // namespace

Value Evaluator::Join(const Value& argument, int line) {
  constexpr std::string_view kUsage =
      "Template error: every Fn::Join object requires two parameters, (1) a string delimiter and "
      "(2) a list of strings to be joined or a function that returns a list of strings (such as "
      "Fn::GetAZs) to be joined.";
  if (!argument.is_list() || argument.items.size() != 2 || !argument.items[0].is_scalar()) {
    return Fail(line, std::string(kUsage));
  }
  const std::size_t before = problems_.size();
  Value list = Evaluate(argument.items[1]);
  if (problems_.size() != before) return {};
  if (!list.is_list()) return Fail(line, std::string(kUsage));
  std::string made;
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    if (!list.items[i].is_scalar()) return Fail(line, std::string(kUsage));
    if (i > 0) made += argument.items[0].text;
    made += list.items[i].text;
    if (made.size() > kEvaluatedBytesMax) break;
  }
  return Made(std::move(made), line);
}

Value Evaluator::Select(const Value& argument, int line) {
  if (!argument.is_list() || argument.items.size() != 2) {
    return Fail(line,
                "Template error: Fn::Select requires a list argument with two elements: an "
                "integer index and a list");
  }
  const std::size_t before = problems_.size();
  Value index = Evaluate(argument.items[0]);
  Value list = Evaluate(argument.items[1]);
  if (problems_.size() != before) return {};
  const int at = IntegerOf(index, -1);
  if (!list.is_list()) {
    return Fail(line,
                "Template error: Fn::Select requires a list argument with two elements: an "
                "integer index and a list");
  }
  if (at < 0 || static_cast<std::size_t>(at) >= list.items.size()) {
    return Fail(line, "Template error: Fn::Select  cannot select nonexistent value at index " +
                          (index.is_scalar() ? index.text : std::string("null")));
  }
  return std::move(list.items[static_cast<std::size_t>(at)]);
}

Value Evaluator::Split(const Value& argument, int line) {
  constexpr std::string_view kUsage =
      "Template error: every Fn::Split object requires two parameters, (1) a string delimiter and "
      "(2) a string to be split or a function that returns a string to be split.";
  const bool two = argument.is_list() && argument.items.size() == 2;
  if (!two || !argument.items[0].is_scalar() || argument.items[0].text.empty()) {
    return Fail(line, std::string(kUsage));
  }
  const std::size_t before = problems_.size();
  Value source = Evaluate(argument.items[1]);
  if (problems_.size() != before) return {};
  if (!source.is_scalar()) return Fail(line, std::string(kUsage));
  const std::string& delimiter = argument.items[0].text;
  Value list = Value::List({}, line);
  std::string_view rest = source.text;
  for (std::size_t at = rest.find(delimiter); at != rest.npos; at = rest.find(delimiter)) {
    if (!Count(1)) return {};
    list.items.push_back(Value::String(std::string(rest.substr(0, at)), line));
    rest.remove_prefix(at + delimiter.size());
  }
  list.items.push_back(Value::String(std::string(rest), line));
  return list;
}

Value Evaluator::FindInMap(const Value& argument, int line) {
  const bool extended = scope_.source->has_language_extensions();
  const std::size_t count = argument.items.size();
  if (!argument.is_list() || (count != 3 && !(extended && count == 4))) {
    return Fail(line,
                "Template error: every Fn::FindInMap object requires three parameters, the "
                "map name, map key and the attribute for return value");
  }
  std::string names[3];
  for (std::size_t i = 0; i < 3; ++i) {
    const std::size_t before = problems_.size();
    Value name = Evaluate(argument.items[i]);
    if (problems_.size() != before) return {};
    names[i] = name.text;
  }
  const Value* map = scope_.source->mappings.Find(names[0]);
  const Value* row = map ? map->Find(names[1]) : nullptr;
  const Value* found = row ? row->Find(names[2]) : nullptr;
  if (found) return Evaluate(*found);
  if (count == 4) {
    if (const Value* otherwise = argument.items[3].Find("DefaultValue")) {
      return Evaluate(*otherwise);
    }
  }
  if (!map) {
    return Fail(line, "Template error: Mapping named '" + names[0] +
                          "' is not present in the 'Mappings' section of template.");
  }
  return Fail(line, "Template error: Unable to get mapping for " + names[0] + "::" + names[1] +
                        "::" + names[2]);
}

Value Evaluator::ImportValue(const Value& argument, int line) {
  const std::size_t before = problems_.size();
  Value name = Evaluate(argument);
  if (problems_.size() != before) return {};
  auto found = name.is_scalar() ? scope_.exports.find(name.text) : scope_.exports.end();
  if (found == scope_.exports.end() && !scope_.exports_known && name.is_scalar()) {
    met_unknown_ = true;
    return name;
  }
  if (found == scope_.exports.end()) return Fail(line, "No export named " + name.text + " found.");
  if (scope_.imported) scope_.imported->insert(name.text);
  return Value::String(found->second, line);
}

Value Evaluator::Base64(const Value& argument, int line) {
  const std::size_t before = problems_.size();
  Value text = Evaluate(argument);
  if (problems_.size() != before) return {};
  if (!text.is_scalar()) {
    return Fail(line, "Template error: every Fn::Base64 object must have a String-typed value.");
  }
  return Made(base::EncodeBase64(text.text), line);
}

Value Evaluator::Cidr(const Value& argument, int line) {
  const std::size_t before = problems_.size();
  Value arguments = Evaluate(argument);
  if (problems_.size() != before) return {};
  std::uint32_t address = 0;
  int prefix = 0;
  const std::size_t given = arguments.items.size();
  const int count = given > 1 ? IntegerOf(arguments.items[1], 0) : 0;
  const int bits = given > 2 ? IntegerOf(arguments.items[2], 0) : 8;
  const bool usable = given >= 2 && given <= 3 && arguments.items[0].is_scalar() &&
                      ReadBlock(arguments.items[0].text, address, prefix) && count >= 1 &&
                      count <= 256 && bits >= 1 && bits <= 32;
  const std::uint64_t room = usable && 32 - prefix >= bits ? 1ull << (32 - prefix - bits) : 0;
  if (room < static_cast<std::uint64_t>(count) || !usable) {
    return Fail(line,
                "Template error: Fn::Cidr needs an IPv4 block, a count from 1 to 256 that "
                "fits into it, and the bits of each part");
  }
  Value list = Value::List({}, line);
  for (int i = 0; i < count; ++i) {
    const auto part = static_cast<std::uint32_t>(static_cast<std::uint64_t>(i) << bits);
    list.items.push_back(Value::String(WriteBlock(address + part, 32 - bits), line));
  }
  return list;
}

Value Evaluator::GetAZs(const Value& argument, int line) {
  const std::size_t before = problems_.size();
  Value region = Evaluate(argument);
  if (problems_.size() != before) return {};
  if (!region.is_scalar()) {
    return Fail(line, "Template error: every Fn::GetAZs object must have a String-typed value.");
  }
  const std::string& name = region.text.empty() ? scope_.region : region.text;
  Value list = Value::List({}, line);
  for (const char* zone : {"a", "b", "c"}) list.items.push_back(Value::String(name + zone, line));
  return list;
}

Value Evaluator::Length(const Value& argument, int line) {
  const std::size_t before = problems_.size();
  Value list = Evaluate(argument);
  if (problems_.size() != before) return {};
  if (!list.is_list()) return Fail(line, "Template error: Fn::Length takes a list");
  return Value::Number(std::to_string(list.items.size()), line);
}

Value Evaluator::ToJsonString(const Value& argument, int line) {
  const std::size_t before = problems_.size();
  Value value = Evaluate(argument);
  if (problems_.size() != before) return {};
  if (!value.is_object() && !value.is_list()) {
    return Fail(line, "Template error: Fn::ToJsonString takes a map or a list");
  }
  return Made(ToJson(value), line);
}

}  // namespace gatehouse::stack
