#include "table/operation/table_settings.h"

#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>

#include "table/value/item_codec.h"

namespace gatehouse::table {
namespace {

constexpr std::string_view kSettingsKeyspace = "table settings";

std::string SettingsRow(store::KeyspaceId table) {
  return std::to_string(static_cast<std::int64_t>(table));
}

Result<store::KeyspaceId> FindOrCreateSettings(store::Transaction& transaction) {
  auto found = transaction.FindKeyspace(kSettingsKeyspace);
  if (!found) return found.error();
  if (*found) return **found;
  return transaction.CreateKeyspace(kSettingsKeyspace);
}

}  // namespace

Result<TableSettings> ReadTableSettings(store::View& view, store::KeyspaceId table) {
  TableSettings settings;
  auto keyspace = view.FindKeyspace(kSettingsKeyspace);
  if (!keyspace) return keyspace.error();
  if (!*keyspace) return settings;
  auto row = view.Get(**keyspace, SettingsRow(table));
  if (!row) return row.error();
  if (!*row) return settings;
  Result<Item> item = DecodeItem(**row);
  if (!item) return item.error();
  if (const std::string* name = StringAttribute(*item, "TimeToLive")) {
    settings.time_to_live_attribute = *name;
  }
  auto tags = item->find("Tags");
  if (const Item* map = tags == item->end() ? nullptr : tags->second.get_if<Item>()) {
    for (const auto& [key, value] : *map) {
      if (const auto* text = value.get_if<std::string>()) settings.tags[key] = *text;
    }
  }
  return settings;
}

Result<void> WriteTableSettings(store::Transaction& transaction, store::KeyspaceId table,
                                const TableSettings& settings) {
  auto keyspace = FindOrCreateSettings(transaction);
  if (!keyspace) return keyspace.error();
  Item tags;
  for (const auto& [key, value] : settings.tags) tags[key] = value;
  Item item{{"Tags", std::move(tags)}};
  if (!settings.time_to_live_attribute.empty()) {
    item["TimeToLive"] = settings.time_to_live_attribute;
  }
  return transaction.Put(*keyspace, SettingsRow(table), EncodeItem(item));
}

Result<std::vector<store::KeyspaceId>> TablesWithSettings(store::View& view) {
  std::vector<store::KeyspaceId> tables;
  auto keyspace = view.FindKeyspace(kSettingsKeyspace);
  if (!keyspace) return keyspace.error();
  if (!*keyspace) return tables;
  store::ScanRange all;
  all.bytes_max = std::numeric_limits<std::size_t>::max();
  auto end = view.Scan(**keyspace, all, [&](std::string_view key, std::string_view) {
    std::int64_t number = 0;
    std::from_chars(key.data(), key.data() + key.size(), number);
    tables.push_back(store::KeyspaceId{number});
    return true;
  });
  if (!end) return end.error();
  return tables;
}

Result<void> DeleteTableSettings(store::Transaction& transaction, store::KeyspaceId table) {
  auto keyspace = FindOrCreateSettings(transaction);
  if (!keyspace) return keyspace.error();
  return transaction.Delete(*keyspace, SettingsRow(table));
}

}  // namespace gatehouse::table
