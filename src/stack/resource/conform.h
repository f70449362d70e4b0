// What a template gives, brought into the form that its type's table asks for.
#pragma once

#include <set>
#include <span>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "aws/resource_type.h"
#include "stack/tree/value.h"

namespace gatehouse::stack {

struct ConformResult {
  Value value;
  std::vector<std::string> inert;            // names of properties without effect
  std::set<std::string, std::less<>> wrong;  // properties of which a problem was told
};

// Turns scalars into the kinds that the table wants ("5" → 5, 5 → "5", "true" → true). Appends
// CloudFormation's words for unknown, missing and wrong properties of that resource.
//   unjudged  properties that are taken as they are
ConformResult Conform(std::span<const aws::Property> properties, const Value& value,
                      const std::set<std::string, std::less<>>& unjudged,
                      const std::string& logical_id, Problems& problems);

// What conforms as JSON for the room whose table it is: what is served, each in its own type. Texts
// that templates may write as JSON are texts; what is JSON altogether (a policy, code) is left out:
// whoever wants it reads it from the value. Names are as in templates, or as in calls, which
// begin with a small letter.
enum class Naming { kOfTemplates, kOfCalls };
boost::json::object ToRoom(std::span<const aws::Property> properties, const Value& value,
                           Naming naming);

}  // namespace gatehouse::stack
