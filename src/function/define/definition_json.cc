#include "function/define/definition_json.h"

#include <array>
#include <cstdint>
#include <utility>

#include <boost/json.hpp>

#include "function/define/function_properties.h"

namespace gatehouse::function {
namespace {

namespace json = boost::json;
using Texts = std::map<std::string, std::string, std::less<>>;

constexpr std::array<std::string_view, 4> kCodeKinds{"none", "inline", "directory", "zip"};

void PutText(json::object& out, std::string_view name, const std::string& text) {
  if (!text.empty()) out[name] = text;
}

void PutTexts(json::object& out, std::string_view name, const Texts& texts) {
  if (texts.empty()) return;
  json::object members;
  for (const auto& [key, value] : texts) members[key] = value;
  out[name] = std::move(members);
}

json::object Encode(const CodeSource& code) {
  json::object out{{"kind", kCodeKinds[code.kind]}, {"text", code.text}};
  if (!code.project.empty()) out["project"] = code.project;
  return out;
}

json::object Encode(const Permission& permission) {
  json::object out;
  for (const PermissionProperty& property : PermissionProperties()) {
    if (property.member) PutText(out, property.stored, permission.*property.member);
  }
  return out;
}

// Writes the member that a row names, unless it has its default.
struct Encoder {
  std::string_view name;
  const FunctionDefinition& from;
  json::object& out;

  void operator()(std::monostate) const {}
  void operator()(std::string FunctionDefinition::*member) const {
    PutText(out, name, from.*member);
  }
  void operator()(int FunctionDefinition::*member) const {
    if (from.*member >= 0) out[name] = from.*member;
  }
  void operator()(base::Millis FunctionDefinition::*member) const {
    out[name] = std::chrono::duration_cast<std::chrono::seconds>(from.*member).count();
  }
  void operator()(Texts FunctionDefinition::*member) const { PutTexts(out, name, from.*member); }
  void operator()(CodeSource FunctionDefinition::*member) const {
    if ((from.*member).kind != CodeSource::kNone) out[name] = Encode(from.*member);
  }
};

json::object Encode(const EventInvokeConfig& config) {
  json::object out{{"retriesMax", config.retries_max}, {"ageMaxSeconds", config.age_max.count()}};
  PutText(out, "onSuccess", config.on_success);
  PutText(out, "onFailure", config.on_failure);
  out["modifiedMs"] = config.modified.count();
  return out;
}

// Reads members and remembers the first that is malformed.
class Reader {
 public:
  explicit Reader(const json::object& from) : from_(from) {}

  void Text(std::string_view name, std::string& into) {
    if (const json::value* value = from_.if_contains(name)) {
      if (const json::string* text = value->if_string()) {
        into = *text;
      } else {
        wrong_ = name;
      }
    }
  }
  template <class Number>
  void Integer(std::string_view name, Number& into) {
    if (const json::value* value = from_.if_contains(name)) {
      if (const std::int64_t* number = value->if_int64()) {
        into = static_cast<Number>(*number);
      } else {
        wrong_ = name;
      }
    }
  }
  void TextsOf(std::string_view name, Texts& into) {
    const json::value* value = from_.if_contains(name);
    if (!value) return;
    const json::object* object = value->if_object();
    if (!object) {
      wrong_ = name;
      return;
    }
    for (const auto& [key, member] : *object) {
      const json::string* text = member.if_string();
      if (!text) {
        wrong_ = name;
        return;
      }
      into.emplace(key, *text);
    }
  }
  void Wrong(std::string_view name) { wrong_ = name; }
  const std::string& wrong() const { return wrong_; }

 private:
  const json::object& from_;
  std::string wrong_;
};

void DecodeCode(const json::object& from, std::string_view name, Reader& reader, CodeSource& code) {
  const json::value* value = from.if_contains(name);
  if (!value) return;
  const json::object* object = value->if_object();
  if (!object) return reader.Wrong(name);
  Reader inner(*object);
  std::string kind;
  inner.Text("kind", kind);
  inner.Text("text", code.text);
  inner.Text("project", code.project);
  for (std::size_t i = 0; i < kCodeKinds.size(); ++i) {
    if (kCodeKinds[i] == kind) {
      code.kind = static_cast<CodeSource::Kind>(i);
      kind.clear();
    }
  }
  if (!kind.empty() || !inner.wrong().empty()) reader.Wrong(name);
}

// Reads the member that a row names.
struct Decoder {
  std::string_view name;
  const json::object& from;
  Reader& reader;
  FunctionDefinition& into;

  void operator()(std::monostate) const {}
  void operator()(std::string FunctionDefinition::*member) const {
    reader.Text(name, into.*member);
  }
  void operator()(int FunctionDefinition::*member) const { reader.Integer(name, into.*member); }
  void operator()(base::Millis FunctionDefinition::*member) const {
    std::int64_t seconds = std::chrono::duration_cast<std::chrono::seconds>(into.*member).count();
    reader.Integer(name, seconds);
    into.*member = std::chrono::seconds{seconds};
  }
  void operator()(Texts FunctionDefinition::*member) const { reader.TextsOf(name, into.*member); }
  void operator()(CodeSource FunctionDefinition::*member) const {
    DecodeCode(from, name, reader, into.*member);
  }
};

void DecodePermissions(const json::object& from, Reader& reader, std::vector<Permission>& into) {
  const json::value* value = from.if_contains("permissions");
  if (!value) return;
  const json::array* list = value->if_array();
  if (!list) return reader.Wrong("permissions");
  for (const json::value& element : *list) {
    const json::object* object = element.if_object();
    if (!object) return reader.Wrong("permissions");
    Permission permission;
    Reader inner(*object);
    for (const PermissionProperty& property : PermissionProperties()) {
      if (property.member) inner.Text(property.stored, permission.*property.member);
    }
    if (!inner.wrong().empty()) return reader.Wrong("permissions");
    into.push_back(std::move(permission));
  }
}

void DecodeEventInvoke(const json::object& from, Reader& reader,
                       std::optional<EventInvokeConfig>& into) {
  const json::value* value = from.if_contains("eventInvoke");
  if (!value) return;
  const json::object* object = value->if_object();
  if (!object) return reader.Wrong("eventInvoke");
  EventInvokeConfig config;
  Reader inner(*object);
  std::int64_t age_seconds = config.age_max.count(), modified_ms = 0;
  inner.Integer("retriesMax", config.retries_max);
  inner.Integer("ageMaxSeconds", age_seconds);
  inner.Text("onSuccess", config.on_success);
  inner.Text("onFailure", config.on_failure);
  inner.Integer("modifiedMs", modified_ms);
  if (!inner.wrong().empty()) return reader.Wrong("eventInvoke");
  config.age_max = std::chrono::seconds{age_seconds};
  config.modified = base::Millis{modified_ms};
  into = std::move(config);
}

}  // namespace

std::string EncodeFunction(const FunctionDefinition& definition,
                           std::span<const Permission> permissions,
                           const std::optional<EventInvokeConfig>& event_invoke) {
  json::object out;
  out["name"] = definition.name;
  PutText(out, "inProcess", definition.in_process);
  for (const FunctionProperty& property : FunctionProperties()) {
    std::visit(Encoder{property.stored, definition, out}, property.member);
  }
  PutText(out, "stack", definition.stack);
  PutText(out, "logicalId", definition.logical_id);
  out["iam"] = true;
  if (definition.modified.count() != 0) out["modifiedMs"] = definition.modified.count();
  if (!permissions.empty()) {
    json::array list;
    for (const Permission& permission : permissions) list.push_back(Encode(permission));
    out["permissions"] = std::move(list);
  }
  if (event_invoke) out["eventInvoke"] = Encode(*event_invoke);
  return json::serialize(out);
}

Result<StoredFunction> DecodeFunction(std::string_view text) {
  boost::system::error_code error;
  json::value value = json::parse(text, error);
  if (error || !value.is_object()) {
    return Error{ErrorCode::kInvalidArgument, "it is no JSON object"};
  }
  const json::object& from = value.get_object();
  StoredFunction stored;
  FunctionDefinition& definition = stored.definition;
  Reader reader(from);
  std::int64_t modified_ms = 0;
  reader.Text("name", definition.name);
  reader.Text("inProcess", definition.in_process);
  for (const FunctionProperty& property : FunctionProperties()) {
    std::visit(Decoder{property.stored, from, reader, definition}, property.member);
  }
  reader.Text("stack", definition.stack);
  reader.Text("logicalId", definition.logical_id);
  reader.Integer("modifiedMs", modified_ms);
  DecodePermissions(from, reader, stored.permissions);
  DecodeEventInvoke(from, reader, stored.event_invoke);
  stored.is_from_before = !from.contains("iam");
  definition.modified = base::Millis{modified_ms};
  if (definition.name.empty()) reader.Wrong("name");
  if (!reader.wrong().empty()) {
    return Error{ErrorCode::kInvalidArgument, "\"" + reader.wrong() + "\" is missing or malformed"};
  }
  return stored;
}

}  // namespace gatehouse::function
