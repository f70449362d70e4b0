// Compiling a schema: its keywords have the right shape, its patterns and references are known.
#include "api/language/json_schema.h"

#include <algorithm>

#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include "api/language/json_schema_check.h"
#include "base/encoding.h"

namespace gatehouse::api {
namespace {

namespace bj = boost::json;

constexpr std::size_t kModelSchemaDepthMax = 100;
constexpr double kCountMax = 1e15;

bool IsSchema(const bj::value& value) { return value.is_object(); }
bool IsSchemaOrBool(const bj::value& value) { return value.is_object() || value.is_bool(); }
bool IsString(const bj::value& value) { return value.is_string(); }
bool IsBool(const bj::value& value) { return value.is_bool(); }
bool IsNumber(const bj::value& value) { return value.is_number(); }
bool IsPositive(const bj::value& value) {
  return value.is_number() && value.to_number<double>() > 0;
}
bool IsCount(const bj::value& value) {
  bj::error_code failed;
  double number = value.is_number() ? value.to_number<double>(failed) : -1;
  return number >= 0 && number < kCountMax &&
         number == static_cast<double>(static_cast<std::int64_t>(number));
}
bool IsList(const bj::value& value) { return value.is_array() && !value.get_array().empty(); }
bool IsStrings(const bj::value& value) {
  return IsList(value) && std::all_of(value.get_array().begin(), value.get_array().end(), IsString);
}
bool IsStringsOrNone(const bj::value& value) {
  return IsStrings(value) || (value.is_array() && value.get_array().empty());
}
bool IsSchemas(const bj::value& value) {
  return IsList(value) && std::all_of(value.get_array().begin(), value.get_array().end(), IsSchema);
}
bool IsSchemaOrSchemas(const bj::value& value) {
  return value.is_object() || (value.is_array() && std::all_of(value.get_array().begin(),
                                                               value.get_array().end(), IsSchema));
}
bool IsSchemaMap(const bj::value& value) {
  return value.is_object() &&
         std::all_of(value.get_object().begin(), value.get_object().end(),
                     [](const auto& member) { return IsSchema(member.value()); });
}
bool IsDependencies(const bj::value& value) {
  return value.is_object() &&
         std::all_of(value.get_object().begin(), value.get_object().end(), [](const auto& member) {
           return IsSchema(member.value()) || IsStrings(member.value());
         });
}
bool IsTypeName(const bj::value& value) {
  static constexpr std::string_view kTypes[] = {"array",  "boolean", "integer", "null",
                                                "number", "object",  "string"};
  return value.is_string() && std::find(std::begin(kTypes), std::end(kTypes),
                                        std::string_view(value.get_string())) != std::end(kTypes);
}
bool IsType(const bj::value& value) {
  return IsTypeName(value) || (IsList(value) && std::all_of(value.get_array().begin(),
                                                            value.get_array().end(), IsTypeName));
}

struct KeywordRow {
  std::string_view name;
  bool (*is_right)(const bj::value&);
  std::string_view wanted;
};

constexpr KeywordRow kKeywords[] = {
    {"$ref", IsString, "a string"},
    {"additionalItems", IsSchemaOrBool, "a schema or a boolean"},
    {"additionalProperties", IsSchemaOrBool, "a schema or a boolean"},
    {"allOf", IsSchemas, "a list of schemas"},
    {"anyOf", IsSchemas, "a list of schemas"},
    {"definitions", IsSchemaMap, "an object of schemas"},
    {"dependencies", IsDependencies, "an object of schemas and lists of names"},
    {"enum", IsList, "a list that is not empty"},
    {"exclusiveMaximum", IsBool, "a boolean"},
    {"exclusiveMinimum", IsBool, "a boolean"},
    {"items", IsSchemaOrSchemas, "a schema or a list of schemas"},
    {"maxItems", IsCount, "an integer from 0 on"},
    {"maxLength", IsCount, "an integer from 0 on"},
    {"maxProperties", IsCount, "an integer from 0 on"},
    {"maximum", IsNumber, "a number"},
    {"minItems", IsCount, "an integer from 0 on"},
    {"minLength", IsCount, "an integer from 0 on"},
    {"minProperties", IsCount, "an integer from 0 on"},
    {"minimum", IsNumber, "a number"},
    {"multipleOf", IsPositive, "a number above 0"},
    {"not", IsSchema, "a schema"},
    {"oneOf", IsSchemas, "a list of schemas"},
    {"pattern", IsString, "a string"},
    {"patternProperties", IsSchemaMap, "an object of schemas"},
    {"properties", IsSchemaMap, "an object of schemas"},
    {"required", IsStringsOrNone, "a list of names"},
    {"type", IsType, "a type's name or a list of them"},
    {"uniqueItems", IsBool, "a boolean"},
};

// Walks a schema and all within it.
class Walk {
 public:
  explicit Walk(CompiledSchema& compiled) : compiled_(compiled) {}
  Result<void> Schema(const bj::value& schema, const std::string& where);

 private:
  Result<void> Keyword(const KeywordRow& row, const bj::value& value, const std::string& where);
  Result<void> Within(const bj::value& value, const std::string& where);
  Result<void> TakePattern(std::string_view text, const std::string& where);
  Result<void> TakeReference(std::string_view text, const std::string& where);

  CompiledSchema& compiled_;
};

Error WrongSchema(const std::string& where, std::string_view why) {
  return {ErrorCode::kInvalidArgument, fmt::format("{}: {}", where, why)};
}

Result<void> Walk::TakePattern(std::string_view text, const std::string& where) {
  Result<Pattern> pattern = Pattern::Compile(text);
  if (!pattern) return WrongSchema(where, pattern.error().message);
  compiled_.patterns.emplace(text, *std::move(pattern));
  return {};
}

Result<void> Walk::TakeReference(std::string_view text, const std::string& where) {
  if (!text.starts_with('#') || (text.size() > 1 && text[1] != '/')) {
    return WrongSchema(where, fmt::format("\"{}\" leads outside the schema", text));
  }
  std::string pointer = base::DecodePercent(text.substr(1));
  bj::error_code failed;
  const bj::value* target = compiled_.root.find_pointer(pointer, failed);
  if (!target || !target->is_object()) {
    return WrongSchema(where, fmt::format("\"{}\" leads to no schema", text));
  }
  bool is_new = compiled_.references.emplace(text, target).second;
  return is_new ? Schema(*target, std::string(text)) : Result<void>();
}

// The schemas within a keyword's value.
Result<void> Walk::Within(const bj::value& value, const std::string& where) {
  if (value.is_array()) {
    for (std::size_t i = 0; i < value.get_array().size(); ++i) {
      const bj::value& item = value.get_array()[i];
      if (!item.is_object()) continue;
      Result<void> fine = Schema(item, fmt::format("{}/{}", where, i));
      if (!fine) return fine;
    }
  }
  return value.is_object() ? Schema(value, where) : Result<void>();
}

Result<void> Walk::Keyword(const KeywordRow& row, const bj::value& value,
                           const std::string& where) {
  if (!row.is_right(value)) return WrongSchema(where, fmt::format("{} is wanted", row.wanted));
  if (row.name == "enum") return {};
  if (row.name == "pattern") return TakePattern(value.get_string(), where);
  if (row.name == "$ref") return TakeReference(value.get_string(), where);
  bool is_map = row.is_right == IsSchemaMap || row.is_right == IsDependencies;
  if (!is_map) return Within(value, where);
  for (const auto& [name, schema] : value.get_object()) {
    std::string place = fmt::format("{}/{}", where, std::string_view(name));
    if (row.name == "patternProperties") {
      if (Result<void> taken = TakePattern(name, place); !taken) return taken;
    }
    if (Result<void> fine = Within(schema, place); !fine) return fine;
  }
  return {};
}

Result<void> Walk::Schema(const bj::value& schema, const std::string& where) {
  const bj::object& members = schema.get_object();
  const bj::value* reference = members.if_contains("$ref");
  for (const KeywordRow& row : kKeywords) {
    if (reference && row.name != "$ref" && row.name != "definitions") continue;
    const bj::value* value = members.if_contains(row.name);
    if (!value) continue;
    Result<void> fine = Keyword(row, *value, fmt::format("{}/{}", where, row.name));
    if (!fine) return fine;
  }
  return {};
}

}  // namespace

Result<JsonSchema> JsonSchema::Compile(std::string_view text) {
  auto compiled = std::make_shared<Compiled>();
  bj::error_code failed;
  bj::parse_options options;
  options.max_depth = kModelSchemaDepthMax;
  compiled->root = bj::parse({text.data(), text.size()}, failed, {}, options);
  if (failed || !compiled->root.is_object()) {
    return Error{ErrorCode::kInvalidArgument, "the schema is no JSON object"};
  }
  Result<void> fine = Walk(*compiled).Schema(compiled->root, "#");
  if (!fine) return fine.error();
  return JsonSchema(std::move(compiled));
}

}  // namespace gatehouse::api
