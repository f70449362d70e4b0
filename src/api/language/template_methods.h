// The methods that mapping templates may call, by fixed tables of name and number of arguments:
// nothing is looked up by reflection, so that no template reaches anything but its own data.
// Pure but for lists and maps that are changed. Source: java.lang.String, java.util.List and Map.
#pragma once

#include <span>
#include <string>

#include "api/language/template_syntax.h"
#include "api/language/template_value.h"
#include "gatehouse/result.h"

namespace gatehouse::api {

// Whether $input has that, and $util.
bool IsTemplateInputStep(const TemplateStep& step);
bool IsTemplateUtilityStep(const TemplateStep& step);

// Calls a method of a value. kNull: it has no such method with so many arguments of such kinds.
// Errors: kInvalidArgument with what is wrong (an index out of bounds), as Java throws;
// kPayloadTooLarge when the heap is used up.
Result<TemplateValue> CallTemplateMethod(TemplateValue& on, std::string_view name,
                                         std::span<TemplateValue> arguments, TemplateHeap& heap);

// What a member without parentheses gives: a map's value, or a getter (entry.key, list.empty);
// kNull: nothing.
TemplateValue TemplateMember(const TemplateValue& of, std::string_view name);

// A value's text, within the heap. Errors: kPayloadTooLarge.
Result<std::string> TemplateText(const TemplateValue& value, TemplateHeap& heap);

}  // namespace gatehouse::api
