#include "api/define/control_path.h"

#include <span>
#include <vector>

#include "api/define/resource_schema.h"
#include "aws/arn.h"
#include "base/encoding.h"

namespace gatehouse::api {
namespace {

using enum ResourceKind;
using Segments = std::vector<std::string>;

constexpr std::size_t kSegmentsMax = 16;

// "/a/b%2Fc" → {"a", "b/c"}; nothing for a path with an empty segment.
Segments SplitPath(std::string_view path) {
  Segments segments;
  while (path.starts_with('/') && segments.size() < kSegmentsMax) {
    path.remove_prefix(1);
    std::string_view segment = path.substr(0, path.find('/'));
    if (segment.empty()) return {};
    segments.push_back(base::DecodePercent(segment));
    path.remove_prefix(segment.size());
  }
  return path.empty() ? segments : Segments();
}

// The kind whose collection has that name, among those with or without a parent.
const KindRow* FindCollection(std::string_view name, bool with_parent) {
  for (std::size_t i = 1; i < kResourceKinds; ++i) {
    const KindRow& row = RowOf(static_cast<ResourceKind>(i));
    if (row.collection == name && HasParent(row.kind) == with_parent) return &row;
  }
  return nullptr;
}

ControlPath Make(ControlPath::Kind kind, const ResourcePlace& place, std::string key = {}) {
  return {kind, place, std::move(key)};
}

// What hangs on a route, integration, stage or model.
ControlPath ParseBelow(const ResourcePlace& parent, std::span<const std::string> rest) {
  const std::string& name = rest[0];
  if (const KindRow* row = FindCollection(name, true); row && ParentOf(row->kind) == parent.kind) {
    ResourcePlace place{row->kind, parent.api_id, parent.id, {}};
    if (rest.size() == 1) return Make(ControlPath::kCollection, place);
    place.id = rest[1];
    return rest.size() == 2 ? Make(ControlPath::kResource, place) : ControlPath();
  }
  bool has_key = rest.size() == 2;
  if (parent.kind == kRoute && name == "requestparameters" && has_key) {
    return Make(ControlPath::kRequestParameter, parent, rest[1]);
  }
  if (parent.kind == kModel && name == "template" && rest.size() == 1) {
    return Make(ControlPath::kNotHere, parent);
  }
  if (parent.kind != kStage) return {};
  if (name == "accesslogsettings" && rest.size() == 1) {
    return Make(ControlPath::kAccessLogSettings, parent);
  }
  if (name == "routesettings" && has_key) return Make(ControlPath::kRouteSettings, parent, rest[1]);
  if (name == "cache" && has_key && rest[1] == "authorizers") {
    return Make(ControlPath::kAuthorizersCache, parent);
  }
  return {};
}

// rest: what follows /v2/apis
ControlPath ParseApis(std::span<const std::string> rest) {
  if (rest.empty()) return Make(ControlPath::kCollection, {kApi, {}, {}, {}});
  const std::string& api_id = rest[0];
  if (rest.size() == 1) return Make(ControlPath::kResource, {kApi, {}, {}, api_id});
  if (rest[1] == "cors" || rest[1] == "exports") return Make(ControlPath::kHttpApisOnly, {});
  const KindRow* row = FindCollection(rest[1], false);
  if (!row) return {};
  ResourcePlace place{row->kind, api_id, {}, {}};
  if (rest.size() == 2) return Make(ControlPath::kCollection, place);
  place.id = rest[2];
  if (rest.size() == 3) return Make(ControlPath::kResource, place);
  return ParseBelow(place, rest.subspan(3));
}

}  // namespace

ControlPath ParseControlPath(std::string_view path) {
  // The ARN holds slashes, encoded or not.
  constexpr std::string_view kTagsStart = "/v2/tags/";
  if (path.starts_with(kTagsStart) && path.size() > kTagsStart.size()) {
    return Make(ControlPath::kTags, {}, base::DecodePercent(path.substr(kTagsStart.size())));
  }
  Segments segments = SplitPath(path);
  if (segments.size() < 2 || segments[0] != "v2") return {};
  if (segments[1] == "apis") return ParseApis(std::span(segments).subspan(2));
  if (segments[1] == "domainnames") return Make(ControlPath::kNotHere, {});
  if (segments[1] == "vpclinks") return Make(ControlPath::kNotHere, {});
  return {};
}

ControlPath ParseTagArn(std::string_view arn) {
  std::size_t path_at = arn.find("::/");
  bool is_arn = aws::IsArn(arn) && arn.find(":apigateway:") < path_at;
  if (!is_arn || path_at == std::string_view::npos) return {};
  ControlPath path = ParseControlPath("/v2" + std::string(arn.substr(path_at + 2)));
  bool taggable =
      path.kind == ControlPath::kResource && (path.place.kind == kApi || path.place.kind == kStage);
  return taggable ? path : ControlPath();
}

}  // namespace gatehouse::api
