// docs/templates.md: each resource type that has a table, and what becomes of each property.
#pragma once

#include <span>
#include <string>

#include "stack/resource/resource_type.h"

namespace gatehouse::stack {

// The page, written from the tables alone: the same tables, the same text.
std::string TemplatesPage(std::span<const ResourceType> types);

}  // namespace gatehouse::stack
