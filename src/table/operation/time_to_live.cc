#include "table/operation/time_to_live.h"

#include <cstdlib>
#include <map>
#include <utility>
#include <vector>

#include "table/operation/item_change.h"
#include "table/operation/table_settings.h"
#include "table/value/item_codec.h"

namespace gatehouse::table {
namespace {

constexpr double kSecondsMax = 5.0 * 365 * 24 * 3600;  // in the past; older ones are left alone

using ByKeyspace = std::map<store::KeyspaceId, std::shared_ptr<const TableEntry>>;

Item KeyOfItem(const PrimaryKey& primary_key, const Item& item) {
  Item key{*item.find(primary_key.partition.name)};
  if (primary_key.sort) key.insert(*item.find(primary_key.sort->name));
  return key;
}

struct Found {
  std::string row_key;
  Item item;
};

// The expired rows of a table after a place, and whether the bound was reached, where then.
struct TablePart {
  std::vector<Found> expired;
  std::size_t rows = 0;
  bool is_bound = false;
  std::string last;
};

Result<TablePart> LookAt(store::View& view, const TableEntry& table, const std::string& attribute,
                         const std::string& after, std::size_t rows_max, base::Millis now) {
  TablePart part;
  store::ScanRange range;
  range.start = after;
  range.start_exclusive = !after.empty();
  range.rows_max = rows_max;
  range.bytes_max = TimeToLiveSweep::kSweepBytesMax;
  Result<void> outcome;
  auto end = view.Scan(table.keyspace, range, [&](std::string_view key, std::string_view row) {
    ++part.rows;
    part.last = key;
    Result<Item> item = DecodeItem(row);
    if (!item) {
      outcome = item.error();
      return false;
    }
    if (IsExpired(*item, attribute, now)) {
      part.expired.push_back({std::string(key), *std::move(item)});
    }
    return true;
  });
  if (!end) return end.error();
  if (!outcome) return outcome.error();
  part.is_bound = *end != store::ScanEnd::kRange;
  return part;
}

Result<void> DeleteExpired(store::Transaction& transaction,
                           const std::shared_ptr<const TableEntry>& table, Found& found) {
  ItemWrite write{.action = ItemWrite::Action::kDelete,
                  .table = table,
                  .item = KeyOfItem(table->primary_key, found.item)};
  write.row_key = std::move(found.row_key);
  return ApplyItemWrite(transaction, write);
}

}  // namespace

Result<bool> HasTimeToLive(store::Store& store) {
  bool has = false;
  auto looked = store.WriteAndWait([&has](store::Transaction& transaction) -> Result<void> {
    auto tables = TablesWithSettings(transaction);
    if (!tables) return tables.error();
    has = !tables->empty();
    return {};
  });
  if (!looked) return looked.error();
  return has;
}

bool IsExpired(const Item& item, const std::string& attribute, base::Millis now) {
  auto found = item.find(attribute);
  const Number* number = found == item.end() ? nullptr : found->second.get_if<Number>();
  if (!number) return false;
  double seconds = std::strtod(number->text.c_str(), nullptr);
  double past = static_cast<double>(now.count()) / 1000 - seconds;
  return past > 0 && past <= kSecondsMax;
}

Result<TimeToLiveSweep::Outcome> TimeToLiveSweep::Sweep(store::Transaction& transaction,
                                                        const Catalogue::Entries& entries,
                                                        Place& place, base::Millis now) {
  ByKeyspace tables;
  for (const auto& [name, entry] : entries) tables[entry->keyspace] = entry;
  auto known = TablesWithSettings(transaction);
  if (!known) return known.error();
  ByKeyspace with_time_to_live;
  std::map<store::KeyspaceId, std::string> attributes;
  for (store::KeyspaceId keyspace : *known) {
    auto table = tables.find(keyspace);
    if (table == tables.end()) {
      if (auto gone = DeleteTableSettings(transaction, keyspace); !gone) return gone.error();
      continue;
    }
    auto settings = ReadTableSettings(transaction, keyspace);
    if (!settings) return settings.error();
    if (settings->time_to_live_attribute.empty()) continue;
    with_time_to_live[keyspace] = table->second;
    attributes[keyspace] = settings->time_to_live_attribute;
  }
  Outcome outcome;
  outcome.has_tables = !with_time_to_live.empty();
  std::size_t rows = 0;
  for (auto table = with_time_to_live.lower_bound(place.table); table != with_time_to_live.end();
       ++table) {
    std::string after = table->first == place.table ? place.row_key : std::string();
    auto part = LookAt(transaction, *table->second, attributes[table->first], after,
                       kSweepRowsMax - rows, now);
    if (!part) return part.error();
    for (Found& found : part->expired) {
      if (auto deleted = DeleteExpired(transaction, table->second, found); !deleted) {
        return deleted.error();
      }
      ++outcome.deleted;
    }
    rows += part->rows;
    if (part->is_bound || rows >= kSweepRowsMax) {
      place = {table->first, part->last};
      outcome.has_more = true;
      return outcome;
    }
  }
  place = {};
  return outcome;
}

void TimeToLiveSweep::Turn(base::Millis now, base::Executor& reply_to, Tables::Done<Outcome> done) {
  auto outcome = std::make_shared<Outcome>();
  tables_.WriteTogether(
      [catalogue = tables_.catalogue(), place = place_, now,
       outcome](store::Transaction& transaction) -> Result<std::string> {
        Result<Outcome> swept = Sweep(transaction, *catalogue->entries(), *place, now);
        if (!swept) return swept.error();
        *outcome = *swept;
        return std::string();
      },
      reply_to,
      [outcome, done = std::move(done)](Result<std::string> answer) mutable {
        if (!answer) return done(answer.error());
        done(*outcome);
      });
}

}  // namespace gatehouse::table
