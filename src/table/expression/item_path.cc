#include "table/expression/item_path.h"

#include <map>
#include <optional>
#include <utility>

namespace gatehouse::table {
namespace {

const AttributeValue* Step(const AttributeValue& value, const PathElement& element) {
  if (const auto* name = std::get_if<std::string>(&element)) {
    const auto* map = value.get_if<Item>();
    if (!map) return nullptr;
    auto found = map->find(*name);
    return found == map->end() ? nullptr : &found->second;
  }
  const auto* list = value.get_if<AttributeValue::List>();
  std::size_t index = std::get<std::size_t>(element);
  return list && index < list->size() ? &(*list)[index] : nullptr;
}

// The paths as a tree; a leaf takes the whole value.
struct Wanted {
  std::map<PathElement, Wanted> parts;
};

Wanted TreeOf(const Projection& paths) {
  Wanted root;
  for (const Path& path : paths) {
    Wanted* at = &root;
    for (const PathElement& element : path) at = &at->parts[element];
  }
  return root;
}

std::optional<AttributeValue> Take(const AttributeValue& value, const Wanted& wanted) {
  if (wanted.parts.empty()) return value;
  Item map;
  AttributeValue::List list;
  for (const auto& [element, deeper] : wanted.parts) {
    const AttributeValue* part = Step(value, element);
    std::optional<AttributeValue> taken = part ? Take(*part, deeper) : std::nullopt;
    if (!taken) continue;
    if (const auto* name = std::get_if<std::string>(&element)) {
      map.insert_or_assign(*name, *std::move(taken));
    } else {
      list.push_back(*std::move(taken));  // indexes ascend in the tree
    }
  }
  if (!map.empty()) return AttributeValue(std::move(map));
  if (!list.empty()) return AttributeValue(std::move(list));
  return std::nullopt;
}

}  // namespace

const AttributeValue* FindPath(const Item& item, const Path& path) {
  auto found = item.find(std::get<std::string>(path[0]));
  const AttributeValue* value = found == item.end() ? nullptr : &found->second;
  for (std::size_t i = 1; i < path.size() && value; ++i) value = Step(*value, path[i]);
  return value;
}

Item Project(const Item& item, const Projection& paths) {
  Item projected;
  for (const auto& [element, deeper] : TreeOf(paths).parts) {
    auto found = item.find(std::get<std::string>(element));
    if (found == item.end()) continue;
    if (auto taken = Take(found->second, deeper)) {
      projected.insert_or_assign(found->first, *std::move(taken));
    }
  }
  return projected;
}

Result<void> CheckKeysAreScalars(const std::vector<Path>& paths, const PrimaryKey& primary_key) {
  for (const Path& path : paths) {
    const std::string& name = std::get<std::string>(path[0]);
    bool is_key =
        name == primary_key.partition.name || (primary_key.sort && name == primary_key.sort->name);
    if (!is_key || path.size() == 1) continue;
    return Error{ErrorCode::kInvalidArgument,
                 "Key attributes must be scalars; list random access '[]' and map lookup '.' are "
                 "not allowed: Key: " +
                     name};
  }
  return {};
}

}  // namespace gatehouse::table
