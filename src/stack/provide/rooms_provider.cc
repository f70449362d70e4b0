#include "stack/provide/rooms_provider.h"

namespace gatehouse::stack {
namespace {

const ProvidedType* Find(const Resource& resource) {
  if (resource.inert) return nullptr;
  for (auto rows : {ProvidedByApiGateway(), ProvidedByLambda(), ProvidedVersions(),
                    ProvidedByDynamoDb(), ProvidedByIam(), ProvidedByEvents(), ProvidedBySsm()}) {
    for (const ProvidedType& row : rows) {
      if (row.type == resource.type) return &row;
    }
  }
  return nullptr;  // inert
}

Task<Result<void>> Nothing() { co_return Result<void>(); }

// Deleting what is gone is done already.
Task<Result<void>> Forgiving(Task<Result<void>> removal) {
  Result<void> removed = co_await removal;
  if (!removed && removed.error().code == ErrorCode::kNotFound) co_return Result<void>();
  co_return removed;
}

}  // namespace

bool RoomsProvider::Exists(const Resource& resource) const {
  const ProvidedType* type = Find(resource);
  return type && type->exists(rooms_, resource);
}

Task<Result<void>> RoomsProvider::Create(const Resource& resource) {
  const ProvidedType* type = Find(resource);
  return type ? type->create(rooms_, resource) : Nothing();
}

Task<Result<void>> RoomsProvider::Update(const Resource&, const Resource& after) {
  const ProvidedType* type = Find(after);
  return type ? type->update(rooms_, after) : Nothing();
}

Task<Result<void>> RoomsProvider::Delete(const Resource& resource) {
  const ProvidedType* type = Find(resource);
  return type ? Forgiving(type->remove(rooms_, resource)) : Nothing();
}

Task<Result<void>> RoomsProvider::Refresh(const std::string& api_id) {
  Await<Result<void>> redeployed(
      [&](Await<Result<void>>::Done done) { rooms_.apis.Redeploy(api_id, std::move(done)); });
  co_return co_await redeployed;
}

// Only roles, versions and aliases are kept in memory alone, and making them does not wait.
void RoomsProvider::Restore(const Resource& resource) {
  for (auto rows : {ProvidedByIam(), ProvidedVersions()}) {
    for (const ProvidedType& row : rows) {
      if (row.type != resource.type) continue;
      Start(row.create(rooms_, resource), [](std::optional<Result<void>>, std::exception_ptr) {});
    }
  }
}

}  // namespace gatehouse::stack
