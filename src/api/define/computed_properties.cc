#include "api/define/computed_properties.h"

#include <algorithm>

#include <fmt/format.h>

#include "api/define/resource_schema.h"

namespace gatehouse::api {
namespace {

using enum ResourceKind;

// "2026-01-31T10:10:10Z", as this service writes times.
std::string Seconds(base::Millis wall) { return base::FormatIso8601(wall).substr(0, 19) + "Z"; }

std::string_view ResponseSelectionOf(std::string_view integration_type) {
  if (integration_type == "AWS") return "${integration.response.body.errorMessage}";
  if (integration_type == "AWS_PROXY" || integration_type == "HTTP_PROXY") return "";
  return "${integration.response.statuscode}";
}

}  // namespace

std::string NewResourceId(base::Random& random, std::size_t length) {
  static constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
  std::string id;
  for (std::size_t i = 0; i < length; ++i) id += kAlphabet[random.Next() % kAlphabet.size()];
  return id;
}

std::string FreeId(const ApiState& state, ResourceKind kind, base::Random& random) {
  while (true) {
    std::string id = NewResourceId(random, RowOf(kind).type.id_size);
    const auto& all = state.Of(kind);
    bool taken = std::any_of(all.begin(), all.end(), [&](const Resource& r) { return r.id == id; });
    if (!taken) return id;
  }
}

void SetComputed(Resource& resource, ResourceKind kind, const ChangeContext& context) {
  Properties& properties = resource.properties;
  properties[RowOf(kind).id_member] = resource.id;
  bool has_date = kind == kApi || kind == kDeployment || kind == kStage;
  if (has_date && !properties.contains("createdDate")) {
    properties["createdDate"] = Seconds(context.now);
  }
  if (kind == kStage) properties["lastUpdatedDate"] = Seconds(context.now);
  if (kind == kApi) {
    properties["apiEndpoint"] =
        fmt::format("wss://{}.execute-api.{}.amazonaws.com", resource.id, context.options.region);
  }
  if (kind == kDeployment && !properties.contains("autoDeployed")) {
    properties["autoDeployed"] = false;
    properties["deploymentStatus"] = "DEPLOYED";
  }
  if (kind == kIntegration) {
    properties.erase("integrationResponseSelectionExpression");
    std::string_view selection = ResponseSelectionOf(TextOf(properties, "integrationType"));
    if (!selection.empty()) properties["integrationResponseSelectionExpression"] = selection;
  }
}

Error NoSuchResource(const ResourcePlace& place, const CatalogueOptions& options) {
  if (place.kind == kApi) {
    return {ErrorCode::kNotFound,
            fmt::format("Invalid API identifier specified {}:{}", options.account_id, place.id)};
  }
  return {ErrorCode::kNotFound,
          fmt::format("Invalid {} identifier specified {}", RowOf(place.kind).name, place.id)};
}

}  // namespace gatehouse::api
