// Versions and aliases in the function room, which knows them in memory alone: they are told again
// at start.
#include <array>

#include "stack/provide/rooms_provider.h"
#include "stack/resource/resource_lambda.h"

namespace gatehouse::stack {
namespace {

bool QualifierExists(const Rooms& rooms, const Resource& resource) {
  return rooms.functions.HasQualifier(FunctionNameOf(resource.Text("FunctionName")),
                                      resource.physical_id);
}

Task<Result<void>> PutQualifier(Rooms& rooms, const Resource& resource) {
  rooms.functions.PutQualifier(FunctionNameOf(resource.Text("FunctionName")), resource.physical_id);
  co_return Result<void>();
}

Task<Result<void>> RemoveQualifier(Rooms& rooms, const Resource& resource) {
  rooms.functions.RemoveQualifier(FunctionNameOf(resource.Text("FunctionName")),
                                  resource.physical_id);
  co_return Result<void>();
}

constexpr std::array kVersionRows = {
    ProvidedType{"AWS::Lambda::Version", QualifierExists, PutQualifier, PutQualifier,
                 RemoveQualifier},
    ProvidedType{"AWS::Lambda::Alias", QualifierExists, PutQualifier, PutQualifier,
                 RemoveQualifier},
};

}  // namespace

std::span<const ProvidedType> ProvidedVersions() { return kVersionRows; }

}  // namespace gatehouse::stack
