#include "api/define/control_path.h"

#include <gtest/gtest.h>

namespace gatehouse::api {
namespace {

using Kind = ControlPath::Kind;
using enum ResourceKind;

TEST(ControlPathTest, LeadsWhereAwssDoes) {
  struct Case {
    std::string_view path;
    Kind kind;
    ResourcePlace place;
    std::string_view key;
  };
  const Case cases[] = {
      {"/v2/apis", Kind::kCollection, {kApi, "", "", ""}, ""},
      {"/v2/apis/a", Kind::kResource, {kApi, "", "", "a"}, ""},
      {"/v2/apis/a/routes", Kind::kCollection, {kRoute, "a", "", ""}, ""},
      {"/v2/apis/a/routes/r", Kind::kResource, {kRoute, "a", "", "r"}, ""},
      {"/v2/apis/a/routes/r/routeresponses", Kind::kCollection, {kRouteResponse, "a", "r", ""}, ""},
      {"/v2/apis/a/routes/r/routeresponses/x",
       Kind::kResource,
       {kRouteResponse, "a", "r", "x"},
       ""},
      {"/v2/apis/a/integrations/i/integrationresponses/x",
       Kind::kResource,
       {kIntegrationResponse, "a", "i", "x"},
       ""},
      {"/v2/apis/a/authorizers/x", Kind::kResource, {kAuthorizer, "a", "", "x"}, ""},
      {"/v2/apis/a/models", Kind::kCollection, {kModel, "a", "", ""}, ""},
      {"/v2/apis/a/deployments/d", Kind::kResource, {kDeployment, "a", "", "d"}, ""},
      {"/v2/apis/a/stages/s%2Dt", Kind::kResource, {kStage, "a", "", "s-t"}, ""},
      {"/v2/apis/a/stages/s/accesslogsettings",
       Kind::kAccessLogSettings,
       {kStage, "a", "", "s"},
       ""},
      {"/v2/apis/a/stages/s/routesettings/%24connect",
       Kind::kRouteSettings,
       {kStage, "a", "", "s"},
       "$connect"},
      {"/v2/apis/a/stages/s/routesettings/GET%20%2Fx",
       Kind::kRouteSettings,
       {kStage, "a", "", "s"},
       "GET /x"},
      {"/v2/apis/a/stages/s/cache/authorizers",
       Kind::kAuthorizersCache,
       {kStage, "a", "", "s"},
       ""},
      {"/v2/apis/a/routes/r/requestparameters/route.request.querystring.x",
       Kind::kRequestParameter,
       {kRoute, "a", "", "r"},
       "route.request.querystring.x"},
      {"/v2/apis/a/models/m/template", Kind::kNotHere, {kModel, "a", "", "m"}, ""},
      {"/v2/apis/a/cors", Kind::kHttpApisOnly, {}, ""},
      {"/v2/domainnames/x/apimappings", Kind::kNotHere, {}, ""},
      {"/v2/tags/arn%3Aaws%3Aapigateway%3Ar%3A%3A%2Fapis%2Fa",
       Kind::kTags,
       {},
       "arn:aws:apigateway:r::/apis/a"},
  };
  for (const Case& c : cases) {
    ControlPath path = ParseControlPath(c.path);
    EXPECT_EQ(path.kind, c.kind) << c.path;
    EXPECT_EQ(path.place.kind, c.place.kind) << c.path;
    EXPECT_EQ(path.place.api_id, c.place.api_id) << c.path;
    EXPECT_EQ(path.place.parent_id, c.place.parent_id) << c.path;
    EXPECT_EQ(path.place.id, c.place.id) << c.path;
    EXPECT_EQ(path.key, c.key) << c.path;
  }
}

TEST(ControlPathTest, OtherPathsLeadNowhere) {
  for (std::string_view path :
       {"", "/", "/v2", "/v2/", "/v2/apis/", "/v2//apis", "/v1/apis", "/v2/apis/a/", "v2/apis",
        "/v2/apis/a/routes/r/integrationresponses", "/v2/apis/a/integrations/i/routeresponses",
        "/v2/apis/a/routeresponses", "/v2/apis/a/colours", "/v2/apis/a/routes/r/routeresponses/x/y",
        "/v2/apis/a/models/m/template/x", "/v2/apis/a/stages/s/cache/all", "/v2/tags/",
        "/v2/apis/a/stages/s/routesettings", "/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r"}) {
    EXPECT_EQ(ParseControlPath(path).kind, Kind::kUnknown) << path;
  }
}

TEST(ControlPathTest, ArnsOfWhatHasTags) {
  ControlPath api = ParseTagArn("arn:aws:apigateway:us-east-1::/apis/abc");
  EXPECT_EQ(api.kind, Kind::kResource);
  EXPECT_EQ(api.place.id, "abc");
  ControlPath stage = ParseTagArn("arn:aws:apigateway:us-east-1::/apis/abc/stages/live");
  EXPECT_EQ(stage.place.kind, kStage);
  EXPECT_EQ(stage.place.id, "live");
  for (std::string_view arn :
       {"", "abc", "arn:aws:apigateway:us-east-1::/apis", "arn:aws:lambda:us-east-1::/apis/abc",
        "arn:aws:apigateway:us-east-1::/apis/abc/routes/r", "arn:aws:apigateway:us-east-1:/apis/a",
        "/apis/abc"}) {
    EXPECT_EQ(ParseTagArn(arn).kind, Kind::kUnknown) << arn;
  }
}

}  // namespace
}  // namespace gatehouse::api
