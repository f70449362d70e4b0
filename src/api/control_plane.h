// API Gateway's control plane over HTTP: REST-JSON under /v2. What it asks for is done by the
// catalogue. Loop thread only.
// Source: API Gateway V2 API 2018-11-29.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "api/catalogue.h"
#include "api/control_path.h"
#include "base/random.h"
#include "wire/service.h"

namespace gatehouse::api {

class ControlPlane {
 public:
  static constexpr std::size_t kBodyBytesMax = 4 * 1024 * 1024;  // of a request
  static constexpr std::size_t kPageMax = 500;                   // items of a list; the default too

  // The catalogue and random must outlive this, and this every done.
  ControlPlane(Catalogue& catalogue, base::Random& random)
      : catalogue_(catalogue), random_(random) {}

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

  void RespondList(Call& call);
  void Respond(wire::ServiceDone& done, int status, std::string body);
  void RespondError(wire::ServiceDone& done, const Error& error);

  Catalogue& catalogue_;
  base::Random& random_;
};

}  // namespace gatehouse::api
