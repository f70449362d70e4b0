// Validating a document against a compiled schema, one function per family of keywords.
#include "api/language/json_schema_check.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace gatehouse::api {
namespace {

namespace bj = boost::json;

constexpr double kMultipleTolerance = 1e-9;

// A text that two values share exactly if they are equal as JSON Schema sees it: 1 is 1.0, the
// order of members does not count.
void AppendCanonical(const bj::value& value, std::string& out) {
  if (value.is_object()) {
    std::map<std::string_view, const bj::value*> members;
    for (const auto& member : value.get_object()) members[member.key()] = &member.value();
    out += '{';
    for (const auto& [name, member] : members) {
      out += bj::serialize(bj::string_view(name.data(), name.size()));
      out += ':';
      AppendCanonical(*member, out);
      out += ',';
    }
    out += '}';
  } else if (value.is_array()) {
    out += '[';
    for (const bj::value& item : value.get_array()) {
      AppendCanonical(item, out);
      out += ',';
    }
    out += ']';
  } else if (value.is_double() && std::fabs(value.get_double()) < 9e18 &&
             value.get_double() == std::trunc(value.get_double())) {
    out += std::to_string(static_cast<std::int64_t>(value.get_double()));
  } else {
    out += bj::serialize(value);
  }
}

std::string Canonical(const bj::value& value) {
  std::string text;
  AppendCanonical(value, text);
  return text;
}

bool IsOfType(const bj::value& value, std::string_view type) {
  if (type == "array") return value.is_array();
  if (type == "boolean") return value.is_bool();
  if (type == "integer") return value.is_int64() || value.is_uint64();
  if (type == "null") return value.is_null();
  if (type == "number") return value.is_number();
  if (type == "object") return value.is_object();
  return value.is_string();
}

std::size_t CharactersOf(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

// Judges one document; counts the work.
class Check {
 public:
  explicit Check(const CompiledSchema& compiled) : compiled_(compiled) {}
  bool Fits(const bj::value& schema, const bj::value& value);
  bool is_exhausted() const { return is_exhausted_; }  // then nothing that Fits said counts

 private:
  bool FitsAll(const bj::object& schema, const bj::value& value);
  bool FitsCombined(const bj::object& schema, const bj::value& value);
  bool FitsNumber(const bj::object& schema, const bj::value& value) const;
  bool FitsString(const bj::object& schema, std::string_view text);
  bool FitsArray(const bj::object& schema, const bj::array& array);
  bool FitsItems(const bj::object& schema, const bj::array& array);
  bool FitsObject(const bj::object& schema, const bj::value& value);
  bool FitsProperties(const bj::object& schema, const bj::object& object);
  bool FitsDependencies(const bj::object& dependencies, const bj::value& value);
  bool Finds(std::string_view pattern, std::string_view text);

  const CompiledSchema& compiled_;
  int depth_ = 0;
  int steps_ = 0;
  MatchBudget budget_;
  bool is_exhausted_ = false;
};

// Whether `size` is within the two bounds, which the schema may have.
bool FitsSize(const bj::object& schema, std::string_view min, std::string_view max,
              std::size_t size) {
  auto number = static_cast<double>(size);
  const bj::value* least = schema.if_contains(min);
  const bj::value* most = schema.if_contains(max);
  return !(least && number < least->to_number<double>()) &&
         !(most && number > most->to_number<double>());
}

bool IsSet(const bj::object& schema, std::string_view name) {
  const bj::value* value = schema.if_contains(name);
  return value && value->is_bool() && value->get_bool();
}

bool FitsType(const bj::object& schema, const bj::value& value) {
  const bj::value* type = schema.if_contains("type");
  if (!type) return true;
  if (type->is_string()) return IsOfType(value, type->get_string());
  const bj::array& types = type->get_array();
  return std::any_of(types.begin(), types.end(),
                     [&](const bj::value& one) { return IsOfType(value, one.get_string()); });
}

bool FitsEnum(const bj::object& schema, const bj::value& value) {
  const bj::value* choices = schema.if_contains("enum");
  if (!choices) return true;
  std::string text = Canonical(value);
  const bj::array& all = choices->get_array();
  return std::any_of(all.begin(), all.end(),
                     [&](const bj::value& choice) { return Canonical(choice) == text; });
}

bool Check::Fits(const bj::value& schema, const bj::value& value) {
  if (depth_ >= JsonSchema::kDepthMax || ++steps_ > JsonSchema::kStepsMax) is_exhausted_ = true;
  if (is_exhausted_) return false;
  ++depth_;
  const bj::object& members = schema.get_object();
  const bj::value* reference = members.if_contains("$ref");
  bool fits = false;
  if (reference) {
    auto target = compiled_.references.find(std::string_view(reference->get_string()));
    fits = target != compiled_.references.end() && Fits(*target->second, value);
  } else {
    fits = FitsAll(members, value);
  }
  --depth_;
  return fits;
}

bool Check::FitsAll(const bj::object& schema, const bj::value& value) {
  if (!FitsType(schema, value) || !FitsEnum(schema, value)) return false;
  if (value.is_number() && !FitsNumber(schema, value)) return false;
  if (value.is_string() && !FitsString(schema, value.get_string())) return false;
  if (value.is_array() && !FitsArray(schema, value.get_array())) return false;
  if (value.is_object() && !FitsObject(schema, value)) return false;
  return FitsCombined(schema, value);
}

bool Check::FitsCombined(const bj::object& schema, const bj::value& value) {
  auto fits = [&](const bj::value& one) { return Fits(one, value); };
  if (const bj::value* all = schema.if_contains("allOf")) {
    const bj::array& list = all->get_array();
    if (!std::all_of(list.begin(), list.end(), fits)) return false;
  }
  if (const bj::value* any = schema.if_contains("anyOf")) {
    const bj::array& list = any->get_array();
    if (!std::any_of(list.begin(), list.end(), fits)) return false;
  }
  if (const bj::value* one = schema.if_contains("oneOf")) {
    const bj::array& list = one->get_array();
    if (std::count_if(list.begin(), list.end(), fits) != 1) return false;
  }
  const bj::value* none = schema.if_contains("not");
  return !none || !Fits(*none, value);
}

bool Check::FitsNumber(const bj::object& schema, const bj::value& value) const {
  auto number = value.to_number<double>();
  if (const bj::value* most = schema.if_contains("maximum")) {
    auto bound = most->to_number<double>();
    if (number > bound || (number == bound && IsSet(schema, "exclusiveMaximum"))) return false;
  }
  if (const bj::value* least = schema.if_contains("minimum")) {
    auto bound = least->to_number<double>();
    if (number < bound || (number == bound && IsSet(schema, "exclusiveMinimum"))) return false;
  }
  const bj::value* multiple = schema.if_contains("multipleOf");
  if (!multiple) return true;
  double quotient = number / multiple->to_number<double>();
  return std::fabs(quotient - std::round(quotient)) <=
         kMultipleTolerance * std::max(1.0, std::fabs(quotient));
}

bool Check::Finds(std::string_view pattern, std::string_view text) {
  auto it = compiled_.patterns.find(pattern);
  bool found = it != compiled_.patterns.end() && it->second.Finds(text, budget_);
  if (budget_.long_matches < 0) is_exhausted_ = true;
  return found;
}

bool Check::FitsString(const bj::object& schema, std::string_view text) {
  if (!FitsSize(schema, "minLength", "maxLength", CharactersOf(text))) return false;
  const bj::value* pattern = schema.if_contains("pattern");
  return !pattern || Finds(pattern->get_string(), text);
}

bool Check::FitsArray(const bj::object& schema, const bj::array& array) {
  if (!FitsSize(schema, "minItems", "maxItems", array.size())) return false;
  if (IsSet(schema, "uniqueItems")) {
    std::set<std::string> seen;
    for (const bj::value& item : array) {
      if (!seen.insert(Canonical(item)).second) return false;
    }
  }
  return FitsItems(schema, array);
}

bool Check::FitsItems(const bj::object& schema, const bj::array& array) {
  const bj::value* items = schema.if_contains("items");
  if (!items) return true;
  if (items->is_object()) {
    return std::all_of(array.begin(), array.end(),
                       [&](const bj::value& item) { return Fits(*items, item); });
  }
  const bj::array& tuple = items->get_array();
  const bj::value* more = schema.if_contains("additionalItems");
  for (std::size_t i = 0; i < array.size(); ++i) {
    const bj::value* wanted = i < tuple.size() ? &tuple[i] : more;
    if (!wanted) continue;
    bool fits = wanted->is_bool() ? wanted->get_bool() : Fits(*wanted, array[i]);
    if (!fits) return false;
  }
  return true;
}

bool Check::FitsObject(const bj::object& schema, const bj::value& value) {
  const bj::object& object = value.get_object();
  if (!FitsSize(schema, "minProperties", "maxProperties", object.size())) return false;
  if (const bj::value* required = schema.if_contains("required")) {
    for (const bj::value& name : required->get_array()) {
      if (!object.contains(name.get_string())) return false;
    }
  }
  if (const bj::value* dependencies = schema.if_contains("dependencies")) {
    if (!FitsDependencies(dependencies->get_object(), value)) return false;
  }
  return FitsProperties(schema, object);
}

bool Check::FitsProperties(const bj::object& schema, const bj::object& object) {
  const bj::value* properties = schema.if_contains("properties");
  const bj::value* patterns = schema.if_contains("patternProperties");
  const bj::value* more = schema.if_contains("additionalProperties");
  for (const auto& [name, value] : object) {
    bool known = false;
    const bj::value* property = properties ? properties->get_object().if_contains(name) : nullptr;
    if (property) {
      known = true;
      if (!Fits(*property, value)) return false;
    }
    if (patterns) {
      for (const auto& [pattern, wanted] : patterns->get_object()) {
        if (!Finds(pattern, name)) continue;
        known = true;
        if (!Fits(wanted, value)) return false;
      }
    }
    if (known || !more) continue;
    bool fits = more->is_bool() ? more->get_bool() : Fits(*more, value);
    if (!fits) return false;
  }
  return true;
}

bool Check::FitsDependencies(const bj::object& dependencies, const bj::value& value) {
  const bj::object& object = value.get_object();
  for (const auto& [name, wanted] : dependencies) {
    if (!object.contains(name)) continue;
    if (wanted.is_object()) {
      if (!Fits(wanted, value)) return false;
      continue;
    }
    for (const bj::value& other : wanted.get_array()) {
      if (!object.contains(other.get_string())) return false;
    }
  }
  return true;
}

}  // namespace

bool JsonSchema::Accepts(std::string_view document) const {
  bj::monotonic_resource memory;
  bj::error_code failed;
  bj::parse_options options;
  options.max_depth = kDocumentDepthMax;
  bj::value value = bj::parse({document.data(), document.size()}, failed, &memory, options);
  if (failed) return false;
  Check check(*compiled_);
  return check.Fits(compiled_->root, value) && !check.is_exhausted();
}

}  // namespace gatehouse::api
