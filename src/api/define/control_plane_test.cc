// The control plane as its clients see it: statuses, bodies, error types.
#include "api/define/control_plane.h"

#include <gtest/gtest.h>

#include "api/define/test_catalogue.h"

namespace gatehouse::api {
namespace {

class ControlPlaneTest : public testing::Test {
 protected:
  struct Answer {
    int status = 0;
    std::string type;  // x-amzn-ErrorType
    std::string body;
    Properties json() const { return Json(body); }
  };

  Answer Ask(std::string_view method, std::string_view target, std::string_view body = "") {
    wire::HttpHead head;
    std::string own_target(target);
    head.method = method;
    head.target = own_target;
    std::optional<wire::ServiceResponse> response;
    plane_.Handle({head, body}, [&](wire::ServiceResponse r) { response = std::move(r); });
    world_.Settle();
    EXPECT_TRUE(response) << method << " " << target;
    Answer answer{response->status, {}, response->body};
    bool has_request_id = false;
    for (const auto& [name, value] : response->fields) {
      if (name == "x-amzn-ErrorType") answer.type = value;
      if (name == "x-amzn-RequestId") has_request_id = value.size() == 36;
    }
    EXPECT_TRUE(has_request_id);
    return answer;
  }
  void ExpectError(const Answer& answer, int status, std::string_view type,
                   std::string_view message) {
    EXPECT_EQ(answer.status, status);
    EXPECT_EQ(answer.type, type);
    EXPECT_EQ(TextOf(answer.json(), "message"), message);
  }
  // "/v2/apis/{the chat's id}" + rest
  static std::string Api(const std::string& rest = "") {
    return std::string("/v2/apis/") + CatalogueWorld::kApiId + rest;
  }

  CatalogueWorld world_;
  ControlPlane plane_{*world_.catalogue, world_.loop, world_.random};
};

constexpr std::string_view kNewApi = R"({"name": "chat", "protocolType": "WEBSOCKET",
    "routeSelectionExpression": "$request.body.action"})";

TEST_F(ControlPlaneTest, AnApiIsMadeReadChangedAndDeleted) {
  Answer made = Ask("POST", "/v2/apis", kNewApi);
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(made.type, "");
  std::string path = "/v2/apis/" + std::string(TextOf(made.json(), "apiId"));
  Answer got = Ask("GET", path);
  EXPECT_EQ(got.status, 200);
  EXPECT_EQ(got.json(), made.json());
  Answer changed = Ask("PATCH", path, R"({"description": "d", "name": null})");
  EXPECT_EQ(changed.status, 200);
  EXPECT_EQ(TextOf(changed.json(), "description"), "d");
  EXPECT_EQ(TextOf(changed.json(), "name"), "chat");
  Answer deleted = Ask("DELETE", path);
  EXPECT_EQ(deleted.status, 204);
  EXPECT_EQ(deleted.body, "");
  ExpectError(Ask("GET", path), 404, "NotFoundException",
              "Invalid API identifier specified 000000000000:" + path.substr(9));
}

TEST_F(ControlPlaneTest, AWholeAppIsServed) {
  std::string id(TextOf(Ask("POST", "/v2/apis", kNewApi).json(), "apiId"));
  std::string api = "/v2/apis/" + id;
  Properties integration{{"integrationType", "AWS_PROXY"}, {"integrationUri", UriOf("say")}};
  Answer made = Ask("POST", api + "/integrations", boost::json::serialize(integration));
  ASSERT_EQ(made.status, 201) << made.body;
  std::string target = "integrations/" + std::string(TextOf(made.json(), "integrationId"));
  Answer route = Ask("POST", api + "/routes",
                     R"({"routeKey": "say", "routeResponseSelectionExpression": "$default",
                         "target": ")" +
                         target + "\"}");
  ASSERT_EQ(route.status, 201) << route.body;
  std::string route_path = api + "/routes/" + std::string(TextOf(route.json(), "routeId"));
  EXPECT_EQ(
      Ask("POST", route_path + "/routeresponses", R"({"routeResponseKey": "$default"})").status,
      201);
  EXPECT_EQ(Ask("POST", api + "/stages", R"({"stageName": "live"})").status, 201);
  EXPECT_EQ(Ask("POST", api + "/deployments", R"({"stageName": "live"})").status, 201);
  world_.invoker.outcomes["say"].answer.body = "hello";
  net::Peer peer = world_.Open("/live");
  EXPECT_EQ(world_.AskFrames(peer, net::ClientText(R"({"action":"say"})")),
            std::vector<std::string>{"text hello"});
}

// A route comes before its response, and nobody says which change is the last.
TEST_F(ControlPlaneTest, WhatDeploysItselfIsJudgedWhenNobodyChangesItAnyMore) {
  auto logged = [&](std::string_view words) {
    world_.log.Flush();
    std::size_t count = 0;
    for (std::size_t at = 0; (at = world_.logged.find(words, at)) != std::string::npos; ++at)
      ++count;
    return count;
  };
  auto add_route = [&](const std::string& key) {
    Answer made = Ask("POST", Api("/routes"),
                      R"({"routeKey": ")" + key + R"(", "target": "integrations/i-say",
                          "routeResponseSelectionExpression": "$default"})");
    EXPECT_EQ(made.status, 201) << made.body;
    return "/routes/" + std::string(TextOf(made.json(), "routeId"));
  };
  world_.CreateChat();
  ASSERT_EQ(Ask("PATCH", Api("/stages/live"), R"({"autoDeploy": true})").status, 200);
  const std::string answered = add_route("answered");
  world_.Advance(4.5);
  ASSERT_EQ(
      Ask("POST", Api(answered + "/routeresponses"), R"({"routeResponseKey": "$default"})").status,
      201);
  add_route("silent");
  world_.Advance(4.5);
  EXPECT_EQ(logged("no RouteResponse"), 0u) << "early";
  world_.Advance(1);
  EXPECT_EQ(logged("no RouteResponse"), 1u);
  EXPECT_EQ(logged("silent"), 1u) << world_.logged;
  add_route("silent-too");
  world_.Advance(5.5);
  EXPECT_EQ(logged("no RouteResponse"), 2u) << "each is told once: " << world_.logged;
}

TEST_F(ControlPlaneTest, ListsComeInPages) {
  world_.CreateApi();
  for (int i = 0; i < 5; ++i) {
    world_.MustCreate(world_.At(ResourceKind::kRoute, "r" + std::to_string(i)),
                      {{"routeKey", "k" + std::to_string(i)}});
  }
  std::string keys, token;
  for (int page = 0; page < 3; ++page) {
    Answer answer = Ask("GET", Api("/routes?maxResults=2&nextToken=" + token));
    if (page == 0) answer = Ask("GET", Api("/routes?maxResults=2"));
    ASSERT_EQ(answer.status, 200);
    Properties json = answer.json();
    for (const auto& item : json.at("items").as_array()) {
      keys += std::string(TextOf(item.as_object(), "routeKey")) + " ";
    }
    token = TextOf(json, "nextToken");
    EXPECT_EQ(token.empty(), page == 2);
    for (std::size_t at; (at = token.find('=')) != std::string::npos;) token.replace(at, 1, "%3D");
  }
  EXPECT_EQ(keys, "k0 k1 k2 k3 k4 ");
  EXPECT_EQ(Ask("GET", Api("/models")).body, R"({"items":[]})");
  for (std::string query : {"maxResults=0", "maxResults=x", "maxResults=501", "maxResults="}) {
    ExpectError(Ask("GET", Api("/routes?" + query)), 400, "BadRequestException",
                "maxResults must be 1 to 500");
  }
  ExpectError(Ask("GET", Api("/routes?nextToken=%25")), 400, "BadRequestException",
              "Invalid nextToken");
}

TEST_F(ControlPlaneTest, ErrorsHaveAwssTypes) {
  world_.CreateChat();
  ExpectError(Ask("POST", Api("/routes"), R"({"routeKey": "say"})"), 409, "ConflictException",
              "Route with key say already exists for this API");
  ExpectError(Ask("POST", Api("/routes"), "{}"), 400, "BadRequestException",
              "routeKey of Route is required");
  ExpectError(Ask("GET", Api("/routes/none")), 404, "NotFoundException",
              "Invalid Route identifier specified none");
  ExpectError(Ask("GET", "/v2/apis/none/routes"), 404, "NotFoundException",
              "Invalid API identifier specified 000000000000:none");
  ExpectError(Ask("GET", Api("/routes/none/routeresponses")), 404, "NotFoundException",
              "Invalid Route identifier specified none");
  ExpectError(Ask("POST", Api("/routes"), "[1]"), 400, "BadRequestException",
              "the request body must be a JSON object");
  Answer broken = Ask("POST", Api("/routes"), R"({"routeKey": )");
  EXPECT_EQ(broken.status, 400);
  EXPECT_NE(broken.body.find("Could not parse request body into json"), std::string::npos);
  EXPECT_EQ(Ask("POST", Api("/routes"), std::string(100'000, '[')).status, 400);
  EXPECT_EQ(Ask("PATCH", Api("/routes/r-say"), "{\"routeKey\": \"\xff\"}").status, 400);
}

TEST_F(ControlPlaneTest, WhatDoesNotExistSaysSo) {
  world_.CreateChat();
  ExpectError(Ask("PATCH", "/v2/apis", "{}"), 404, "NotFoundException",
              "API Gateway V2 has no PATCH /v2/apis");
  ExpectError(Ask("POST", Api("/routes/r-say"), "{}"), 404, "NotFoundException",
              "API Gateway V2 has no POST " + Api("/routes/r-say"));
  ExpectError(Ask("GET", "/v2/nothing"), 404, "NotFoundException",
              "API Gateway V2 has no GET /v2/nothing");
  ExpectError(Ask("GET", "/v2/domainnames"), 501, "NotImplementedException",
              "GET /v2/domainnames does not exist in gatehouse");
  ExpectError(Ask("DELETE", Api("/cors")), 400, "BadRequestException",
              "this operation is for HTTP APIs; gatehouse serves WebSocket APIs");
  ExpectError(Ask("PUT", "/v2/apis", R"({"body": "openapi: 3.0.1"})"), 400, "BadRequestException",
              "importing definitions is for HTTP APIs; gatehouse serves WebSocket APIs");
  ExpectError(Ask("GET", Api("/stages/live/accesslogsettings")), 404, "NotFoundException",
              "API Gateway V2 has no GET " + Api("/stages/live/accesslogsettings"));
}

TEST_F(ControlPlaneTest, PartsCanBeTakenOut) {
  world_.CreateChat();
  std::string stage = Api("/stages/live");
  ASSERT_EQ(Ask("PATCH", stage, R"({"accessLogSettings": {"destinationArn": "arn:x",
      "format": "$context.requestId"}, "routeSettings": {"say": {"throttlingBurstLimit": 1},
      "$connect": {}}})")
                .status,
            200);
  EXPECT_EQ(Ask("DELETE", stage + "/accesslogsettings").status, 204);
  EXPECT_EQ(Ask("DELETE", stage + "/routesettings/%24connect").status, 204);
  EXPECT_EQ(Ask("DELETE", stage + "/cache/authorizers").status, 204);
  Properties left = Ask("GET", stage).json();
  EXPECT_FALSE(left.contains("accessLogSettings"));
  EXPECT_EQ(left.at("routeSettings"), Json(R"({"say": {"throttlingBurstLimit": 1}})"));

  std::string route = Api("/routes/r-connect");
  ASSERT_EQ(Ask("PATCH", route, R"({"requestParameters": {
      "route.request.querystring.a": {"required": true},
      "route.request.querystring.b": {"required": false}}})")
                .status,
            200);
  EXPECT_EQ(Ask("DELETE", route + "/requestparameters/route.request.querystring.a").status, 204);
  EXPECT_EQ(Ask("GET", route).json().at("requestParameters"),
            Json(R"({"route.request.querystring.b": {"required": false}})"));
}

TEST_F(ControlPlaneTest, TagsOfApisAndStages) {
  world_.CreateChat();
  std::string arn = "arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Fapis%2Fapi1234567";
  for (std::string tagged : {arn, arn + "%2Fstages%2Flive"}) {
    std::string path = "/v2/tags/" + tagged;
    EXPECT_EQ(Ask("POST", path, R"({"tags": {"a": "1", "b": "2"}})").status, 201);
    EXPECT_EQ(Ask("POST", path, R"({"tags": {"b": "3", "c d": ""}})").status, 201);
    EXPECT_EQ(Ask("GET", path).json(), Json(R"({"tags": {"a": "1", "b": "3", "c d": ""}})"));
    EXPECT_EQ(Ask("DELETE", path + "?tagKeys=a&tagKeys=c%20d&tagKeys=none").status, 204);
    EXPECT_EQ(Ask("GET", path).json(), Json(R"({"tags": {"b": "3"}})"));
  }
  EXPECT_EQ(Ask("GET", Api()).json().at("tags"), Json(R"({"b": "3"})"));
  ExpectError(Ask("GET", "/v2/tags/nonsense"), 400, "BadRequestException",
              "Invalid resource ARN specified: nonsense");
  EXPECT_EQ(Ask("GET", "/v2/tags/arn%3Aaws%3Aapigateway%3Ar%3A%3A%2Fapis%2Fnone").status, 404);
}

TEST_F(ControlPlaneTest, OwnsWhatIsBelowV2) {
  EXPECT_TRUE(ControlPlane::Owns("/v2/apis"));
  EXPECT_TRUE(ControlPlane::Owns("/v2"));
  EXPECT_FALSE(ControlPlane::Owns("/v20/apis"));
  EXPECT_FALSE(ControlPlane::Owns("/live"));
}

}  // namespace
}  // namespace gatehouse::api
