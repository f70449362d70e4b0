// A plan carried out on rooms that are empty and hold nothing but what the plan puts there: the
// control planes' own rules say what they would refuse. Everything wrong is told, not the first
// thing only; what does not stand because of it is not told again. Pure.
//
// What the plan refers to and does not make (an api or a function by a parameter) is not judged.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "api/stage/stage.h"
#include "stack/engine/plan.h"

namespace gatehouse::stack {

struct RehearsalResult {
  Problems problems;  // what would be refused
  // What each api of the plan would serve, by its id: its stages, or its routes in a stage without
  // variables when it has none. Missing where something wrong with the api forbids to say.
  std::map<std::string, std::vector<std::shared_ptr<const api::Stage>>> stages;
};

// source: where lines are from. The plan may have been made with problems.
RehearsalResult Rehearse(const Template& source, const Plan& plan, const Surroundings& around);

}  // namespace gatehouse::stack
