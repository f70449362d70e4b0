#include "auth/policy/request_context.h"

#include <utility>

#include "auth/signature/canonical.h"

namespace gatehouse::auth {

RequestContext::Key& RequestContext::Put(std::string_view name) {
  std::string lower = LowerCase(name);
  for (Key& key : keys_) {
    if (key.name != lower) continue;
    key.is_unknowable = false;
    key.values.clear();
    return key;
  }
  keys_.push_back({.name = std::move(lower), .is_unknowable = false, .values = {}});
  return keys_.back();
}

void RequestContext::Set(std::string_view name, std::string value) {
  Put(name).values.push_back(std::move(value));
}

void RequestContext::Set(std::string_view name, std::vector<std::string> values) {
  Put(name).values = std::move(values);
}

void RequestContext::SetUnknowable(std::string_view name) { Put(name).is_unknowable = true; }

const RequestContext::Key* RequestContext::Find(std::string_view lower_case_name) const {
  const Key* family = nullptr;
  for (const Key& key : keys_) {
    if (key.name == lower_case_name) return &key;
    if (!key.is_unknowable || !key.name.ends_with('*')) continue;
    if (lower_case_name.starts_with(std::string_view(key.name).substr(0, key.name.size() - 1))) {
      family = &key;
    }
  }
  return family;
}

}  // namespace gatehouse::auth
