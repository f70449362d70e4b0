// AWS::SSM::Parameter in the parameter room.
#include <array>

#include "stack/provide/rooms_provider.h"
#include "stack/resource/resource_ssm.h"

namespace gatehouse::stack {
namespace {

using Mode = parameter::Parameters::Mode;

bool SsmExists(const Rooms& rooms, const Resource& resource) {
  return rooms.parameters.Find(resource.physical_id) != nullptr;
}

Task<Result<void>> PutSsm(Rooms& rooms, const Resource& resource, Mode mode) {
  parameter::Parameter parameter = ToSsmParameter(resource);
  parameter.modified = rooms.clock.WallNow();
  Await<Result<std::int64_t>> put([&](Await<Result<std::int64_t>>::Done done) {
    rooms.parameters.Put(std::move(parameter), mode, std::move(done));
  });
  Result<std::int64_t> version = co_await put;
  if (!version) co_return version.error();
  co_return Result<void>();
}

Task<Result<void>> CreateSsm(Rooms& rooms, const Resource& resource) {
  return PutSsm(rooms, resource, Mode::kNew);
}

Task<Result<void>> UpdateSsm(Rooms& rooms, const Resource& after) {
  return PutSsm(rooms, after, Mode::kEither);
}

Task<Result<void>> RemoveSsm(Rooms& rooms, const Resource& resource) {
  Await<Result<std::int64_t>> removed([&](Await<Result<std::int64_t>>::Done done) {
    rooms.parameters.Delete(resource.physical_id, std::move(done));
  });
  Result<std::int64_t> version = co_await removed;
  if (!version) co_return version.error();
  co_return Result<void>();
}

constexpr std::array kSsmRows = {
    ProvidedType{"AWS::SSM::Parameter", SsmExists, CreateSsm, UpdateSsm, RemoveSsm},
};

}  // namespace

std::span<const ProvidedType> ProvidedBySsm() { return kSsmRows; }

}  // namespace gatehouse::stack
