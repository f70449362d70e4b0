// Resources of AWS::ApiGatewayV2 in the api room.
#include <array>

#include "api/define/resource_schema.h"
#include "stack/provide/rooms_provider.h"
#include "stack/resource/resource_apigateway.h"

namespace gatehouse::stack {
namespace {

bool ApiResourceExists(const Rooms& rooms, const Resource& resource) {
  return rooms.apis.Get(*ApiPlaceOf(resource)).has_value();
}

Result<void> WithoutProperties(Result<api::Properties> answer) {
  if (!answer) return std::move(answer).error();
  return {};
}

Task<Result<void>> CreateApiResource(Rooms& rooms, const Resource& resource) {
  using Answer = Result<api::Properties>;
  Await<Answer> created([&](Await<Answer>::Done done) {
    rooms.apis.Create(*ApiPlaceOf(resource), ApiPropertiesOf(resource), std::move(done));
  });
  Answer answer = co_await created;
  co_return WithoutProperties(std::move(answer));
}

Task<Result<void>> UpdateApiResource(Rooms& rooms, const Resource& after) {
  using Answer = Result<api::Properties>;
  Await<Answer> replaced([&](Await<Answer>::Done done) {
    rooms.apis.Replace(*ApiPlaceOf(after), ApiPropertiesOf(after), std::move(done));
  });
  Answer answer = co_await replaced;
  co_return WithoutProperties(std::move(answer));
}

Task<Result<void>> RemoveApiResource(Rooms& rooms, const Resource& resource) {
  Await<Result<void>> removed([&](Await<Result<void>>::Done done) {
    rooms.apis.Delete(*ApiPlaceOf(resource), std::move(done));
  });
  co_return co_await removed;
}

}  // namespace

std::span<const ProvidedType> ProvidedByApiGateway() {
  static const auto kRows = [] {
    std::array<ProvidedType, api::kResourceKinds> rows{};
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto kind = static_cast<api::ResourceKind>(i);
      rows[i] = {api::RowOf(kind).type.name, ApiResourceExists, CreateApiResource,
                 UpdateApiResource, RemoveApiResource};
    }
    return rows;
  }();
  return kRows;
}

}  // namespace gatehouse::stack
