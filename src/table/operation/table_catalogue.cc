#include "table/operation/table_catalogue.h"

#include <set>
#include <utility>

#include "base/check.h"

namespace gatehouse::table {
namespace {

std::vector<std::string> ProjectedBy(const IndexDefinition& index,
                                     const TableDefinition& definition) {
  if (index.projection_type == ProjectionType::kAll) return {};
  std::set<std::string> names(index.non_key_attributes.begin(), index.non_key_attributes.end());
  for (const KeySchemaElement& key : definition.key_schema) names.insert(key.attribute_name);
  for (const KeySchemaElement& key : index.key_schema) names.insert(key.attribute_name);
  return {names.begin(), names.end()};
}

}  // namespace

Result<TableEntry> MakeTableEntry(TableDefinition definition, store::KeyspaceId keyspace,
                                  const std::vector<store::KeyspaceId>& index_keyspaces) {
  Result<PrimaryKey> primary_key = CheckDefinition(definition);
  if (!primary_key) return primary_key.error();
  CHECK(index_keyspaces.size() == definition.indexes.size());
  TableEntry entry{.primary_key = *std::move(primary_key),
                   .key = ShapeOf(definition, definition.key_schema),
                   .keyspace = keyspace};
  for (std::size_t i = 0; i < index_keyspaces.size(); ++i) {
    const IndexDefinition& index = definition.indexes[i];
    entry.indexes.push_back({.definition = index,
                             .key = ShapeOf(definition, index.key_schema),
                             .keyspace = index_keyspaces[i],
                             .projected = ProjectedBy(index, definition)});
  }
  entry.definition = std::move(definition);
  return entry;
}

const IndexEntry* FindIndex(const TableEntry& table, std::string_view name) {
  for (const IndexEntry& index : table.indexes) {
    if (index.definition.name == name) return &index;
  }
  return nullptr;
}

std::string TableKeyspaceName(std::string_view table) { return "table:" + std::string(table); }

std::string IndexKeyspaceName(std::string_view table, std::string_view index) {
  return "index:" + std::string(table) + "/" + std::string(index);
}

std::shared_ptr<const TableEntry> Catalogue::Find(std::string_view name) const {
  std::shared_ptr<const Entries> now = entries();
  auto found = now->find(name);
  return found == now->end() ? nullptr : found->second;
}

void Catalogue::Add(std::shared_ptr<const TableEntry> entry) {
  std::lock_guard lock(mutex_);
  auto next = std::make_shared<Entries>(*entries_);
  std::string name = entry->definition.name;
  (*next)[std::move(name)] = std::move(entry);
  entries_ = std::move(next);
}

void Catalogue::Remove(std::string_view name) {
  std::lock_guard lock(mutex_);
  auto next = std::make_shared<Entries>(*entries_);
  if (auto found = next->find(name); found != next->end()) next->erase(found);
  entries_ = std::move(next);
}

}  // namespace gatehouse::table
