// One API with all that belongs to it, as a value: what a change is planned on, what a deployment
// is a snapshot of, and what the store keeps as one document. Copied freely: snapshots are shared.
//
// The document is JSON:
//   {"format": 1, "createdMs": 1767262210417,
//    "api": {"apiId": "abc123defg", "name": …, …},
//    "routes": [{"id": "r1s2t3u", "properties": {"routeId": "r1s2t3u", "routeKey": …}}, …],
//    "routeresponses": [{"id": "v4w5x6", "parentId": "r1s2t3u", "properties": {…}}, …],
//    …, "deployments": […], "stages": […],
//    "snapshots": {"d1e2f3": {"api": …, "routes": …, …}, …}}
// with lists under the names of paths, in order of creation, each absent when empty. properties are
// what Get answers. snapshots are by deployment id, of the same form without deployments, stages
// and snapshots.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/define/resource.h"
#include "gatehouse/result.h"

namespace gatehouse::api {

struct Resource {
  std::string id;
  std::string parent_id;  // of a response: its route's or integration's
  Properties properties;  // complete, computed ones too

  bool operator==(const Resource&) const = default;
};

struct ApiState {
  Properties api;
  std::int64_t created_ms = 0;  // since 1970; what lists are ordered by
  std::array<std::vector<Resource>, kResourceKinds> resources;  // by kind; kApi's is empty
  std::map<std::string, std::shared_ptr<const ApiState>, std::less<>> snapshots;

  std::vector<Resource>& Of(ResourceKind kind) { return resources[static_cast<std::size_t>(kind)]; }
  const std::vector<Resource>& Of(ResourceKind kind) const {
    return resources[static_cast<std::size_t>(kind)];
  }
  Resource* Find(const ResourcePlace& place);
  const Resource* Find(const ResourcePlace& place) const;
  // Of those that have no parent.
  const Resource* Find(ResourceKind kind, std::string_view id) const;

  // What a deployment takes: all but deployments, stages and snapshots.
  std::shared_ptr<const ApiState> Snapshot() const;
};

// The text of a property, or empty.
std::string_view TextOf(const Properties& properties, std::string_view name);
bool IsTrue(const Properties& properties, std::string_view name);

std::string EncodeApiState(const ApiState& state);
// Errors: kIo (not such a document; the message says where).
Result<ApiState> DecodeApiState(std::string_view text);

}  // namespace gatehouse::api
