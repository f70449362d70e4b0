#include "stack/template/parameters.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <regex>

namespace gatehouse::stack {
namespace {

constexpr std::size_t kPatternBytesMax = 1024;

std::optional<double> ToNumber(std::string_view text) {
  double number = 0;
  const char* end = text.data() + text.size();
  auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end) return std::nullopt;
  return number;
}

std::vector<std::string> SplitList(std::string_view text) {
  std::vector<std::string> parts;
  if (text.empty()) return parts;
  for (;;) {
    const std::size_t comma = text.find(',');
    std::string_view part = text.substr(0, comma);
    while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
    while (!part.empty() && part.back() == ' ') part.remove_suffix(1);
    parts.emplace_back(part);
    if (comma == text.npos) return parts;
    text.remove_prefix(comma + 1);
  }
}

// Nothing if it matches; else why not. The polynomial matcher: a pattern must not stop the loop.
std::optional<std::string> Mismatch(const std::string& value, const std::string& pattern) {
  if (pattern.size() > kPatternBytesMax) return "has an AllowedPattern that is too long";
  try {
    const std::regex compiled(pattern, std::regex::ECMAScript | std::regex_constants::__polynomial);
    if (std::regex_match(value, compiled)) return std::nullopt;
    return "must match pattern " + pattern;
  } catch (const std::regex_error&) {
    return "has an AllowedPattern that cannot be read: " + pattern;
  }
}

class Checker {
 public:
  Checker(const ParameterDeclaration& declaration, Problems& problems)
      : declaration_(declaration), problems_(problems) {}

  void Check(const std::string& text) {
    if (text.size() > kParameterValueBytesMax) {
      return Unsatisfied("must not be longer than " + std::to_string(kParameterValueBytesMax));
    }
    if (!declaration_.is_list() || declaration_.is_stored()) return CheckOne(text);
    for (const std::string& part : SplitList(text)) CheckOne(part);
  }

 private:
  void Add(std::string message) { problems_.push_back({declaration_.line, std::move(message)}); }

  void Unsatisfied(const std::string& constraint) {
    const std::string& described = declaration_.constraint_description;
    Add("Parameter " + declaration_.name +
        " failed to satisfy constraint: " + (described.empty() ? constraint : described));
  }

  void CheckOne(const std::string& text) {
    const std::vector<std::string>& allowed = declaration_.allowed_values;
    if (!allowed.empty() && std::find(allowed.begin(), allowed.end(), text) == allowed.end()) {
      return Add("Parameter '" + declaration_.name + "' must be one of AllowedValues");
    }
    if (declaration_.type == "Number" || declaration_.type == "List<Number>") {
      return CheckNumber(text);
    }
    const auto size = static_cast<double>(text.size());
    if (declaration_.min_length && size < *declaration_.min_length) {
      return Unsatisfied("must contain at least " + Whole(*declaration_.min_length) +
                         " characters");
    }
    if (declaration_.max_length && size > *declaration_.max_length) {
      return Unsatisfied("must contain at most " + Whole(*declaration_.max_length) + " characters");
    }
    if (declaration_.allowed_pattern.empty()) return;
    if (auto mismatch = Mismatch(text, declaration_.allowed_pattern)) Unsatisfied(*mismatch);
  }

  void CheckNumber(const std::string& text) {
    std::optional<double> number = ToNumber(text);
    if (!number) return Add("Parameter '" + declaration_.name + "' must be a number.");
    if (declaration_.min_value && *number < *declaration_.min_value) {
      return Unsatisfied("must be a number greater than or equal to " +
                         Whole(*declaration_.min_value));
    }
    if (declaration_.max_value && *number > *declaration_.max_value) {
      Unsatisfied("must be a number less than or equal to " + Whole(*declaration_.max_value));
    }
  }

  static std::string Whole(double number) {
    char text[32];
    auto [end, error] = std::to_chars(text, text + sizeof text, number);
    return std::string(text, end);
  }

  const ParameterDeclaration& declaration_;
  Problems& problems_;
};

std::string Listed(const std::vector<std::string>& names) {
  std::string text = "[";
  for (const std::string& name : names) text.append(text.size() > 1 ? ", " : "").append(name);
  return text + "]";
}

}  // namespace

ParameterTexts ResolveParameters(const Template& source, const ParameterInputs& given,
                                 const ParameterTexts* previous, Problems& problems) {
  ParameterTexts texts;
  std::vector<std::string> missing, unknown;
  for (const auto& [name, input] : given) {
    if (!source.FindParameter(name)) unknown.push_back(name);
    if (input.use_previous && !previous) {
      problems.push_back(
          {0, "Cannot specify UsePreviousValue on Parameters when ChangeSetType is CREATE"});
      return texts;
    }
  }
  for (const ParameterDeclaration& declaration : source.parameters) {
    auto input = given.find(declaration.name);
    std::optional<std::string> text = declaration.default_value;
    if (input != given.end() && !input->second.use_previous) {
      text = input->second.value;
    } else if (previous && input != given.end()) {
      auto kept = previous->find(declaration.name);
      if (kept != previous->end()) text = kept->second;
    }
    if (!text) {
      missing.push_back(declaration.name);
      continue;
    }
    Checker(declaration, problems).Check(*text);
    texts[declaration.name] = *std::move(text);
  }
  if (!missing.empty()) {
    problems.push_back({0, "Parameters: " + Listed(missing) + " must have values"});
  }
  if (!unknown.empty()) {
    problems.push_back({0, "Parameters: " + Listed(unknown) + " do not exist in the template"});
  }
  return texts;
}

ParameterTexts GivenParameters(const ParameterInputs& given, const ParameterTexts* previous) {
  ParameterTexts texts;
  for (const auto& [name, input] : given) {
    if (!input.use_previous) {
      texts[name] = input.value;
    } else if (previous && previous->contains(name)) {
      texts[name] = previous->find(name)->second;
    }
  }
  return texts;
}

Value ParameterValue(const ParameterDeclaration& declaration, const std::string& text) {
  if (!declaration.is_list()) return Value::String(text, declaration.line);
  std::vector<Value> items;
  for (std::string& part : SplitList(text)) items.push_back(Value::String(std::move(part)));
  return Value::List(std::move(items), declaration.line);
}

}  // namespace gatehouse::stack
