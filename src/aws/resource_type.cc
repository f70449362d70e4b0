#include "aws/resource_type.h"

namespace gatehouse::aws {

const Property* FindProperty(std::span<const Property> properties, std::string_view name) {
  for (const Property& row : properties) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

bool Lists(std::string_view words, std::string_view word, char separator) {
  while (!words.empty()) {
    const std::size_t end = words.find(separator);
    if (words.substr(0, end) == word) return true;
    words.remove_prefix(end == words.npos ? words.size() : end + 1);
  }
  return false;
}

}  // namespace gatehouse::aws
