#include "stack/resource/resource.h"

#include <charconv>

namespace gatehouse::stack {

Value ToValue(const Resource& resource) {
  Value value = Value::Object();
  value.Set("stack", Value::String(resource.stack_name));
  value.Set("logicalId", Value::String(resource.logical_id));
  value.Set("type", Value::String(resource.type));
  value.Set("physicalId", Value::String(resource.physical_id));
  value.Set("properties", resource.properties);
  value.Set("inProcess", Value::String(resource.in_process));
  if (!resource.origins.empty()) {
    std::vector<Value> origins;
    for (const std::string& origin : resource.origins) origins.push_back(Value::String(origin));
    value.Set("origins", Value::List(std::move(origins)));
  }
  value.Set("ref", Value::String(resource.values.ref));
  Value attributes = Value::Object();
  for (const auto& [name, text] : resource.values.attributes) {
    attributes.Set(name, Value::String(text));
  }
  value.Set("attributes", std::move(attributes));
  value.Set("deletionPolicy", Value::Number(std::to_string(int(resource.deletion_policy))));
  value.Set("updateReplacePolicy",
            Value::Number(std::to_string(int(resource.update_replace_policy))));
  if (resource.inert) value.Set("inert", Value::Bool(true));
  value.Set("order", Value::Number(std::to_string(resource.order)));
  return value;
}

Result<Resource> ToResource(const Value& value) {
  Resource resource;
  auto number = [&](std::string_view name) {
    const std::string text = value.Text(name);
    int parsed = -1;
    std::from_chars(text.data(), text.data() + text.size(), parsed);
    return parsed;
  };
  resource.stack_name = value.Text("stack");
  resource.logical_id = value.Text("logicalId");
  resource.type = value.Text("type");
  resource.physical_id = value.Text("physicalId");
  resource.in_process = value.Text("inProcess");
  if (const Value* origins = value.Find("origins")) {
    for (const Value& origin : origins->items) resource.origins.push_back(origin.text);
  }
  resource.values.ref = value.Text("ref");
  const Value* properties = value.Find("properties");
  const Value* attributes = value.Find("attributes");
  const int deletion = number("deletionPolicy");
  const int replacement = number("updateReplacePolicy");
  resource.order = number("order");
  resource.inert = value.Text("inert") == "true";
  if (resource.logical_id.empty() || resource.type.empty() || !properties ||
      !properties->is_object() || !attributes || deletion < 0 || deletion > 2 || replacement < 0 ||
      replacement > 2 || resource.order < 0) {
    return Error{ErrorCode::kIo, "a stack's resource is stored in a form that cannot be read"};
  }
  resource.properties = *properties;
  for (const Member& member : attributes->members) {
    resource.values.attributes[member.name] = member.value.text;
  }
  resource.deletion_policy = static_cast<RemovalPolicy>(deletion);
  resource.update_replace_policy = static_cast<RemovalPolicy>(replacement);
  return resource;
}

}  // namespace gatehouse::stack
