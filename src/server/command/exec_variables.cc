#include "server/command/exec_variables.h"

#include <algorithm>
#include <string>

#include <boost/json/parse.hpp>

namespace gatehouse::server {
namespace {

constexpr std::string_view kOutput = "GATEHOUSE_OUTPUT_";

std::string TextValue(const boost::json::object& object, std::string_view name) {
  const boost::json::value* value = object.if_contains(name);
  const boost::json::string* text = value ? value->if_string() : nullptr;
  return text ? std::string(*text) : std::string();
}

// A member that is a list of objects; what is none is left out.
std::vector<const boost::json::object*> Objects(const boost::json::object& object,
                                                std::string_view name) {
  std::vector<const boost::json::object*> objects;
  const boost::json::value* value = object.if_contains(name);
  const boost::json::array* list = value ? value->if_array() : nullptr;
  if (!list) return objects;
  for (const boost::json::value& one : *list) {
    if (const boost::json::object* inner = one.if_object()) objects.push_back(inner);
  }
  return objects;
}

void SetOutputs(const boost::json::object& stack, Variables& variables) {
  const boost::json::value* outputs = stack.if_contains("outputs");
  if (!outputs || !outputs->is_object()) return;
  std::string name = TextValue(stack, "name");
  std::replace(name.begin(), name.end(), '-', '_');
  for (const auto& [key, value] : outputs->get_object()) {
    if (!value.is_string()) continue;
    std::string text(value.get_string());
    variables[std::string(kOutput) + name + "_" + std::string(key)] = text;
    variables.emplace(std::string(kOutput) + std::string(key), text);
  }
}

void SetStage(const boost::json::object& stack, Variables& variables) {
  for (const boost::json::object* api : Objects(stack, "apis")) {
    for (const boost::json::object* stage : Objects(*api, "stages")) {
      variables.emplace("GATEHOUSE_URL", TextValue(*stage, "websocketUrl"));
      variables.emplace("GATEHOUSE_MANAGEMENT_URL", TextValue(*stage, "managementUrl"));
      variables.emplace("GATEHOUSE_STAGE", TextValue(*stage, "name"));
    }
  }
}

}  // namespace

void SetExecVariables(std::string_view ready_json, Variables& variables) {
  boost::system::error_code error;
  boost::json::value ready = boost::json::parse(ready_json, error);
  if (error || !ready.is_object()) return;
  // A ready file of `up` would mean another instance to env than the port does.
  for (const char* name : {"GATEHOUSE_URL", "GATEHOUSE_MANAGEMENT_URL", "GATEHOUSE_STAGE",
                           "GATEHOUSE_PORT", "GATEHOUSE_READY_FILE"}) {
    variables.erase(name);
  }
  std::erase_if(variables, [](const auto& entry) { return entry.first.starts_with(kOutput); });
  const boost::json::value* port = ready.get_object().if_contains("port");
  if (port && port->is_int64()) variables["GATEHOUSE_PORT"] = std::to_string(port->get_int64());
  for (const boost::json::object* stack : Objects(ready.get_object(), "stacks")) {
    SetStage(*stack, variables);
    SetOutputs(*stack, variables);
  }
}

}  // namespace gatehouse::server
