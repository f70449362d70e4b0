#include "api/stages.h"

namespace gatehouse::api {
namespace {

// "/a/b" → {"a", "/b"}
std::pair<std::string_view, std::string_view> FirstSegment(std::string_view path) {
  if (!path.starts_with('/')) return {};
  path.remove_prefix(1);
  std::size_t end = std::min(path.find('/'), path.size());
  return {path.substr(0, end), path.substr(end)};
}

}  // namespace

void Stages::Deploy(std::shared_ptr<const Stage> stage) {
  StagePlace* place = Find(stage->api_id(), stage->name());
  if (!place) {
    places_.push_back(std::make_unique<StagePlace>());
    place = places_.back().get();
  }
  place->current = std::move(stage);
}

StagePlace* Stages::Find(std::string_view api_id, std::string_view stage_name) const {
  for (const auto& place : places_) {
    if (place->current->api_id() == api_id && place->current->name() == stage_name) {
      return place.get();
    }
  }
  return nullptr;
}

StagePlace* Stages::FindUnique(std::string_view stage_name) const {
  StagePlace* found = nullptr;
  for (const auto& place : places_) {
    if (place->current->name() != stage_name) continue;
    if (found) return nullptr;
    found = place.get();
  }
  return found;
}

StagePath Stages::Resolve(std::string_view path, std::string_view host_api_id) const {
  auto [first, rest] = FirstSegment(path);
  if (!host_api_id.empty()) return {Find(host_api_id, first), rest};
  auto [second, rest_of_second] = FirstSegment(rest);
  if (StagePlace* place = Find(first, second)) return {place, rest_of_second};
  return {FindUnique(first), rest};
}

std::string Stages::PathOf(const Stage& stage) const {
  if (FindUnique(stage.name())) return "/" + stage.name();
  return "/" + stage.api_id() + "/" + stage.name();
}

}  // namespace gatehouse::api
