#include "api/define/api_change.h"

#include <algorithm>

#include <fmt/format.h>

#include "api/define/api_deployments.h"
#include "api/define/property_check.h"
#include "api/define/resource_rules.h"

namespace gatehouse::api {
namespace {

using enum ResourceKind;

constexpr std::size_t kGivenIdMax = 64;

Error Invalid(std::string sentence) { return {ErrorCode::kInvalidArgument, std::move(sentence)}; }

bool IsId(std::string_view id) {
  return !id.empty() && id.size() <= kGivenIdMax && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

// The names of a template as the API writes them.
Properties WithoutCapitals(Properties given) {
  Properties plain;
  for (auto& [name, value] : given) {
    plain.insert_or_assign(WithoutCapital(name), std::move(value));
  }
  return plain;
}

// Templates give the ids that the place has already (ApiId, RouteId); they must agree.
Result<void> TakePlaceMembers(const ResourcePlace& place, Properties& given) {
  struct Member {
    std::string_view name;
    const std::string& value;
  };
  std::string_view parent = HasParent(place.kind) ? RowOf(ParentOf(place.kind)).id_member : "";
  const Member members[] = {{"apiId", place.api_id}, {parent, place.parent_id}};
  for (const Member& member : members) {
    if (place.kind == kApi || member.name.empty()) continue;
    if (!given.contains(member.name)) continue;
    if (TextOf(given, member.name) != member.value) {
      return Invalid(std::string(member.name) + " cannot be changed");
    }
    given.erase(member.name);
  }
  return {};
}

// The id of a new resource: given, or made.
Result<std::string> IdFor(const ApiState& state, const ResourcePlace& place,
                          const Properties& given, base::Random& random) {
  if (place.kind == kStage) {
    std::string_view name = TextOf(given, "stageName");
    if (!place.id.empty() && place.id != name) {
      return Invalid("a stage's id is its name: " + place.id + " is not " + std::string(name));
    }
    return std::string(name);
  }
  if (place.id.empty()) return FreeId(state, place.kind, random);
  if (!IsId(place.id)) return Invalid("\"" + place.id + "\" is no id");
  return place.id;
}

Result<void> CheckRoom(const ApiState& state, const ResourcePlace& place) {
  const KindRow& row = RowOf(place.kind);
  std::size_t count = 0;
  for (const Resource& resource : state.Of(place.kind)) {
    count += resource.parent_id == place.parent_id ? 1 : 0;
  }
  if (count < row.count_max) return {};
  return Invalid(fmt::format("Maximum number of {}s for this API has been reached ({})", row.name,
                             row.count_max));
}

Result<void> CheckParent(const ApiState& state, const ResourcePlace& place,
                         const ChangeContext& context) {
  if (!HasParent(place.kind)) return {};
  ResourcePlace parent{ParentOf(place.kind), place.api_id, {}, place.parent_id};
  if (state.Find(parent)) return {};
  return NoSuchResource(parent, context.options);
}

Result<Properties> CreateApi(Draft& draft, const ResourcePlace& place, const Properties& given,
                             const ChangeContext& context) {
  if (draft) {
    return Error{ErrorCode::kConflict, "API " + place.id + " already exists"};
  }
  if (!IsId(place.id)) return Invalid("\"" + place.id + "\" is no id");
  Result<Properties> properties = ApplyProperties(kApi, {}, given, ChangeKind::kCreate);
  if (!properties) return properties.error();
  ApiState state;
  state.created_ms = context.now.count();
  Resource api{place.id, {}, *std::move(properties)};
  if (Result<void> fine = CheckResource(state, kApi, api); !fine) return fine.error();
  SetComputed(api, kApi, context);
  state.api = std::move(api.properties);
  draft = std::move(state);
  return draft->api;
}

Result<Properties> ChangeApi(ApiState& state, const ResourcePlace& place, const Properties& given,
                             ChangeKind change, const ChangeContext& context) {
  Result<Properties> properties = ApplyProperties(kApi, state.api, given, change);
  if (!properties) return properties.error();
  Resource api{place.id, {}, *std::move(properties)};
  if (Result<void> fine = CheckResource(state, kApi, api); !fine) return fine.error();
  SetComputed(api, kApi, context);
  state.api = std::move(api.properties);
  RefreshAutoDeployed(state, context);
  return state.api;
}

ResourcePlace ApiPlaceOf(const ResourcePlace& place) {
  return {kApi, {}, {}, place.kind == kApi ? place.id : place.api_id};
}

}  // namespace

Result<Properties> CreateResource(Draft& draft, const ResourcePlace& place, Properties given,
                                  const ChangeContext& context) {
  given = WithoutCapitals(std::move(given));
  if (Result<void> fine = TakePlaceMembers(place, given); !fine) return fine.error();
  if (place.kind == kApi) return CreateApi(draft, place, given, context);
  if (!draft) return NoSuchResource(ApiPlaceOf(place), context.options);
  if (auto fine = CheckParent(*draft, place, context); !fine) return fine.error();
  if (auto fine = CheckRoom(*draft, place); !fine) return fine.error();
  std::string stage_name;
  if (place.kind == kDeployment) {
    stage_name = TextOf(given, "stageName");
    given.erase("stageName");
  }
  Result<Properties> properties = ApplyProperties(place.kind, {}, given, ChangeKind::kCreate);
  if (!properties) return properties.error();
  Result<std::string> id = IdFor(*draft, place, *properties, context.random);
  if (!id) return id.error();
  ResourcePlace whole{place.kind, place.api_id, place.parent_id, *id};
  if (draft->Find(whole)) {
    return Error{ErrorCode::kConflict,
                 fmt::format("{} {} already exists", RowOf(place.kind).name, *id)};
  }
  Resource resource{*id, place.parent_id, *std::move(properties)};
  if (auto fine = CheckResource(*draft, place.kind, resource); !fine) return fine.error();
  SetComputed(resource, place.kind, context);
  draft->Of(place.kind).push_back(resource);
  if (place.kind == kDeployment) {
    if (auto fine = AfterDeployment(*draft, resource, stage_name, context); !fine) {
      return fine.error();
    }
  }
  if (place.kind != kDeployment) RefreshAutoDeployed(*draft, context);
  return draft->Find(whole)->properties;
}

Result<Properties> ChangeResource(Draft& draft, const ResourcePlace& place, Properties given,
                                  ChangeKind change, const ChangeContext& context) {
  if (!draft) return NoSuchResource(ApiPlaceOf(place), context.options);
  given = WithoutCapitals(std::move(given));
  if (Result<void> fine = TakePlaceMembers(place, given); !fine) return fine.error();
  if (place.kind == kApi) return ChangeApi(*draft, place, given, change, context);
  if (auto fine = CheckParent(*draft, place, context); !fine) return fine.error();
  Resource* found = draft->Find(place);
  if (!found) return NoSuchResource(place, context.options);
  if (place.kind == kDeployment) given.erase("stageName");
  Result<Properties> properties = ApplyProperties(place.kind, found->properties, given, change);
  if (!properties) return properties.error();
  Resource changed{found->id, found->parent_id, *std::move(properties)};
  if (auto fine = CheckResource(*draft, place.kind, changed); !fine) return fine.error();
  SetComputed(changed, place.kind, context);
  *found = std::move(changed);
  if (place.kind != kDeployment) RefreshAutoDeployed(*draft, context);
  return draft->Find(place)->properties;
}

Result<void> DeleteResource(Draft& draft, const ResourcePlace& place,
                            const ChangeContext& context) {
  if (!draft) return NoSuchResource(ApiPlaceOf(place), context.options);
  if (place.kind == kApi) {
    draft.reset();
    return {};
  }
  if (auto fine = CheckParent(*draft, place, context); !fine) return fine;
  const Resource* found = draft->Find(place);
  if (!found) return NoSuchResource(place, context.options);
  if (auto fine = CheckDeletion(*draft, place.kind, *found); !fine) return fine;
  for (ResourceKind child : {kRouteResponse, kIntegrationResponse}) {
    if (ParentOf(child) != place.kind) continue;
    std::erase_if(draft->Of(child), [&](const Resource& r) { return r.parent_id == place.id; });
  }
  std::erase_if(draft->Of(place.kind), [&](const Resource& r) {
    return r.id == place.id && (!HasParent(place.kind) || r.parent_id == place.parent_id);
  });
  if (place.kind == kDeployment) draft->snapshots.erase(place.id);
  if (place.kind != kDeployment) RefreshAutoDeployed(*draft, context);
  return {};
}

Result<void> Redeploy(Draft& draft, const std::string& api_id, const ChangeContext& context) {
  if (!draft) return NoSuchResource({kApi, {}, {}, api_id}, context.options);
  RedeployStages(*draft);
  return {};
}

}  // namespace gatehouse::api
