// Who refers to whom in a template, before anything is evaluated: undefined names, cycles, and the
// order of creation. Branches of Fn::If count whether they are taken or not, as AWS counts them.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "stack/template/template.h"

namespace gatehouse::stack {

struct UndefinedNames {
  std::set<std::string, std::less<>> values;  // no parameters or resources
  std::set<std::string, std::less<>> conditions;
};

// Names that are no parameter, resource or condition, and attributes that a type does not have.
// notices: hears of attributes of inert resources that a placeholder stands for; may be null.
UndefinedNames CheckReferences(const Template& source, Problems& problems,
                               Problems* notices = nullptr);

using Dependencies = std::map<std::string, std::set<std::string, std::less<>>, std::less<>>;

// What each resource needs before it by the template's own words: references and DependsOn.
Dependencies WrittenDependencies(const Template& source);

// The resources that are to exist, what each needs before it, in an order that respects that; the
// template's own order breaks ties. Deployments also come after every route, integration, response,
// model and authorizer of their api, whatever DependsOn says: a Deployment is a snapshot of these.
// Those in a circle, which is told, are left out.
struct CreationOrder {
  std::vector<const ResourceDeclaration*> resources;
  Dependencies needs;
};
CreationOrder OrderResources(const Template& source,
                             const std::map<std::string, bool, std::less<>>& conditions,
                             Problems& problems);

}  // namespace gatehouse::stack
