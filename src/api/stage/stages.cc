#include "api/stage/stages.h"

#include <algorithm>

#include "base/check.h"
#include "base/encoding.h"

namespace gatehouse::api {
namespace {

constexpr std::size_t kPathsShownMax = 10;

// "/a/b" → {"a", "/b"}
std::pair<std::string_view, std::string_view> FirstSegment(std::string_view path) {
  if (!path.starts_with('/')) return {};
  path.remove_prefix(1);
  std::size_t end = std::min(path.find('/'), path.size());
  return {path.substr(0, end), path.substr(end)};
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// A segment as a name; decoded keeps what is not in the path as it is.
std::string_view Decoded(std::string_view segment, std::string& decoded) {
  if (segment.find('%') == std::string_view::npos) return segment;
  return decoded = base::DecodePercent(segment);
}

// Names that came from a stage are its own very texts.
bool IsSame(std::string_view a, std::string_view b) {
  return a.size() == b.size() && (a.data() == b.data() || a == b);
}

template <class Places>
auto FindIn(Places& places, std::string_view api_id, std::string_view stage_name) {
  return std::find_if(places.begin(), places.end(), [&](const auto& place) {
    return IsSame(place->current->api_id(), api_id) && IsSame(place->current->name(), stage_name);
  });
}

}  // namespace

bool IsDateSegment(std::string_view segment) {
  static constexpr std::string_view kForm = "dddd-dd-dd";
  return std::equal(segment.begin(), segment.end(), kForm.begin(), kForm.end(),
                    [](char c, char form) { return form == 'd' ? IsDigit(c) : c == form; });
}

bool IsReservedSegment(std::string_view segment) {
  return segment == "v2" || segment == "_gatehouse" || IsDateSegment(segment);
}

void StagePlace::Become(std::shared_ptr<const Stage> stage) {
  current = std::move(stage);
  recent_route = nullptr;
  routes.clear();
  for (const Route* route : current->routes()) {
    routes.emplace_back();
    if (route->integration) routes.back().target.function_name = route->integration->function_name;
  }
}

void Stages::Deploy(std::shared_ptr<const Stage> stage) {
  StagePlace* place = Find(stage->api_id(), stage->name());
  if (!place) {
    auto old = FindIn(removed_, stage->api_id(), stage->name());
    if (old == removed_.end()) {
      places_.push_back(std::make_unique<StagePlace>());
    } else {
      places_.push_back(std::move(*old));
      removed_.erase(old);
    }
    place = places_.back().get();
  }
  place->closing = false;
  place->Become(std::move(stage));
}

void Stages::Remove(StagePlace& place) {
  auto it = FindIn(places_, place.current->api_id(), place.current->name());
  CHECK(it != places_.end() && it->get() == &place);
  place.Become(place.current->WithoutRoutes());
  removed_.push_back(std::move(*it));
  places_.erase(it);
}

StagePlace* Stages::Find(std::string_view api_id, std::string_view stage_name) const {
  auto it = FindIn(places_, api_id, stage_name);
  return it == places_.end() ? nullptr : it->get();
}

StagePlace* Stages::FindUnique(std::string_view stage_name) const {
  if (IsReservedSegment(stage_name)) return nullptr;
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
  std::string decoded, decoded_second;
  first = Decoded(first, decoded);
  if (!host_api_id.empty()) return {Find(host_api_id, first), rest};
  auto [second, rest_of_second] = FirstSegment(rest);
  if (StagePlace* place = Find(first, Decoded(second, decoded_second))) {
    return {place, rest_of_second};
  }
  return {FindUnique(first), rest};
}

std::string Stages::PathsForPeople() const {
  std::string paths;
  for (std::size_t i = 0; i < std::min(places_.size(), kPathsShownMax); ++i) {
    if (i > 0) paths += ", ";
    paths += PathOf(*places_[i]->current);
  }
  if (places_.size() > kPathsShownMax) paths += ", …";
  return paths.empty() ? "none" : paths;
}

std::string Stages::PathOf(const Stage& stage) const {
  if (FindUnique(stage.name())) return "/" + stage.name();
  return "/" + stage.api_id() + "/" + stage.name();
}

}  // namespace gatehouse::api
