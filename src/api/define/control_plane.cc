#include "api/define/control_plane.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "api/define/control_request.h"
#include "aws/error.h"
#include "aws/id.h"
#include "base/encoding.h"

namespace gatehouse::api {
namespace {

namespace bj = boost::json;

// How each error looks on the wire.
constexpr aws::ErrorRow kWireErrors[] = {
    {ErrorCode::kInvalidArgument, 400, "BadRequestException"},
    {ErrorCode::kForbidden, 403, "AccessDeniedException"},
    {ErrorCode::kNotFound, 404, "NotFoundException"},
    {ErrorCode::kConflict, 409, "ConflictException"},
    {ErrorCode::kLimitExceeded, 429, "TooManyRequestsException"},
    {ErrorCode::kUnsupported, 501, "NotImplementedException"},
    {ErrorCode::kUnavailable, 503, "ServiceUnavailableException"},
};

// Only tags of the resource, as an object.
Properties TagsOf(const Properties& resource) {
  const bj::value* tags = resource.if_contains("tags");
  return tags && tags->is_object() ? tags->get_object() : Properties();
}

}  // namespace

struct ControlPlane::Call {
  std::string method;
  std::string path;
  ControlPath where;
  Parameters parameters;
  Properties body;
  wire::ServiceDone done;

  Error Unknown() const {
    return {ErrorCode::kNotFound, fmt::format("API Gateway V2 has no {} {}", method, path)};
  }
};

ControlPlane::~ControlPlane() {
  for (const auto& [api_id, timer] : judged_later_) loop_.Cancel(timer);
}

void ControlPlane::Handle(const wire::ServiceRequest& request, wire::ServiceDone done) {
  std::string_view target = request.head.target;
  std::size_t question = std::min(target.find('?'), target.size());
  Call call;
  call.method = request.head.method;
  call.path = target.substr(0, question);
  call.where = ParseControlPath(call.path);
  call.parameters = ParseQuery(target.substr(std::min(question + 1, target.size())));
  call.done = std::move(done);
  Result<Properties> body = ParseBody(request.body);
  if (!body) return RespondError(call.done, body.error());
  call.body = *std::move(body);
  switch (call.where.kind) {
    case ControlPath::kCollection:
      return HandleCollection(std::move(call));
    case ControlPath::kResource:
      return HandleResource(std::move(call));
    case ControlPath::kTags:
      return HandleTags(std::move(call));
    case ControlPath::kAccessLogSettings:
      return TakeOut(std::move(call), "accessLogSettings");
    case ControlPath::kRouteSettings:
      return TakeOut(std::move(call), "routeSettings");
    case ControlPath::kRequestParameter:
      return TakeOut(std::move(call), "requestParameters");
    case ControlPath::kAuthorizersCache: {
      // WebSocket APIs cache nothing of their authorizers, so there is nothing to reset.
      Result<Properties> stage = catalogue_.Get(call.where.place);
      if (!stage) return RespondError(call.done, stage.error());
      return Respond(call.done, 204, {});
    }
    case ControlPath::kHttpApisOnly:
      return RespondError(call.done, {ErrorCode::kInvalidArgument,
                                      "this operation is for HTTP APIs; gatehouse serves WebSocket "
                                      "APIs"});
    case ControlPath::kNotHere:
      return RespondError(
          call.done, {ErrorCode::kUnsupported,
                      fmt::format("{} {} does not exist in gatehouse", call.method, call.path)});
    case ControlPath::kUnknown:
      break;
  }
  RespondError(call.done, call.Unknown());
}

void ControlPlane::HandleCollection(Call call) {
  if (call.method == "GET") return RespondList(call);
  if (call.method == "POST") {
    ResourcePlace place = call.where.place;
    Properties body = std::move(call.body);
    catalogue_.Create(
        place, std::move(body),
        [this, place, done = std::move(call.done)](Result<Properties> created) mutable {
          if (!created) return RespondError(done, created.error());
          OnChanged(place);
          Respond(done, 201, bj::serialize(*created));
        });
    return;
  }
  if (call.method == "PUT" && call.where.place.kind == ResourceKind::kApi) {
    return RespondError(call.done, {ErrorCode::kInvalidArgument,
                                    "importing definitions is for HTTP APIs; gatehouse serves "
                                    "WebSocket APIs"});
  }
  RespondError(call.done, call.Unknown());
}

void ControlPlane::HandleResource(Call call) {
  if (call.method == "GET") {
    Result<Properties> found = catalogue_.Get(call.where.place);
    if (!found) return RespondError(call.done, found.error());
    return Respond(call.done, 200, bj::serialize(*found));
  }
  if (call.method == "PATCH") {
    ResourcePlace place = call.where.place;
    Properties body = std::move(call.body);
    return Change(std::move(call), std::move(place), std::move(body), 200);
  }
  if (call.method == "DELETE") {
    ResourcePlace place = call.where.place;
    catalogue_.Delete(place,
                      [this, place, done = std::move(call.done)](Result<void> deleted) mutable {
                        if (!deleted) return RespondError(done, deleted.error());
                        OnChanged(place);
                        Respond(done, 204, {});
                      });
    return;
  }
  RespondError(call.done, call.Unknown());
}

// Takes out a property, or the entry `key` of it.
void ControlPlane::TakeOut(Call call, std::string_view property) {
  if (call.method != "DELETE") return RespondError(call.done, call.Unknown());
  Properties change;
  if (call.where.key.empty()) {
    change[property] = nullptr;
  } else {
    Properties entry;
    entry[call.where.key] = nullptr;
    change[property] = std::move(entry);
  }
  ResourcePlace place = call.where.place;
  Change(std::move(call), std::move(place), std::move(change), 204);
}

void ControlPlane::HandleTags(Call call) {
  ControlPath tagged = ParseTagArn(call.where.key);
  if (tagged.kind != ControlPath::kResource) {
    return RespondError(call.done, {ErrorCode::kInvalidArgument,
                                    "Invalid resource ARN specified: " + call.where.key});
  }
  Result<Properties> found = catalogue_.Get(tagged.place);
  if (!found) return RespondError(call.done, found.error());
  Properties tags = TagsOf(*found);
  if (call.method == "GET") {
    return Respond(call.done, 200, bj::serialize(Properties{{"tags", tags}}));
  }
  if (call.method == "POST") {
    for (const auto& [name, value] : TagsOf(call.body)) tags.insert_or_assign(name, value);
    return Change(std::move(call), tagged.place, {{"tags", tags}}, 201);
  }
  if (call.method == "DELETE") {
    for (const auto& [name, value] : call.parameters) {
      if (name == "tagKeys") tags.erase(value);
    }
    return Change(std::move(call), tagged.place, {{"tags", tags}}, 204);
  }
  RespondError(call.done, call.Unknown());
}

// An update that answers with what it led to (200), {} (201) or nothing (204).
void ControlPlane::Change(Call call, ResourcePlace place, Properties properties, int status) {
  catalogue_.Update(
      place, std::move(properties),
      [this, place, status, done = std::move(call.done)](Result<Properties> changed) mutable {
        if (!changed) return RespondError(done, changed.error());
        OnChanged(place);
        std::string body = status == 200 ? bj::serialize(*changed) : status == 201 ? "{}" : "";
        Respond(done, status, std::move(body));
      });
}

// By hand an API is made up to its deployment or stage, and then it is judged. What is changed with
// an automatic deployment behind it comes piece by piece: a route, then its response.
void ControlPlane::OnChanged(const ResourcePlace& place) {
  if (place.kind == ResourceKind::kApi) return;
  const auto earlier = judged_later_.find(place.api_id);
  if (earlier != judged_later_.end()) {
    loop_.Cancel(earlier->second);
    judged_later_.erase(earlier);
  }
  if (place.kind == ResourceKind::kDeployment || place.kind == ResourceKind::kStage) {
    return catalogue_.Warn(place.api_id);
  }
  judged_later_[place.api_id] = loop_.After(kQuiet, [this, api_id = place.api_id] {
    judged_later_.erase(api_id);
    catalogue_.Warn(api_id);
  });
}

void ControlPlane::RespondList(Call& call) {
  Result<Page> page = ParsePage(call.parameters, kPageMax);
  if (!page) return RespondError(call.done, page.error());
  Result<std::vector<Properties>> all = catalogue_.List(call.where.place);
  if (!all) return RespondError(call.done, all.error());
  std::size_t start = std::min(page->start, all->size());
  std::size_t end = std::min(start + page->size, all->size());
  bj::array items;
  for (std::size_t i = start; i < end; ++i) items.push_back(std::move((*all)[i]));
  Properties body;
  body["items"] = std::move(items);
  if (end < all->size()) body["nextToken"] = base::EncodeBase64(std::to_string(end));
  Respond(call.done, 200, bj::serialize(body));
}

void ControlPlane::Respond(wire::ServiceDone& done, int status, std::string body) {
  done(aws::Answer(status, aws::kRestJsonType, aws::NewUuid(random_), std::move(body)));
}

void ControlPlane::RespondError(wire::ServiceDone& done, const Error& error) {
  constexpr aws::ErrorRow kInternal{{}, 500, "InternalServerErrorException"};
  const aws::ErrorRow& row = aws::RowOf(kWireErrors, error.code, kInternal);
  done(aws::Answer(row.status, aws::kRestJsonType, aws::NewUuid(random_),
                   aws::RestErrorBody(error.message), row.type));
}

}  // namespace gatehouse::api
