// One resource of a stack as it is or shall be, everything resolved. Plain values, stored as JSON.
#pragma once

#include <string>
#include <vector>

#include "stack/template/evaluate.h"
#include "stack/template/template.h"
#include "stack/tree/value.h"

namespace gatehouse::stack {

struct Resource {
  std::string stack_name;
  std::string logical_id;
  std::string type;
  std::string physical_id;
  Value properties;                  // an object: evaluated, conforming to the type's schema
  std::string in_process;            // of a function
  std::vector<std::string> origins;  // of a stage
  ResourceValues values;             // what Ref and GetAtt give
  RemovalPolicy deletion_policy = RemovalPolicy::kDelete;
  RemovalPolicy update_replace_policy = RemovalPolicy::kDelete;
  bool inert = false;  // nothing is made: a type that is not served, or of an HTTP API
  int order = 0;       // place in the order of creation; deletion goes backwards

  std::string Text(std::string_view property) const { return properties.Text(property); }
};

Value ToValue(const Resource& resource);
// What ToValue wrote. Error: kIo (damaged).
Result<Resource> ToResource(const Value& value);

}  // namespace gatehouse::stack
