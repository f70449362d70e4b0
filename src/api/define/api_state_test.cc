#include "api/define/api_state.h"

#include <gtest/gtest.h>

#include "api/define/test_catalogue.h"

namespace gatehouse::api {
namespace {

using enum ResourceKind;

ApiState Example() {
  ApiState state;
  state.created_ms = 1767262210417;
  state.api = Json(R"({"apiId": "abc", "name": "ch\u00e4t", "tags": {}})");
  state.Of(kRoute) = {{"r1", "", Json(R"({"routeId": "r1", "routeKey": "a"})")},
                      {"r2", "", Json(R"({"routeId": "r2", "routeKey": "b"})")}};
  state.Of(kRouteResponse) = {{"x", "r1", Json(R"({"routeResponseId": "x"})")},
                              {"x", "r2", Json(R"({"routeResponseId": "x"})")}};
  state.Of(kStage) = {{"live", "", Json(R"({"stageName": "live",
                          "defaultRouteSettings": {"throttlingRateLimit": 1.5}})")}};
  state.snapshots["d1"] = state.Snapshot();
  return state;
}

TEST(ApiStateTest, ComesBackFromItsDocument) {
  ApiState state = Example();
  Result<ApiState> again = DecodeApiState(EncodeApiState(state));
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->api, state.api);
  EXPECT_EQ(again->created_ms, state.created_ms);
  EXPECT_EQ(again->resources, state.resources);
  ASSERT_EQ(again->snapshots.size(), 1u);
  EXPECT_EQ(again->snapshots.at("d1")->resources, state.snapshots.at("d1")->resources);
  EXPECT_TRUE(again->snapshots.at("d1")->Of(kStage).empty());
  EXPECT_EQ(EncodeApiState(*again), EncodeApiState(state));
}

TEST(ApiStateTest, ResponsesAreFoundByTheirParent) {
  ApiState state = Example();
  EXPECT_EQ(state.Find({kRouteResponse, "abc", "r2", "x"}), &state.Of(kRouteResponse)[1]);
  EXPECT_EQ(state.Find({kRouteResponse, "abc", "r3", "x"}), nullptr);
  EXPECT_EQ(state.Find(kRoute, "r2"), &state.Of(kRoute)[1]);
}

TEST(ApiStateTest, DamagedDocumentsAreRefused) {
  struct Case {
    std::string_view text;
    std::string_view sentence;
  };
  const Case cases[] = {
      {"[]", "the stored API is damaged: it has no format"},
      {"{}", "the stored API is damaged: it has no format"},
      {R"({"format": 2})", "the stored API was written by a newer gatehouse (format 2)"},
      {R"({"format": 1})", "the stored API is damaged: api is missing"},
      {R"({"format": 1, "api": {}, "routes": {}})", "the stored API is damaged: routes is no list"},
      {R"({"format": 1, "api": {}, "routes": [{"id": "r"}]})",
       "the stored API is damaged: a resource has no properties"},
      {R"({"format": 1, "api": {}, "routes": [{"properties": {}}]})",
       "the stored API is damaged: a resource has no id"},
      {R"({"format": 1, "api": {}, "snapshots": []})",
       "the stored API is damaged: snapshots is no object"},
      {R"({"format": 1, "api": {}, "snapshots": {"d": 1}})",
       "the stored API is damaged: api is missing"},
  };
  for (const Case& c : cases) {
    Result<ApiState> state = DecodeApiState(c.text);
    ASSERT_FALSE(state) << c.text;
    EXPECT_EQ(state.error().message, c.sentence);
  }
  std::string whole = EncodeApiState(Example());
  for (std::size_t cut = 0; cut < whole.size(); ++cut) {
    EXPECT_FALSE(DecodeApiState(whole.substr(0, cut))) << cut;
  }
}

}  // namespace
}  // namespace gatehouse::api
