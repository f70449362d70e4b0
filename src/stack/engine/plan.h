// What a template comes to, before anything is made: every resource resolved, physical ids and all,
// and how that differs from what a stack has. Pure but for looking whether local code exists.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "stack/resource/resource.h"
#include "stack/resource/resource_type.h"
#include "stack/template/parameters.h"

namespace gatehouse::stack {

struct Output {
  std::string key;
  std::string value;
  std::string description;
  std::string export_name;  // empty: none

  bool operator==(const Output&) const = default;
};

struct Export {
  std::string value;
  std::string stack_name;  // whose it is
  std::string stack_id;
};
using Exports = std::map<std::string, Export, std::less<>>;
using Resources = std::map<std::string, Resource, std::less<>>;  // by logical id

struct Step {
  enum Kind { kCreate, kUpdate, kReplace, kKeep };
  Kind kind = kCreate;
  Resource next;
  std::vector<std::string> changed;  // properties, for kUpdate and kReplace
  // Properties that are not as they will be: their values are unknown, or wrong as was told.
  std::set<std::string, std::less<>> unjudged = {};
};

enum class Capability { kNone, kIam, kNamedIam };

struct Plan {
  std::string description;
  std::vector<Step> steps;           // in order
  std::vector<std::string> removed;  // logical ids that the template has no more
  std::vector<Output> outputs;
  std::vector<std::string> imports;  // exports of other stacks in use
  std::vector<std::string> no_echo;  // parameters not to be shown
  Capability capability = Capability::kNone;
  Problems notices;  // what is accepted without effect

  bool changes_resources() const;
};

struct PlanInput {
  const Template* source = nullptr;
  ParameterTexts parameters;
  Surroundings around;
  std::string stack_id;
  Exports exports;                 // of the other stacks
  bool other_stacks_known = true;  // else whatever is imported may be there
  // The value of a parameter of Systems Manager; null: nobody knows those.
  std::function<std::optional<std::string>(std::string_view)> stored;
  bool lenient_stored = false;                 // one that is not there stands for something
  bool strict_types = false;                   // what is not served is a problem
  const Resources* existing = nullptr;         // null: the stack is new
  std::set<std::string, std::less<>> samples;  // parameters whose values are only examples
  // Whether something with that physical id is there already; null: nothing is.
  std::function<bool(const Resource&)> taken;
};

// Appends everything that is wrong, and once: what follows from it is not told. The plan is fit for
// use only if nothing was; else it has what could be made out, for further checks.
Plan MakePlan(const PlanInput& input, Problems& problems);

// Where a resource stands in the world: equal for two that cannot both exist.
std::string PlaceOf(const Resource& resource);

}  // namespace gatehouse::stack
