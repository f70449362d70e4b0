// Tables in the table room. Deleting one deletes its items.
#include <array>

#include "aws/id.h"
#include "stack/engine/journal.h"
#include "stack/provide/rooms_provider.h"
#include "stack/resource/resource_dynamodb.h"

namespace gatehouse::stack {
namespace {

bool TableExists(const Rooms& rooms, const Resource& resource) {
  return rooms.tables.DescribeTable(resource.physical_id).has_value();
}

Result<void> WithoutDefinition(Result<table::TableDefinition> answer) {
  if (!answer) return std::move(answer).error();
  return {};
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
  co_return WithoutDefinition(std::move(answer));
}

Task<Result<void>> UpdateTable(Rooms& rooms, const Resource& after) {
  Result<table::TableDefinition> table = ToTableDefinition(after);
  if (!table) co_return table.error();
  using Answer = Result<table::TableDefinition>;
  Await<Answer> updated([&](Await<Answer>::Done done) {
    rooms.tables.UpdateTable(*std::move(table), rooms.loop, std::move(done));
  });
  Answer answer = co_await updated;
  co_return WithoutDefinition(std::move(answer));
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
