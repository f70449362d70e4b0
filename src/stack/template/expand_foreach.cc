// Fn::ForEach: an object's member "Fn::ForEach::NAME: [ID, [a, b], {KEY: VALUE}]" becomes KEY and
// VALUE once for each item, with ${ID} in all their texts, and Ref of ID, in its place.
#include <algorithm>
#include <cctype>

#include "stack/template/evaluate.h"
#include "stack/template/expand.h"

namespace gatehouse::stack {
namespace {

constexpr std::string_view kForEach = "Fn::ForEach::";

// The scope in which collections are evaluated: parameters and mappings, no resources.
struct LoopScope {
  Template source;
  Scope scope;
};

std::string KnownText(const std::string& name, const Value& declaration,
                      const TemplateInputs& inputs) {
  if (inputs.parameters) {
    auto given = inputs.parameters->find(name);
    if (given != inputs.parameters->end() && !given->second.use_previous) {
      return given->second.value;
    }
  }
  if (inputs.previous) {
    auto kept = inputs.previous->find(name);
    if (kept != inputs.previous->end()) return kept->second;
  }
  if (declaration.Find("Default")) return declaration.Text("Default");
  return "x";  // somebody will give one
}

void FillScope(const Value& root, const TemplateInputs& inputs, LoopScope& out) {
  out.source.transforms.push_back("AWS::LanguageExtensions");
  if (const Value* mappings = root.Find("Mappings")) out.source.mappings = *mappings;
  out.scope.source = &out.source;
  const Value* parameters = root.Find("Parameters");
  if (!parameters) return;
  for (const Member& member : parameters->members) {
    ParameterDeclaration declaration;
    declaration.name = member.name;
    declaration.type = member.value.Text("Type");
    out.scope.parameters[member.name] =
        ParameterValue(declaration, KnownText(member.name, member.value, inputs));
  }
}

class Loops {
 public:
  Loops(const Scope& scope, Problems& problems) : scope_(scope), problems_(problems) {}

  void Expand(Value& value, int depth) {
    for (Value& item : value.items) Expand(item, depth);
    const bool has_loop =
        std::any_of(value.members.begin(), value.members.end(),
                    [](const Member& member) { return member.name.starts_with(kForEach); });
    if (!has_loop) {
      for (Member& member : value.members) Expand(member.value, depth);
      return;
    }
    std::vector<Member> members = std::exchange(value.members, {});
    for (Member& member : members) {
      if (failed_) return;
      if (!member.name.starts_with(kForEach)) {
        Expand(member.value, depth);
        Add(value, std::move(member));
      } else {
        Run(value, member, depth);
      }
    }
  }

 private:
  void Fail(int line, const std::string& why) {
    problems_.push_back({line, "Transform AWS::LanguageExtensions failed with: " + why});
    failed_ = true;
  }

  void Add(Value& into, Member member) {
    if (!into.Find(member.name)) return into.members.push_back(std::move(member));
    Fail(member.line, "Fn::ForEach makes " + member.name + " twice");
  }

  void Run(Value& into, const Member& loop, int depth) {
    const Value& arguments = loop.value;
    const bool is_whole = arguments.is_list() && arguments.items.size() == 3 &&
                          arguments.items[0].is_string() && arguments.items[2].is_object();
    if (!is_whole) {
      return Fail(loop.line, "Fn::ForEach layout is incorrect: " + loop.name +
                                 " needs a list of an identifier, a collection and a map");
    }
    if (depth >= kForEachDepthMax) {
      return Fail(loop.line,
                  "Fn::ForEach is nested more than " + std::to_string(kForEachDepthMax) + " deep");
    }
    Problems of_collection;
    Value collection = Evaluator(scope_, "Resources", of_collection).Evaluate(arguments.items[1]);
    const bool is_list = of_collection.empty() && collection.is_list();
    if (!is_list || !std::all_of(collection.items.begin(), collection.items.end(),
                                 [](const Value& item) { return item.is_scalar(); })) {
      return Fail(loop.line,
                  "Fn::ForEach could not resolve the collection of " + loop.name +
                      ": it is a list of texts, of parameters and mappings" +
                      (of_collection.empty() ? "" : ": " + of_collection.front().message));
    }
    for (const Value& item : collection.items) {
      Value body = arguments.items[2];
      if (!Fill(body, arguments.items[0].text, item.text)) return;
      Value made = Value::Object({}, loop.line);
      made.members = std::move(body.members);
      Expand(made, depth + 1);
      for (Member& member : made.members) {
        if (failed_) return;
        Add(into, std::move(member));
      }
    }
  }

  // Whether there is still room.
  bool Count(std::size_t bytes, int line) {
    bytes_ += bytes;
    if (++values_ <= kExpandedValuesMax && bytes_ <= kExpandedBytesMax) return true;
    if (!failed_) Fail(line, "Fn::ForEach makes too much of this template");
    return false;
  }

  bool Fill(Value& value, const std::string& id, const std::string& text) {
    const Member* call = FunctionCall(value);
    if (call && call->name == "Ref" && call->value.is_scalar() && call->value.text == id) {
      value = Value::String(text, value.line);
      return Count(text.size(), value.line);
    }
    if (value.is_string()) value.text = Filled(std::move(value.text), id, text);
    if (!Count(value.text.size(), value.line)) return false;
    for (Value& item : value.items) {
      if (!Fill(item, id, text)) return false;
    }
    for (Member& member : value.members) {
      member.name = Filled(std::move(member.name), id, text);
      if (!Fill(member.value, id, text)) return false;
    }
    return true;
  }

  // &{ID} is the text without what logical ids may not have.
  static std::string Filled(std::string from, const std::string& id, const std::string& text) {
    if (from.find('{') == from.npos) return from;
    std::string letters;
    for (char c : text) {
      if (std::isalnum(static_cast<unsigned char>(c))) letters += c;
    }
    from = Replaced(std::move(from), "${" + id + "}", text);
    return Replaced(std::move(from), "&{" + id + "}", letters);
  }

  static std::string Replaced(std::string from, const std::string& what, const std::string& with) {
    std::string made;
    std::string_view rest = from;
    for (std::size_t at = rest.find(what); at != rest.npos; at = rest.find(what)) {
      made.append(rest.substr(0, at)).append(with);
      rest.remove_prefix(at + what.size());
      if (made.size() > kExpandedBytesMax) break;  // Count says so
    }
    return made.append(rest);
  }

  const Scope& scope_;
  Problems& problems_;
  std::size_t values_ = 0;
  std::size_t bytes_ = 0;
  bool failed_ = false;
};

}  // namespace

void ExpandForEach(Value& root, const TemplateInputs& inputs, Problems& problems) {
  LoopScope around;
  FillScope(root, inputs, around);
  Loops loops(around.scope, problems);
  for (const char* section : {"Conditions", "Resources", "Outputs"}) {
    if (Value* value = root.Find(section)) loops.Expand(*value, 0);
  }
}

}  // namespace gatehouse::stack
