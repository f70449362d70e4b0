#include "stack/engine/record.h"

#include <charconv>

#include "stack/tree/json_reader.h"

namespace gatehouse::stack {
namespace {

constexpr std::string_view kVersion = "1";

Value Text(const std::string& text) { return Value::String(text); }
Value Time(base::Millis time) { return Value::Number(std::to_string(time.count())); }
Value Number(std::uint64_t number) { return Value::Number(std::to_string(number)); }

std::int64_t ReadNumber(const Value& value, std::string_view name) {
  const std::string text = value.Text(name);
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

base::Millis ReadTime(const Value& value, std::string_view name) {
  return base::Millis{ReadNumber(value, name)};
}

Value Texts(const std::vector<std::string>& texts) {
  Value list = Value::List();
  for (const std::string& text : texts) list.items.push_back(Text(text));
  return list;
}

std::vector<std::string> ReadTexts(const Value& value, std::string_view name) {
  std::vector<std::string> texts;
  if (const Value* list = value.Find(name)) {
    for (const Value& item : list->items) texts.push_back(item.text);
  }
  return texts;
}

Value Document() { return Value::Object({{"v", Value::Number(std::string(kVersion))}}); }

Value ToValue(const StackDefinition& definition) {
  Value value = Value::Object();
  value.Set("template", Text(definition.template_text));
  Value parameters = Value::Object();
  for (const auto& [name, text] : definition.parameters) parameters.Set(name, Text(text));
  value.Set("parameters", std::move(parameters));
  value.Set("noEcho", Texts(definition.no_echo));
  value.Set("capabilities", Texts(definition.capabilities));
  Value tags = Value::List();
  for (const auto& [key, text] : definition.tags) {
    tags.items.push_back(Value::Object({{"key", Text(key)}, {"value", Text(text)}}));
  }
  value.Set("tags", std::move(tags));
  value.Set("description", Text(definition.description));
  Value outputs = Value::List();
  for (const Output& output : definition.outputs) {
    outputs.items.push_back(Value::Object({{"key", Text(output.key)},
                                           {"value", Text(output.value)},
                                           {"description", Text(output.description)},
                                           {"export", Text(output.export_name)}}));
  }
  value.Set("outputs", std::move(outputs));
  value.Set("imports", Texts(definition.imports));
  value.Set("directory", Text(definition.source_directory));
  return value;
}

StackDefinition ReadDefinition(const Value* value) {
  StackDefinition definition;
  if (!value) return definition;
  definition.template_text = value->Text("template");
  if (const Value* parameters = value->Find("parameters")) {
    for (const Member& member : parameters->members) {
      definition.parameters[member.name] = member.value.text;
    }
  }
  definition.no_echo = ReadTexts(*value, "noEcho");
  definition.capabilities = ReadTexts(*value, "capabilities");
  if (const Value* tags = value->Find("tags")) {
    for (const Value& tag : tags->items) {
      definition.tags.emplace_back(tag.Text("key"), tag.Text("value"));
    }
  }
  definition.description = value->Text("description");
  if (const Value* outputs = value->Find("outputs")) {
    for (const Value& output : outputs->items) {
      definition.outputs.push_back({output.Text("key"), output.Text("value"),
                                    output.Text("description"), output.Text("export")});
    }
  }
  definition.imports = ReadTexts(*value, "imports");
  definition.source_directory = value->Text("directory");
  return definition;
}

Result<StackRecord> ReadStack(const Value& value) {
  StackRecord stack;
  stack.name = value.Text("name");
  stack.uuid = value.Text("uuid");
  stack.id = value.Text("id");
  stack.status = value.Text("status");
  stack.reason = value.Text("reason");
  stack.created = ReadTime(value, "created");
  stack.updated = ReadTime(value, "updated");
  stack.deleted = ReadTime(value, "deleted");
  stack.definition = ReadDefinition(value.Find("definition"));
  stack.disable_rollback = value.Text("disableRollback") == "true";
  stack.termination_protection = value.Text("terminationProtection") == "true";
  stack.has_roles_enforced = value.Text("rolesEnforced") == "true";
  stack.change_set_id = value.Text("changeSetId");
  if (const Value* garbage = value.Find("garbage")) {
    for (const Value& item : garbage->items) {
      Result<Resource> resource = ToResource(item);
      if (!resource) return resource.error();
      stack.garbage.push_back(*std::move(resource));
    }
  }
  return stack;
}

Result<Entry> ReadEntry(const Value& value) {
  Entry entry;
  const Value* now = value.Find("now");
  if (!now) return Error{ErrorCode::kIo, "a resource without its state"};
  Result<Resource> resource = ToResource(*now);
  if (!resource) return resource.error();
  entry.now = *std::move(resource);
  entry.status = value.Text("status");
  entry.reason = value.Text("reason");
  entry.time = ReadTime(value, "time");
  entry.touched = static_cast<int>(ReadNumber(value, "touched"));
  if (const Value* before = value.Find("before")) {
    Result<Resource> kept = ToResource(*before);
    if (!kept) return kept.error();
    entry.before = *std::move(kept);
  }
  return entry;
}

StackEvent ReadEvent(const Value& value) {
  StackEvent event;
  event.number = static_cast<std::uint64_t>(ReadNumber(value, "number"));
  event.id = value.Text("id");
  event.logical_id = value.Text("logicalId");
  event.physical_id = value.Text("physicalId");
  event.type = value.Text("type");
  event.status = value.Text("status");
  event.reason = value.Text("reason");
  event.properties = value.Text("properties");
  event.time = ReadTime(value, "time");
  return event;
}

ChangeSet ReadChangeSet(const Value& value) {
  ChangeSet set;
  set.name = value.Text("name");
  set.id = value.Text("id");
  set.type = value.Text("type");
  set.description = value.Text("description");
  set.status = value.Text("status");
  set.reason = value.Text("reason");
  set.execution = value.Text("execution");
  set.time = ReadTime(value, "time");
  set.definition = ReadDefinition(value.Find("definition"));
  if (const Value* changes = value.Find("changes")) {
    for (const Value& item : changes->items) {
      set.changes.push_back({item.Text("action"), item.Text("logicalId"), item.Text("physicalId"),
                             item.Text("type"), item.Text("replacement")});
    }
  }
  return set;
}

Result<void> ReadPart(const std::string& key, const Value& value,
                      std::map<std::string, StackRecord>& stacks) {
  const std::size_t slash = key.find('/');
  const std::string kind = key.substr(0, slash);
  const std::string uuid = key.substr(slash + 1, key.find('/', slash + 1) - slash - 1);
  auto stack = stacks.find(uuid);
  if (stack == stacks.end()) return Error{ErrorCode::kIo, "it belongs to no stack"};
  if (kind == "resource") {
    Result<Entry> entry = ReadEntry(value);
    if (!entry) return entry.error();
    const std::string logical_id = entry->now.logical_id;
    stack->second.entries.insert_or_assign(logical_id, *std::move(entry));
  } else if (kind == "event") {
    stack->second.events.push_back(ReadEvent(value));
  } else if (kind == "changeset") {
    ChangeSet set = ReadChangeSet(value);
    stack->second.change_sets.insert_or_assign(set.name, std::move(set));
  }
  return {};
}

}  // namespace

Resources StackRecord::resources() const {
  Resources resources;
  for (const auto& [logical_id, entry] : entries) resources.emplace(logical_id, entry.now);
  return resources;
}

std::string StackDocument(const StackRecord& stack) {
  Value value = Document();
  value.Set("name", Text(stack.name));
  value.Set("uuid", Text(stack.uuid));
  value.Set("id", Text(stack.id));
  value.Set("status", Text(stack.status));
  value.Set("reason", Text(stack.reason));
  value.Set("created", Time(stack.created));
  value.Set("updated", Time(stack.updated));
  value.Set("deleted", Time(stack.deleted));
  value.Set("definition", ToValue(stack.definition));
  value.Set("disableRollback", Value::Bool(stack.disable_rollback));
  value.Set("terminationProtection", Value::Bool(stack.termination_protection));
  value.Set("rolesEnforced", Value::Bool(stack.has_roles_enforced));
  value.Set("changeSetId", Text(stack.change_set_id));
  Value garbage = Value::List();
  for (const Resource& resource : stack.garbage) garbage.items.push_back(ToValue(resource));
  value.Set("garbage", std::move(garbage));
  return ToJson(value);
}

std::string EntryDocument(const Entry& entry) {
  Value value = Document();
  value.Set("now", ToValue(entry.now));
  value.Set("status", Text(entry.status));
  value.Set("reason", Text(entry.reason));
  value.Set("time", Time(entry.time));
  value.Set("touched", Number(static_cast<std::uint64_t>(entry.touched)));
  if (entry.before) value.Set("before", ToValue(*entry.before));
  return ToJson(value);
}

std::string EventDocument(const StackEvent& event) {
  Value value = Document();
  value.Set("number", Number(event.number));
  value.Set("id", Text(event.id));
  value.Set("logicalId", Text(event.logical_id));
  value.Set("physicalId", Text(event.physical_id));
  value.Set("type", Text(event.type));
  value.Set("status", Text(event.status));
  value.Set("reason", Text(event.reason));
  value.Set("properties", Text(event.properties));
  value.Set("time", Time(event.time));
  return ToJson(value);
}

std::string ChangeSetDocument(const ChangeSet& set) {
  Value value = Document();
  value.Set("name", Text(set.name));
  value.Set("id", Text(set.id));
  value.Set("type", Text(set.type));
  value.Set("description", Text(set.description));
  value.Set("status", Text(set.status));
  value.Set("reason", Text(set.reason));
  value.Set("execution", Text(set.execution));
  value.Set("time", Time(set.time));
  value.Set("definition", ToValue(set.definition));
  Value changes = Value::List();
  for (const ResourceChange& change : set.changes) {
    changes.items.push_back(Value::Object({{"action", Text(change.action)},
                                           {"logicalId", Text(change.logical_id)},
                                           {"physicalId", Text(change.physical_id)},
                                           {"type", Text(change.type)},
                                           {"replacement", Text(change.replacement)}}));
  }
  value.Set("changes", std::move(changes));
  return ToJson(value);
}

std::string StackKey(const StackRecord& stack) { return "stack/" + stack.uuid; }

std::string EntryKey(const StackRecord& stack, const std::string& logical_id) {
  return "resource/" + stack.uuid + "/" + logical_id;
}

std::string EventKey(const StackRecord& stack, const StackEvent& event) {
  std::string digits = std::to_string(event.number);
  digits.insert(0, digits.size() < 10 ? 10 - digits.size() : 0, '0');
  return "event/" + stack.uuid + "/" + digits;
}

std::string ChangeSetKey(const StackRecord& stack, const ChangeSet& change_set) {
  return "changeset/" + stack.uuid + "/" + change_set.id.substr(change_set.id.rfind('/') + 1);
}

Result<std::map<std::string, StackRecord>> ReadRecords(
    const std::map<std::string, std::string, std::less<>>& documents) {
  std::map<std::string, StackRecord> stacks;
  for (const bool stacks_first : {true, false}) {
    for (const auto& [key, text] : documents) {
      if (key.starts_with("stack/") != stacks_first) continue;
      Value value;
      Problem problem;
      if (!ReadJson(text, value, problem)) {
        return Error{ErrorCode::kIo, "the stored " + key + " cannot be read: " + problem.message};
      }
      if (value.Text("v") != kVersion) {
        return Error{ErrorCode::kUnsupported,
                     "the stored " + key + " was written by a newer gatehouse"};
      }
      if (stacks_first) {
        Result<StackRecord> stack = ReadStack(value);
        if (!stack) return stack.error();
        const std::string uuid = stack->uuid;
        stacks.insert_or_assign(uuid, *std::move(stack));
      } else if (Result<void> read = ReadPart(key, value, stacks); !read) {
        return Error{ErrorCode::kIo, "the stored " + key + ": " + read.error().message};
      }
    }
  }
  return stacks;
}

}  // namespace gatehouse::stack
