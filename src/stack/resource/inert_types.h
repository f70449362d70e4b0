// Types that CloudFormation knows and that take no part in answering messages: they load, are named
// in one line each, and do nothing. What Ref and GetAtt give for them stands in a table for those
// that WebSocket templates have (docs/aws/cloudformation.md §11); of others a marked placeholder.
#pragma once

#include <string>
#include <string_view>

#include "stack/resource/resource_type.h"

namespace gatehouse::stack {

// A row for a type that the list of known types has, or a custom resource. Null: CloudFormation
// does not know it.
const ResourceType* FindInertType(std::string_view name);

// An AWS::ApiGatewayV2::Api that is no WebSocket API: it, and all that belongs to it, is inert.
bool IsHttpApi(std::string_view type, const Value& properties);
// Brings what Ref and GetAtt give for one into the form of an HTTP API.
void MakeHttpValues(ResourceValues& values);

// "AWS::SNS::Topic Alerts: not served; publishing to it answers an error"
std::string InertNotice(std::string_view type, std::string_view logical_id);

// Takes targets that are no functions out of a rule, and makes a schedule inert that has one; says
// so.
void LeaveOutTargets(Resource& resource, int line, Problems& notices);

// What is wrong with names of types that CloudFormation does not know, in one sentence.
//   lines  where they are, "2, 3"
std::string UnknownTypesProblem(const std::vector<std::string>& types, const std::string& lines);

}  // namespace gatehouse::stack
