#include "table/expression/expression_scope.h"

namespace gatehouse::table {
namespace {

template <class Entries>
auto* FindAndMark(Entries& entries, std::string_view ref) {
  auto found = entries.find(ref);
  if (found == entries.end()) return static_cast<decltype(&found->second.meaning)>(nullptr);
  found->second.used = true;
  return &found->second.meaning;
}

// "{#a, #b}", or nothing.
template <class Entries>
std::string Unused(const Entries& entries) {
  std::string refs;
  for (const auto& [ref, entry] : entries) {
    if (!entry.used) refs += (refs.empty() ? "{" : ", ") + ref;
  }
  return refs.empty() ? refs : refs + "}";
}

Error UnusedError(std::string_view member, const std::string& refs) {
  return {ErrorCode::kInvalidArgument,
          "Value provided in " + std::string(member) + " unused in expressions: keys: " + refs};
}

}  // namespace

const std::string* ExpressionScope::Name(std::string_view ref) { return FindAndMark(names_, ref); }

std::shared_ptr<const AttributeValue> ExpressionScope::Value(std::string_view ref) {
  auto* value = FindAndMark(values_, ref);
  return value ? *value : nullptr;
}

Result<void> ExpressionScope::CheckAllUsed() const {
  std::string names = Unused(names_);
  if (!names.empty()) return UnusedError("ExpressionAttributeNames", names);
  std::string values = Unused(values_);
  if (!values.empty()) return UnusedError("ExpressionAttributeValues", values);
  return {};
}

}  // namespace gatehouse::table
