// Rules and schedules as JSON with AWS's members. One form serves the wire, templates and the
// store; the store's has a few members more, which begin with a small letter.
#pragma once

#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "event/definition.h"
#include "gatehouse/result.h"

namespace gatehouse::event {

// All read members of the right type and within AWS's limits, and check what a definition must
// fulfil: expression, pattern, time zone, target. Errors: kInvalidArgument with AWS's sentence.
Result<Target> ReadTarget(const boost::json::object& from);
// Without targets. EventPattern may be an object, as in templates, or its text.
Result<Rule> ReadRule(const boost::json::object& from);
// With "Targets", as in templates.
Result<Rule> ReadRuleWithTargets(const boost::json::object& from);
// Name and group are those of the request's path if it has them. Dates are seconds since 1970, as
// on the wire, or texts, as in templates.
Result<Schedule> ReadSchedule(const boost::json::object& from);

boost::json::object WriteTarget(const Target& target);
boost::json::object WriteRule(const Rule& rule, const Place& place);  // without targets
boost::json::object WriteSchedule(const Schedule& schedule, const Place& place);

// For the store.
std::string EncodeRule(const Rule& rule);
Result<Rule> DecodeRule(std::string_view text);
std::string EncodeSchedule(const Schedule& schedule);
Result<Schedule> DecodeSchedule(std::string_view text);
std::string EncodeGroup(const ScheduleGroup& group);
Result<ScheduleGroup> DecodeGroup(std::string_view text);

}  // namespace gatehouse::event
