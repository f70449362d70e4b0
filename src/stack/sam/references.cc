#include "stack/sam/references.h"

#include <algorithm>

namespace gatehouse::stack::sam {
namespace {

bool IsReference(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.';
  });
}

class Resolver {
 public:
  explicit Resolver(const Expansion& expansion) : expansion_(expansion) {}

  void Resolve(Value& value) {
    if (value.is_object() && value.members.size() == 1) {
      Member& only = value.members[0];
      if (only.name == "Ref" && only.value.is_string()) only.value.text = ById(only.value.text);
      if (only.name == "Fn::GetAtt") ResolveGetAtt(only.value);
      if (only.name == "Fn::Sub") ResolveSub(only.value);
    }
    for (Value& item : value.items) Resolve(item);
    for (Member& member : value.members) {
      if (member.name == "DependsOn") ResolveDependsOn(member.value);
      Resolve(member.value);
    }
  }

 private:
  const std::string* Find(const std::map<std::string, std::string>& names,
                          const std::string& name) const {
    const auto found = names.find(name);
    return found == names.end() ? nullptr : &found->second;
  }

  // "ID" or "ID.PROPERTY".
  std::string ById(const std::string& name) const {
    const std::string* found = Find(expansion_.renamed(), name);
    if (!found) found = Find(expansion_.referred(), name);
    return found ? *found : name;
  }

  // "ID.ATTRIBUTE" or "ID.PROPERTY.ATTRIBUTE".
  std::string ByPath(const std::string& path) const {
    const std::size_t first = path.find('.');
    if (const std::string* found = Find(expansion_.renamed(), path.substr(0, first))) {
      return first == path.npos ? *found : *found + path.substr(first);
    }
    if (first == path.npos) return path;
    const std::size_t second = std::min(path.find('.', first + 1), path.size());
    const std::string* found = Find(expansion_.referred(), path.substr(0, second));
    return found ? *found + path.substr(second) : path;
  }

  void ResolveGetAtt(Value& path) const {
    if (!path.is_list() || path.items.size() < 2) return;
    std::string joined;
    for (const Value& item : path.items) {
      if (!item.is_string()) return;
      joined.append(joined.empty() ? "" : ".").append(item.text);
    }
    const std::string resolved = ByPath(joined);
    if (resolved == joined) return;
    const std::size_t dot = std::min(resolved.find('.'), resolved.size());
    Value list = List({Text(resolved.substr(0, dot))});
    if (dot < resolved.size()) list.items.push_back(Text(resolved.substr(dot + 1)));
    list.line = path.line;
    path = std::move(list);
  }

  void ResolveSub(Value& sub) const {
    Value* text = sub.is_list() && !sub.items.empty() ? &sub.items[0] : &sub;
    if (!text->is_string()) return;
    std::string out;
    std::string_view rest = text->text;
    for (std::size_t at = rest.find("${"); at != rest.npos; at = rest.find("${")) {
      out += rest.substr(0, at + 2);
      rest.remove_prefix(at + 2);
      const std::size_t end = rest.find('}');
      if (end == rest.npos || !IsReference(rest.substr(0, end))) continue;
      out += ByPath(std::string(rest.substr(0, end)));
      rest.remove_prefix(end);
    }
    text->text = out.append(rest);
  }

  void ResolveDependsOn(Value& depends) const {
    if (depends.is_string()) depends.text = ById(depends.text);
    for (Value& item : depends.items) {
      if (item.is_string()) item.text = ById(item.text);
    }
  }

  const Expansion& expansion_;
};

}  // namespace

void ResolveReferences(Expansion& expansion) {
  if (expansion.renamed().empty() && expansion.referred().empty()) return;
  Resolver(expansion).Resolve(expansion.root());
}

}  // namespace gatehouse::stack::sam
