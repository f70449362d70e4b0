// Makes resources in the rooms of this node: apis, functions, tables, roles, rules
// and schedules. Loop thread only.
#pragma once

#include "api/define/api_catalogue.h"
#include "auth/policy/roles.h"
#include "base/clock.h"
#include "base/executor.h"
#include "base/random.h"
#include "event/catalogue.h"
#include "function/define/function_catalogue.h"
#include "parameter/parameters.h"
#include "stack/engine/provider.h"
#include "table/operation/tables.h"

namespace gatehouse::stack {

struct Rooms {
  api::Catalogue& apis;
  function::Catalogue& functions;
  table::Tables& tables;
  auth::Roles& roles;
  base::Executor& loop;
  base::Clock& clock;
  base::Random& random;
  event::Catalogue& events;
  parameter::Parameters& parameters;
};

class RoomsProvider final : public Provider {
 public:
  // What rooms refer to must outlive this.
  explicit RoomsProvider(Rooms rooms) : rooms_(rooms) {}

  bool Exists(const Resource& resource) const override;
  Task<Result<void>> Create(const Resource& resource) override;
  Task<Result<void>> Update(const Resource& before, const Resource& after) override;
  Task<Result<void>> Delete(const Resource& resource) override;
  Task<Result<void>> Refresh(const std::string& api_id) override;
  void Restore(const Resource& resource) override;

 private:
  Rooms rooms_;
};

// One service each: provide_apigateway.cc, provide_lambda.cc, provide_dynamodb.cc, provide_iam.cc,
// provide_events.cc.
// References live until the task is done; of Update only what it shall be is needed.
struct ProvidedType {
  std::string_view type;
  bool (*exists)(const Rooms& rooms, const Resource& resource);
  Task<Result<void>> (*create)(Rooms& rooms, const Resource& resource);
  Task<Result<void>> (*update)(Rooms& rooms, const Resource& after);
  Task<Result<void>> (*remove)(Rooms& rooms, const Resource& resource);
};
std::span<const ProvidedType> ProvidedByApiGateway();
std::span<const ProvidedType> ProvidedByLambda();
std::span<const ProvidedType> ProvidedVersions();
std::span<const ProvidedType> ProvidedByDynamoDb();
std::span<const ProvidedType> ProvidedByIam();
std::span<const ProvidedType> ProvidedByEvents();
std::span<const ProvidedType> ProvidedBySsm();

}  // namespace gatehouse::stack
