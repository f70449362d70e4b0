// The resource types that CloudFormation knows: a list of names with what decides a resource's
// physical id and its replacement, as AWS publishes it (known_types.txt says when). Immutable.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::stack {

struct KnownType {
  std::string_view name;           // "AWS::SNS::Topic"
  std::string_view name_property;  // that gives the physical id; empty: none
  std::string_view replacing;      // properties whose change replaces, separated by blanks
};

// All, in byte order of their names. Made when it is first asked for.
const std::vector<KnownType>& KnownTypes();

bool IsKnownType(std::string_view name);

// The known name that is most like one that is not; empty: none is much like it.
std::string NearestTypeName(std::string_view name);

}  // namespace gatehouse::stack
