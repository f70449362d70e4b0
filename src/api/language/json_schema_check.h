// What JsonSchema keeps of a schema, shared by the two halves of its implementation.
#pragma once

#include <map>
#include <string>

#include <boost/json/value.hpp>

#include "api/language/json_schema.h"
#include "api/language/pattern.h"

namespace gatehouse::api {

struct CompiledSchema {
  boost::json::value root;
  std::map<std::string, Pattern, std::less<>> patterns;  // by their text
  // Where each $ref leads, by its text; into root.
  std::map<std::string, const boost::json::value*, std::less<>> references;
};
struct JsonSchema::Compiled : CompiledSchema {};

}  // namespace gatehouse::api
