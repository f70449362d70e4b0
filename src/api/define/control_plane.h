// API Gateway's control plane over HTTP: REST-JSON under /v2. What it asks for is done by the
// catalogue. Loop thread only.
// Source: API Gateway V2 API 2018-11-29.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "api/define/api_catalogue.h"
#include "api/define/control_path.h"
#include "base/random.h"
#include "net/loop/loop.h"
#include "wire/service.h"

namespace gatehouse::api {

class ControlPlane {
 public:
  static constexpr std::size_t kBodyBytesMax = 4 * 1024 * 1024;  // of a request
  static constexpr std::size_t kPageMax = 500;                   // items of a list; the default too

  // Without a change of an API by hand for so long, whoever makes it is done for now: longer than
  // the AWS CLI takes from one command to the next.
  static constexpr std::chrono::seconds kQuiet{5};

  // What is given must outlive this, and this every done.
  ControlPlane(Catalogue& catalogue, net::Loop& loop, base::Random& random)
      : catalogue_(catalogue), loop_(loop), random_(random) {}
  ~ControlPlane();
  ControlPlane(const ControlPlane&) = delete;
  ControlPlane& operator=(const ControlPlane&) = delete;

  // Whether a path (without query) is this API's: /v2 and what is below.
  static bool Owns(std::string_view path) { return path == "/v2" || path.starts_with("/v2/"); }

  // Answers one request; the caller has been authorized already.
  void Handle(const wire::ServiceRequest& request, wire::ServiceDone done);

 private:
  struct Call;
  void HandleCollection(Call call);
  void HandleResource(Call call);
  void HandleTags(Call call);
  void TakeOut(Call call, std::string_view property);
  void Change(Call call, ResourcePlace place, Properties properties, int status);

  void OnChanged(const ResourcePlace& place);

  void RespondList(Call& call);
  void Respond(wire::ServiceDone& done, int status, std::string body);
  void RespondError(wire::ServiceDone& done, const Error& error);

  Catalogue& catalogue_;
  net::Loop& loop_;
  base::Random& random_;
  std::map<std::string, net::Loop::TimerId> judged_later_;  // by API, until it has been quiet
};

}  // namespace gatehouse::api
