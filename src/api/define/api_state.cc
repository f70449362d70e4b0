#include "api/define/api_state.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "api/define/resource_schema.h"

namespace gatehouse::api {
namespace {

namespace bj = boost::json;

constexpr int kFormat = 1;

bj::object EncodeObject(const ApiState& state) {
  bj::object object;
  object["api"] = state.api;
  for (std::size_t i = 0; i < kResourceKinds; ++i) {
    if (state.resources[i].empty()) continue;
    bj::array list;
    for (const Resource& resource : state.resources[i]) {
      bj::object entry;
      entry["id"] = resource.id;
      if (!resource.parent_id.empty()) entry["parentId"] = resource.parent_id;
      entry["properties"] = resource.properties;
      list.push_back(std::move(entry));
    }
    object[RowOf(static_cast<ResourceKind>(i)).collection] = std::move(list);
  }
  if (state.snapshots.empty()) return object;
  bj::object snapshots;
  for (const auto& [id, snapshot] : state.snapshots) snapshots[id] = EncodeObject(*snapshot);
  object["snapshots"] = std::move(snapshots);
  return object;
}

Error Damaged(std::string_view what) {
  return {ErrorCode::kIo, "the stored API is damaged: " + std::string(what)};
}

Result<Resource> DecodeResource(const bj::value& value) {
  const bj::object* object = value.if_object();
  const bj::value* properties = object ? object->if_contains("properties") : nullptr;
  if (!properties || !properties->is_object()) return Damaged("a resource has no properties");
  Resource resource;
  resource.id = TextOf(*object, "id");
  resource.parent_id = TextOf(*object, "parentId");
  resource.properties = properties->get_object();
  if (resource.id.empty()) return Damaged("a resource has no id");
  return resource;
}

Result<ApiState> DecodeObject(const bj::value& value);

Result<void> DecodeSnapshots(const bj::object& object, ApiState& state) {
  const bj::value* snapshots = object.if_contains("snapshots");
  if (!snapshots) return {};
  if (!snapshots->is_object()) return Damaged("snapshots is no object");
  for (const auto& [id, value] : snapshots->get_object()) {
    Result<ApiState> snapshot = DecodeObject(value);
    if (!snapshot) return snapshot.error();
    state.snapshots[id] = std::make_shared<const ApiState>(*std::move(snapshot));
  }
  return {};
}

Result<ApiState> DecodeObject(const bj::value& value) {
  const bj::object* object = value.if_object();
  const bj::value* api = object ? object->if_contains("api") : nullptr;
  if (!api || !api->is_object()) return Damaged("api is missing");
  ApiState state;
  state.api = api->get_object();
  for (std::size_t i = 0; i < kResourceKinds; ++i) {
    std::string_view collection = RowOf(static_cast<ResourceKind>(i)).collection;
    const bj::value* list = object->if_contains(collection);
    if (!list) continue;
    if (!list->is_array()) return Damaged(std::string(collection) + " is no list");
    for (const bj::value& entry : list->get_array()) {
      Result<Resource> resource = DecodeResource(entry);
      if (!resource) return resource.error();
      state.resources[i].push_back(*std::move(resource));
    }
  }
  if (Result<void> decoded = DecodeSnapshots(*object, state); !decoded) return decoded.error();
  return state;
}

}  // namespace

const Resource* ApiState::Find(const ResourcePlace& place) const {
  for (const Resource& resource : Of(place.kind)) {
    if (resource.id != place.id) continue;
    if (!HasParent(place.kind) || resource.parent_id == place.parent_id) return &resource;
  }
  return nullptr;
}

Resource* ApiState::Find(const ResourcePlace& place) {
  return const_cast<Resource*>(std::as_const(*this).Find(place));
}

const Resource* ApiState::Find(ResourceKind kind, std::string_view id) const {
  for (const Resource& resource : Of(kind)) {
    if (resource.id == id) return &resource;
  }
  return nullptr;
}

std::shared_ptr<const ApiState> ApiState::Snapshot() const {
  auto snapshot = std::make_shared<ApiState>();
  snapshot->api = api;
  snapshot->resources = resources;
  snapshot->Of(ResourceKind::kDeployment).clear();
  snapshot->Of(ResourceKind::kStage).clear();
  return snapshot;
}

std::string_view TextOf(const Properties& properties, std::string_view name) {
  const bj::value* value = properties.if_contains(name);
  return value && value->is_string() ? std::string_view(value->get_string()) : std::string_view();
}

bool IsTrue(const Properties& properties, std::string_view name) {
  const bj::value* value = properties.if_contains(name);
  return value && value->is_bool() && value->get_bool();
}

std::string EncodeApiState(const ApiState& state) {
  bj::object object = EncodeObject(state);
  object["format"] = kFormat;
  object["createdMs"] = state.created_ms;
  return bj::serialize(object);
}

Result<ApiState> DecodeApiState(std::string_view text) {
  bj::error_code failed;
  bj::value value = bj::parse(text, failed);
  if (failed) return Damaged(failed.message());
  const bj::object* object = value.if_object();
  const bj::value* format = object ? object->if_contains("format") : nullptr;
  if (!format || !format->is_int64()) return Damaged("it has no format");
  if (format->get_int64() != kFormat) {
    return Error{ErrorCode::kUnsupported,
                 "the stored API was written by a newer gatehouse (format " +
                     std::to_string(format->get_int64()) + ")"};
  }
  Result<ApiState> state = DecodeObject(value);
  const bj::value* created = object->if_contains("createdMs");
  if (state && created && created->is_int64()) state->created_ms = created->get_int64();
  return state;
}

}  // namespace gatehouse::api
