// Resources of AWS::ApiGatewayV2 in the api room: CloudFormation's names become the API's.
#include <array>
#include <charconv>

#include <boost/json/object.hpp>

#include "base/check.h"
#include "stack/resource_type.h"
#include "stack/rooms_provider.h"

namespace gatehouse::stack {
namespace {

using api::ResourceKind;
using api::ResourcePlace;

struct KindRow {
  std::string_view type;
  ResourceKind kind;
  std::string_view parent;  // the property that has the parent's id
};
constexpr std::array kKinds = {
    KindRow{"AWS::ApiGatewayV2::Api", ResourceKind::kApi, ""},
    KindRow{"AWS::ApiGatewayV2::Route", ResourceKind::kRoute, ""},
    KindRow{"AWS::ApiGatewayV2::Integration", ResourceKind::kIntegration, ""},
    KindRow{"AWS::ApiGatewayV2::Deployment", ResourceKind::kDeployment, ""},
    KindRow{"AWS::ApiGatewayV2::Stage", ResourceKind::kStage, ""},
    KindRow{"AWS::ApiGatewayV2::RouteResponse", ResourceKind::kRouteResponse, "RouteId"},
    KindRow{"AWS::ApiGatewayV2::IntegrationResponse", ResourceKind::kIntegrationResponse,
            "IntegrationId"},
    KindRow{"AWS::ApiGatewayV2::Model", ResourceKind::kModel, ""},
    KindRow{"AWS::ApiGatewayV2::Authorizer", ResourceKind::kAuthorizer, ""},
};

ResourcePlace PlaceIn(const Resource& resource) {
  for (const KindRow& row : kKinds) {
    if (row.type != resource.type) continue;
    ResourcePlace place;
    place.kind = row.kind;
    place.id = resource.physical_id;
    if (row.kind != ResourceKind::kApi) place.api_id = resource.Text("ApiId");
    if (!row.parent.empty()) place.parent_id = resource.Text(row.parent);
    return place;
  }
  CHECK(false);
  return {};
}

// "RouteKey" → "routeKey"
std::string ApiName(std::string name) {
  if (!name.empty() && name[0] >= 'A' && name[0] <= 'Z') name[0] = static_cast<char>(name[0] + 32);
  return name;
}

boost::json::value ToJsonValue(const Schema& schema, const Value& value);

boost::json::object ToJsonObject(const Schema& schema, const Value& value) {
  boost::json::object object;
  for (const Member& member : value.members) {
    if (schema.kind == Schema::kMap) {
      object[member.name] = ToJsonValue(*schema.inner, member.value);
    } else if (const Schema::Field* field = schema.Find(member.name);
               field && field->support == Schema::kFull) {
      object[ApiName(member.name)] = ToJsonValue(field->schema, member.value);
    }
  }
  return object;
}

boost::json::value ToJsonValue(const Schema& schema, const Value& value) {
  const char* begin = value.text.data();
  const char* end = begin + value.text.size();
  switch (schema.kind) {
    case Schema::kText:
      return boost::json::value(value.text);
    case Schema::kInteger: {
      std::int64_t number = 0;
      std::from_chars(begin, end, number);
      return number;
    }
    case Schema::kNumber: {
      double number = 0;
      std::from_chars(begin, end, number);
      return number;
    }
    case Schema::kBool:
      return value.text == "true";
    case Schema::kList: {
      boost::json::array array;
      for (const Value& item : value.items) array.push_back(ToJsonValue(*schema.inner, item));
      return array;
    }
    case Schema::kAny:  // a model's schema, which the API wants as text
      return boost::json::value(value.is_string() ? value.text : ToJson(value));
    default:
      return ToJsonObject(schema, value);
  }
}

boost::json::object PropertiesOf(const Resource& resource) {
  auto properties = ToJsonObject(SchemaOf(*FindResourceType(resource.type)), resource.properties);
  if (resource.origins.empty()) return properties;
  boost::json::array& origins = properties["origins"].emplace_array();
  for (const std::string& origin : resource.origins) origins.emplace_back(origin);
  return properties;
}

bool Exists(const Rooms& rooms, const Resource& resource) {
  return rooms.apis.Get(PlaceIn(resource)).has_value();
}

Result<void> WithoutProperties(Result<api::Properties> answer) {
  if (!answer) return std::move(answer).error();
  return {};
}

Task<Result<void>> Create(Rooms& rooms, const Resource& resource) {
  using Answer = Result<api::Properties>;
  Await<Answer> created([&](Await<Answer>::Done done) {
    rooms.apis.Create(PlaceIn(resource), PropertiesOf(resource), std::move(done));
  });
  Answer answer = co_await created;
  co_return WithoutProperties(std::move(answer));
}

Task<Result<void>> Update(Rooms& rooms, const Resource& after) {
  using Answer = Result<api::Properties>;
  Await<Answer> replaced([&](Await<Answer>::Done done) {
    rooms.apis.Replace(PlaceIn(after), PropertiesOf(after), std::move(done));
  });
  Answer answer = co_await replaced;
  co_return WithoutProperties(std::move(answer));
}

Task<Result<void>> Remove(Rooms& rooms, const Resource& resource) {
  Await<Result<void>> removed([&](Await<Result<void>>::Done done) {
    rooms.apis.Delete(PlaceIn(resource), std::move(done));
  });
  co_return co_await removed;
}

constexpr std::array<ProvidedType, kKinds.size()> MakeRows() {
  std::array<ProvidedType, kKinds.size()> rows{};
  for (std::size_t i = 0; i < kKinds.size(); ++i) {
    rows[i] = {kKinds[i].type, Exists, Create, Update, Remove};
  }
  return rows;
}
constexpr auto kRows = MakeRows();

}  // namespace

std::span<const ProvidedType> ProvidedByApiGateway() { return kRows; }

}  // namespace gatehouse::stack
