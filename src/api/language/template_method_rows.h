// What the tables of template_methods.h are made of: for their own files.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "api/language/template_value.h"
#include "gatehouse/result.h"

namespace gatehouse::api {

using TemplateAnswer = Result<TemplateValue>;

inline constexpr std::size_t kTemplateTextBytesMax = 1024 * 1024;  // of one value

// What a method sees: itself, its arguments, the budget.
struct TemplateMethodCall {
  TemplateValue& on;
  std::span<TemplateValue> arguments;
  TemplateHeap& heap;

  const std::string& text() const { return on.text; }
  TemplateValue::List& list() const { return *on.list; }
  TemplateValue::Map& map() const { return *on.map; }
  const TemplateValue& first() const { return arguments[0]; }
  const TemplateValue& second() const { return arguments[1]; }
};

// A row's signature: a letter for each argument: s text, i integer, a anything, l list, m map.
struct TemplateMethodRow {
  std::string_view name;
  std::string_view arguments;
  TemplateAnswer (*run)(const TemplateMethodCall& call);
};

Error TemplateIndexOutOfBounds(std::int64_t index, std::size_t size);
Error TemplateUsedUp();

// The methods of texts.
std::span<const TemplateMethodRow> TemplateTextMethods();

}  // namespace gatehouse::api
