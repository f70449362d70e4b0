// Resources of AWS::ApiGatewayV2 in the api room.
#include <array>

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

constexpr std::array<std::string_view, api::kResourceKinds> kApiKinds = {
    "AWS::ApiGatewayV2::Api",
    "AWS::ApiGatewayV2::Route",
    "AWS::ApiGatewayV2::Integration",
    "AWS::ApiGatewayV2::Deployment",
    "AWS::ApiGatewayV2::Stage",
    "AWS::ApiGatewayV2::RouteResponse",
    "AWS::ApiGatewayV2::IntegrationResponse",
    "AWS::ApiGatewayV2::Model",
    "AWS::ApiGatewayV2::Authorizer"};

constexpr std::array<ProvidedType, kApiKinds.size()> MakeRows() {
  std::array<ProvidedType, kApiKinds.size()> rows{};
  for (std::size_t i = 0; i < kApiKinds.size(); ++i) {
    rows[i] = {kApiKinds[i], ApiResourceExists, CreateApiResource, UpdateApiResource,
               RemoveApiResource};
  }
  return rows;
}
constexpr auto kApiRows = MakeRows();

}  // namespace

std::span<const ProvidedType> ProvidedByApiGateway() { return kApiRows; }

}  // namespace gatehouse::stack
