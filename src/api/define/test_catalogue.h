// A catalogue over a store in memory and a gateway over a simulated network; for tests.
#pragma once

#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "api/define/api_catalogue.h"
#include "api/serve/test_gateway.h"
#include "store/store.h"

namespace gatehouse::api {

inline Properties Json(std::string_view text) {
  return boost::json::parse(std::string_view(text)).as_object();
}

// "arn:aws:apigateway:…" of a function
inline std::string UriOf(const std::string& function) {
  return "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/"
         "arn:aws:lambda:us-east-1:000000000000:function:" +
         function + "/invocations";
}

struct CatalogueWorld : GatewayWorld {
  using Kind = ResourceKind;
  static constexpr const char* kApiId = "api1234567";

  explicit CatalogueWorld(const std::string& path = ":memory:") {
    store::StoreOptions options;
    options.path = path;
    options.threads = false;
    store = std::move(*store::Store::Open(options));
    OpenCatalogue();
  }
  ~CatalogueWorld() { Settle(); }

  void OpenCatalogue() {
    auto opened = Catalogue::Open(*store, group, loop, clock, random, {});
    EXPECT_TRUE(opened) << opened.error().message;
    catalogue = std::move(*opened);
  }

  // Runs one change to its end; `start` is given what to call when it is done.
  template <class T, class Start>
  Result<T> Wait(Start start) {
    std::optional<Result<T>> answer;
    start([&](Result<T> result) { answer.emplace(std::move(result)); });
    EXPECT_FALSE(answer) << "done inside the call";
    Settle();
    if (!answer) return Error{ErrorCode::kTimeout, "no answer"};
    return *std::move(answer);
  }
  Result<Properties> Create(ResourcePlace where, const Properties& properties) {
    return Wait<Properties>(
        [&](auto done) { catalogue->Create(where, properties, std::move(done)); });
  }
  Result<Properties> Update(ResourcePlace where, const Properties& properties) {
    return Wait<Properties>(
        [&](auto done) { catalogue->Update(where, properties, std::move(done)); });
  }
  Result<Properties> Replace(ResourcePlace where, const Properties& properties) {
    return Wait<Properties>(
        [&](auto done) { catalogue->Replace(where, properties, std::move(done)); });
  }
  Result<void> Delete(ResourcePlace where) {
    return Wait<void>([&](auto done) { catalogue->Delete(where, std::move(done)); });
  }
  Result<void> Redeploy() {
    return Wait<void>([&](auto done) { catalogue->Redeploy(kApiId, std::move(done)); });
  }

  ResourcePlace At(Kind kind, std::string id = {}, std::string parent = {}) const {
    if (kind == Kind::kApi) return {kind, {}, {}, std::move(id)};
    return {kind, kApiId, std::move(parent), std::move(id)};
  }
  void MustCreate(const ResourcePlace& where, const Properties& properties) {
    auto created = Create(where, properties);
    EXPECT_TRUE(created) << created.error().message;
  }

  void CreateApi() {
    MustCreate(At(Kind::kApi, kApiId), Json(R"({"name": "chat", "protocolType": "WEBSOCKET",
        "routeSelectionExpression": "$request.body.action"})"));
  }
  void CreateIntegration(const std::string& id, const std::string& function) {
    MustCreate(At(Kind::kIntegration, id),
               {{"integrationType", "AWS_PROXY"}, {"integrationUri", UriOf(function)}});
  }
  void CreateRoute(const std::string& id, const std::string& key, const std::string& integration) {
    MustCreate(At(Kind::kRoute, id),
               {{"routeKey", key}, {"target", "integrations/" + integration}});
  }
  // Routes $connect, $disconnect and say; deployment dep1; stage live. Ids are r-KEY, i-FUNCTION.
  void CreateChat() {
    CreateApi();
    for (std::string name : {"connect", "disconnect", "say"}) {
      CreateIntegration("i-" + name, name);
      CreateRoute("r-" + name, name == "say" ? name : "$" + name, "i-" + name);
    }
    MustCreate(At(Kind::kDeployment, "dep1"), {});
    MustCreate(At(Kind::kStage), {{"stageName", "live"}, {"deploymentId", "dep1"}});
  }
  bool IsServed(const std::string& stage) const {
    return gateway->stages().Find(kApiId, stage) != nullptr;
  }

  std::unique_ptr<store::Store> store;
  std::unique_ptr<Catalogue> catalogue;
};

}  // namespace gatehouse::api
