#include "stack/resource/conform.h"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include "stack/tree/json_reader.h"

namespace gatehouse::stack {
namespace {

constexpr aws::Property kSettings[] = {aws::Integer("BurstLimit"), aws::Number("RateLimit")};
constexpr aws::Property kSample[] = {
    aws::Text("Name").Required(),    aws::Boolean("AutoDeploy"),
    aws::TextList("Sources"),        aws::ObjectMap("RouteSettings", kSettings),
    aws::Text("Schema").OrJson(),    aws::Json("Policy"),
    aws::Text("Told").Inert(),       aws::Text("Kept").Kept(),
    aws::Text("Later").Refused(),    aws::Text("Never").Refused("it is for others"),
    aws::Text("Computed").InCalls(),
};

struct Conformed {
  ConformResult result;
  std::vector<std::string> problems;
};

Conformed Of(std::string_view json) {
  Value value;
  Problem problem;
  EXPECT_TRUE(ReadJson(json, value, problem)) << problem.message;
  Problems problems;
  Conformed conformed{Conform(kSample, value, {}, "It", problems), {}};
  const std::string_view head = "Properties validation failed for resource It with message: ";
  for (const Problem& told : problems) {
    EXPECT_TRUE(told.message.starts_with(head)) << told.message;
    conformed.problems.push_back(told.message.substr(head.size()));
  }
  return conformed;
}

TEST(Conform, BringsScalarsIntoTheKindsOfTheTable) {
  const Conformed conformed = Of(R"({"Name": 5, "AutoDeploy": "true", "Sources": [1],
      "RouteSettings": {"say": {"BurstLimit": "7", "RateLimit": "1.5"}}, "Schema": {"a": 1}})");
  EXPECT_EQ(conformed.problems, std::vector<std::string>());
  EXPECT_EQ(ToJson(conformed.result.value),
            R"({"Name":"5","AutoDeploy":true,"Sources":["1"],)"
            R"("RouteSettings":{"say":{"BurstLimit":7,"RateLimit":1.5}},"Schema":{"a":1}})");
}

TEST(Conform, SaysInCloudFormationsWordsWhatDoesNotFit) {
  EXPECT_EQ(Of(R"({"Name": ["a"]})").problems,
            std::vector<std::string>{"#/Name: expected type: String, found: JSONArray"});
  EXPECT_EQ(Of(R"({"Name": "a", "Sources": "b"})").problems,
            std::vector<std::string>{"#/Sources: expected type: JSONArray, found: String"});
  EXPECT_EQ(Of(R"({"Name": "a", "RouteSettings": {"say": {"BurstLimit": 1.5}}})").problems,
            std::vector<std::string>{
                "#/RouteSettings/say/BurstLimit: expected type: Integer, found: Number"});
  EXPECT_EQ(Of(R"({"Colour": "red"})").problems,
            (std::vector<std::string>{"#: extraneous key [Colour] is not permitted",
                                      "#: required key [Name] not found"}));
}

TEST(Conform, WhatATableRefusesGetsTheTablesSentence) {
  EXPECT_EQ(Of(R"({"Name": "a", "Later": "b", "Never": "c"})").problems,
            (std::vector<std::string>{"#/Later: gatehouse does not support it yet",
                                      "#/Never: it is for others"}));
  // A template has no word for what only calls take.
  EXPECT_EQ(Of(R"({"Name": "a", "Computed": "b"})").problems,
            std::vector<std::string>{"#: extraneous key [Computed] is not permitted"});
}

TEST(Conform, TellsOfWhatHasNoEffectAndKeepsSilentOfTheRest) {
  const Conformed conformed = Of(R"({"Name": "a", "Told": "b", "Kept": "c"})");
  EXPECT_EQ(conformed.problems, std::vector<std::string>());
  EXPECT_EQ(conformed.result.inert, std::vector<std::string>{"Told"});
}

TEST(Conform, TheRoomGetsWhatIsServedUnderItsOwnNames) {
  const Conformed conformed = Of(R"({"Name": "a", "AutoDeploy": "true", "Told": "b", "Kept": "c",
      "RouteSettings": {"Say": {"BurstLimit": "7"}}, "Schema": {"a": 1}, "Policy": {"b": 2}})");
  EXPECT_EQ(ToRoom(kSample, conformed.result.value, Naming::kOfCalls),
            boost::json::parse(R"({"name": "a", "autoDeploy": true,
                "routeSettings": {"Say": {"burstLimit": 7}}, "schema": "{\"a\":1}"})"));
  EXPECT_EQ(ToRoom(kSample, conformed.result.value, Naming::kOfTemplates),
            boost::json::parse(R"({"Name": "a", "AutoDeploy": true,
                "RouteSettings": {"Say": {"BurstLimit": 7}}, "Schema": "{\"a\":1}"})"));
}

}  // namespace
}  // namespace gatehouse::stack
