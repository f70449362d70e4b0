#include "stack/sam/expansion.h"

#include <algorithm>

namespace gatehouse::stack::sam {
namespace {

constexpr std::string_view kPassed[] = {"Condition", "DeletionPolicy", "UpdateReplacePolicy"};

bool IsReferenceCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == ':';
}

// What SAM makes stands nowhere in the template: its place is its source's.
void SetLines(Value& value, int line) {
  if (value.line == 0) value.line = line;
  for (Value& item : value.items) SetLines(item, line);
  for (Member& member : value.members) {
    if (member.line == 0) member.line = line;
    SetLines(member.value, line);
  }
}

}  // namespace

Made::Made(std::string logical_id, std::string_view type) : id(std::move(logical_id)) {
  body = Object({{"Type", Text(type)}, {"Properties", Value::Object()}});
}

const Value* Source::Find(std::string_view property) const {
  const Value* properties = body.Find("Properties");
  const Value* found = properties ? properties->Find(property) : nullptr;
  return found && found->kind != Value::kNull ? found : nullptr;
}

const Value* Source::FindFilled(std::string_view property) const {
  const Value* found = Find(property);
  return IsEmpty(found) ? nullptr : found;
}

Expansion::Expansion(const TransformInput& input, Value& root, Problems& problems)
    : input_(input), root_(root), problems_(problems) {
  for (const auto& [name, text] : input.parameters) parameters_[name] = Value::String(text);
  if (const Value* declared = root.Find("Parameters")) {
    for (const Member& member : declared->members) {
      const Value* text = member.value.Find("Default");
      if (text && text->is_scalar()) parameters_.try_emplace(member.name, *text);
    }
  }
  parameters_.try_emplace("AWS::Region", Value::String(input.region));
  parameters_.try_emplace("AWS::Partition", Value::String(partition()));
}

std::string Expansion::partition() const {
  if (input_.region.starts_with("cn-")) return "aws-cn";
  if (input_.region.starts_with("us-gov-")) return "aws-us-gov";
  return "aws";
}

std::string Expansion::PolicyArn(std::string_view path) const {
  return "arn:" + partition() + ":iam::aws:policy/" + std::string(path);
}

Value Expansion::Resolved(const Value& value) const {
  if (value.is_object() && value.members.size() == 1) {
    const Member& only = value.members[0];
    if (only.name == "Ref" && only.value.is_string()) {
      const auto found = parameters_.find(only.value.text);
      const bool known = found != parameters_.end();
      return known && Charge(found->second.text.size(), root_.line) ? found->second : value;
    }
    if (only.name == "Fn::Sub") return ResolvedSub(value);
  }
  Value resolved = value;
  for (Value& item : resolved.items) item = Resolved(item);
  for (Member& member : resolved.members) member.value = Resolved(member.value);
  return resolved;
}

Value Expansion::ResolvedSub(const Value& sub) const {
  Value resolved = sub;
  Value& what = resolved.members[0].value;
  Value* text = what.is_list() && !what.items.empty() ? &what.items[0] : &what;
  for (std::size_t i = 1; i < what.items.size(); ++i) what.items[i] = Resolved(what.items[i]);
  if (!text->is_string()) return resolved;
  std::string out;
  std::string_view rest = text->text;
  for (std::size_t at = rest.find("${"); at != rest.npos; at = rest.find("${")) {
    out += rest.substr(0, at);
    rest.remove_prefix(at);
    const std::size_t end = rest.find('}');
    const std::string_view name = end == rest.npos ? "" : rest.substr(2, end - 2);
    const auto found = parameters_.find(name);
    const bool plain = std::all_of(name.begin(), name.end(), IsReferenceCharacter);
    const bool known = !name.empty() && plain && found != parameters_.end();
    if (!known || !Charge(found->second.text.size(), root_.line)) {
      out += rest.substr(0, 2);
      rest.remove_prefix(2);
    } else {
      out += found->second.text;
      rest.remove_prefix(end + 1);
    }
  }
  text->text = out.append(rest);
  return resolved;
}

Value Expansion::ResolvedInMap(const Value& value) const {
  Value resolved = Resolved(value);
  const Value* path = resolved.Find("Fn::FindInMap");
  if (!path || !path->is_list() || path->items.size() != 3) return resolved;
  const Value* found = root_.Find("Mappings");
  for (const Value& key : path->items) {
    found = found && key.is_string() ? found->Find(key.text) : nullptr;
  }
  return found ? *found : resolved;
}

void Expansion::Emit(const Source& source, MadeList made) {
  Value& all = resources();
  all.Erase(source.id);
  for (Made& one : made) {
    if (!Charge(BytesOf(one.body) + one.id.size(), source.line)) return;
    SetLines(one.body, source.line);
    if (all.Find(one.id) && one.type() != "AWS::S3::Bucket" && one.id != source.id &&
        original_.Find(one.id)) {
      FailDocument(source.line, "Transforming resource with id [" + source.id +
                                    "] attempts to create a new resource [" + one.id +
                                    "] of type [" + one.type() +
                                    "]. A resource with that id already exists within this "
                                    "template. Please use a different id for that resource.");
      continue;
    }
    if (Value* there = all.Find(one.id)) {
      *there = std::move(one.body);
    } else {
      all.members.push_back({one.id, std::move(one.body), source.line});
    }
    if (all.members.size() > kResourcesMax) {
      exhausted_ = true;
      return problems_.push_back({source.line, "Template format error: Number of resources, " +
                                                   std::to_string(all.members.size()) +
                                                   ", is greater than maximum allowed, " +
                                                   std::to_string(kResourcesMax)});
    }
  }
}

void Expansion::Refer(const std::string& id, const std::string& property,
                      const std::string& logical_id) {
  referred_[id + "." + property] = logical_id;
}

void Expansion::Fail(const Source& source, const std::string& why) {
  problems_.push_back({source.line, "Resource with id [" + source.id + "] is invalid. " + why});
}

void Expansion::FailEvent(const Source& source, const std::string& event, const std::string& why) {
  Fail(source, "Event with id [" + event + "] is invalid. " + why);
}

void Expansion::FailDocument(int line, std::string message) const {
  problems_.push_back({line, std::move(message)});
}

bool Expansion::Charge(std::size_t bytes, int line) const {
  bytes_ += bytes;
  if (bytes_ <= kExpandedBytesMax) return !exhausted_;
  if (!exhausted_) {
    FailDocument(line, "the expanded template has more than " + std::to_string(kExpandedBytesMax) +
                           " bytes");
  }
  exhausted_ = true;
  return false;
}

void PassAttributes(const Value& from, Value& to) {
  for (std::string_view name : kPassed) SetIfAny(to, name, from.Find(name));
}

void PassAllAttributes(const Value& from, Value& to) {
  PassAttributes(from, to);
  SetIfAny(to, "Metadata", from.Find("Metadata"));
  SetIfAny(to, "UpdatePolicy", from.Find("UpdatePolicy"));
  const Value* depends = from.Find("DependsOn");
  if (!IsEmpty(depends)) to.Set("DependsOn", *depends);
}

}  // namespace gatehouse::stack::sam
