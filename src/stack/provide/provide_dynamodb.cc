// Tables in the table room. Deleting one deletes its items.
#include <array>
#include <memory>

#include "aws/id.h"
#include "stack/engine/journal.h"
#include "stack/provide/rooms_provider.h"
#include "stack/resource/resource_dynamodb.h"
#include "table/operation/item_change.h"
#include "table/operation/table_settings.h"

namespace gatehouse::stack {
namespace {

bool TableExists(const Rooms& rooms, const Resource& resource) {
  return rooms.tables.DescribeTable(resource.physical_id).has_value();
}

Result<void> WithoutDefinition(Result<table::TableDefinition> answer) {
  if (!answer) return std::move(answer).error();
  return {};
}

// TTL and tags as the template has them; what it does not name is off.
table::TableSettings SettingsOf(const Resource& resource) {
  table::TableSettings settings;
  const Value* ttl = resource.properties.Find("TimeToLiveSpecification");
  if (ttl && ttl->Text("Enabled") == "true") {
    settings.time_to_live_attribute = ttl->Text("AttributeName");
  }
  if (const Value* tags = resource.properties.Find("Tags")) {
    for (const Value& tag : tags->items) settings.tags[tag.Text("Key")] = tag.Text("Value");
  }
  return settings;
}

Task<Result<void>> SetSettings(Rooms& rooms, const Resource& resource) {
  std::shared_ptr<const table::TableEntry> entry = rooms.tables.Find(resource.physical_id);
  if (!entry) co_return table::TableNotFound();
  using Answer = Result<std::string>;
  Await<Answer> written([&](Await<Answer>::Done done) {
    rooms.tables.WriteTogether(
        [entry, settings = SettingsOf(resource)](store::Transaction& transaction) -> Answer {
          auto set = table::WriteTableSettings(transaction, entry->keyspace, settings);
          if (!set) return set.error();
          return std::string();
        },
        rooms.loop, std::move(done));
  });
  Answer answer = co_await written;
  if (!answer) co_return std::move(answer).error();
  rooms.tables.TellTimeToLive();
  co_return Result<void>();
}

bool HasSettings(const Resource& resource) {
  const table::TableSettings settings = SettingsOf(resource);
  return !settings.time_to_live_attribute.empty() || !settings.tags.empty();
}

Task<Result<void>> CreateTable(Rooms& rooms, const Resource& resource) {
  Result<table::TableDefinition> table = ToTableDefinition(resource);
  if (!table) co_return table.error();
  table->table_id = aws::NewUuid(rooms.random);
  table->creation_time = rooms.clock.WallNow();
  using Answer = Result<table::TableDefinition>;
  Await<Answer> created([&](Await<Answer>::Done done) {
    rooms.tables.CreateTable(*std::move(table), rooms.loop, std::move(done));
  });
  Answer answer = co_await created;
  if (!answer || !HasSettings(resource)) co_return WithoutDefinition(std::move(answer));
  co_return co_await SetSettings(rooms, resource);
}

// What differs from the table as it stands. Answers once new indexes have their rows.
Result<table::TableUpdate> UpdateOf(const Rooms& rooms, const Resource& after) {
  Result<table::TableDefinition> table = ToTableDefinition(after);
  if (!table) return table.error();
  Result<table::TableDefinition> before = rooms.tables.DescribeTable(table->name);
  if (!before) return before.error();
  Result<table::TableUpdate> update = table::DifferenceOf(*before, *table);
  if (!update) return update;
  if (update->created_indexes.size() + update->deleted_indexes.size() > 1) {
    return Error{ErrorCode::kInvalidArgument,
                 "Cannot perform more than one GSI creation or deletion in a single update"};
  }
  return update;
}

Task<Result<void>> UpdateTable(Rooms& rooms, const Resource& after) {
  Result<table::TableUpdate> update = UpdateOf(rooms, after);
  if (!update) co_return update.error();
  if (Result<void> set = co_await SetSettings(rooms, after); !set) co_return set;
  if (update->ChangesNothing()) co_return Result<void>();
  using Answer = Result<void>;
  Await<Answer> finished([&](Await<Answer>::Done done) {
    auto answer = std::make_shared<Await<Answer>::Done>(std::move(done));
    rooms.tables.UpdateTable(
        *std::move(update), rooms.loop,
        [answer](Result<table::TableDefinition> changed) {
          if (!changed) (*answer)(changed.error());
        },
        [answer](Result<void> backfilled) { (*answer)(std::move(backfilled)); });
  });
  co_return co_await finished;
}

Task<Result<void>> RemoveTable(Rooms& rooms, const Resource& resource) {
  using Answer = Result<table::TableDefinition>;
  Await<Answer> removed([&](Await<Answer>::Done done) {
    rooms.tables.DeleteTable(resource.physical_id, rooms.loop, std::move(done));
  });
  Answer answer = co_await removed;
  co_return WithoutDefinition(std::move(answer));
}

constexpr std::array kTableRows = {
    ProvidedType{"AWS::DynamoDB::Table", TableExists, CreateTable, UpdateTable, RemoveTable},
};

}  // namespace

std::span<const ProvidedType> ProvidedByDynamoDb() { return kTableRows; }

}  // namespace gatehouse::stack
