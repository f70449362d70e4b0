#include "table/operation/table_catalogue.h"

#include <utility>

namespace gatehouse::table {

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
