// What functions, their permissions and their asynchronous invocations have, as tables: a row for
// each property, with the member of the definition that keeps it and its name in the store.
// Templates, Lambda's calls, their answers and the store all go by these rows, so that a property
// is one row and one member. Any thread.
// Source: AWS::Lambda::* of CloudFormation, Lambda API 2015-03-31.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include <boost/json/object.hpp>

#include "aws/resource_type.h"
#include "function/define/definition.h"

namespace gatehouse::function {

struct FunctionProperty {
  using Texts = std::map<std::string, std::string, std::less<>>;
  enum Shown { kHidden, kIfGiven, kAlways };  // in a function's configuration

  aws::Property row;
  // None: nothing of it is kept.
  std::variant<std::monostate, std::string FunctionDefinition::*, int FunctionDefinition::*,
               base::Millis FunctionDefinition::*, Texts FunctionDefinition::*,
               CodeSource FunctionDefinition::*>
      member = {};
  std::string_view stored = {};
  Shown shown = kHidden;
};
std::span<const FunctionProperty> FunctionProperties();

struct PermissionProperty {
  aws::Property row;
  std::string Permission::*member = nullptr;  // null: nothing of it is kept
  std::string_view stored = {};
};
std::span<const PermissionProperty> PermissionProperties();

// Of templates.
const aws::ResourceType& FunctionType();
const aws::ResourceType& PermissionType();
const aws::ResourceType& EventInvokeConfigType();

// Takes what JSON with AWS's names says into the definition, code apart; null is not given. Returns
// the name of a property that has the wrong type, or nothing. Bounds are definition_check.h's.
enum class Giver { kTemplate, kCreateFunction, kUpdateFunctionConfiguration };
std::string_view TakeProperties(const boost::json::object& from, Giver giver,
                                FunctionDefinition& into);

// The configuration's members.
void ShowProperties(const FunctionDefinition& definition, boost::json::object& out);

}  // namespace gatehouse::function
