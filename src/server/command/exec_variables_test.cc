#include "server/command/exec_variables.h"

#include <gtest/gtest.h>

namespace gatehouse::server {
namespace {

constexpr std::string_view kReady = R"({"pid":1,"port":4999,"stacks":[
  {"name":"no-api","outputs":{"Table":"t"},"apis":[]},
  {"name":"my-app","outputs":{"Url":"wss://x","Table":"u"},"apis":[{"apiId":"a","stages":[
    {"name":"dev","websocketUrl":"ws://localhost:4999/dev",
     "managementUrl":"http://localhost:4999/dev"},
    {"name":"two","websocketUrl":"ws://localhost:4999/two","managementUrl":"m"}]}]}]})";

TEST(ExecVariables, TellOfTheFirstStageAndOfEveryOutput) {
  Variables variables = {{"PATH", "/bin"},
                         {"GATEHOUSE_URL", "of an outer exec"},
                         {"GATEHOUSE_OUTPUT_Old", "likewise"},
                         {"GATEHOUSE_READY_FILE", "r"}};
  SetExecVariables(kReady, variables);
  EXPECT_EQ(variables, (Variables{{"PATH", "/bin"},
                                  {"GATEHOUSE_PORT", "4999"},
                                  {"GATEHOUSE_URL", "ws://localhost:4999/dev"},
                                  {"GATEHOUSE_MANAGEMENT_URL", "http://localhost:4999/dev"},
                                  {"GATEHOUSE_STAGE", "dev"},
                                  {"GATEHOUSE_OUTPUT_Table", "t"},
                                  {"GATEHOUSE_OUTPUT_Url", "wss://x"},
                                  {"GATEHOUSE_OUTPUT_no_api_Table", "t"},
                                  {"GATEHOUSE_OUTPUT_my_app_Table", "u"},
                                  {"GATEHOUSE_OUTPUT_my_app_Url", "wss://x"}}));
}

TEST(ExecVariables, WhatIsNoReadyFileSetsNothing) {
  for (const char* text : {"", "[]", "{", "{\"stacks\":[1,{\"apis\":2,\"outputs\":[]}]}"}) {
    Variables variables = {{"PATH", "/bin"}};
    SetExecVariables(text, variables);
    EXPECT_EQ(variables.size(), 1u) << text;
  }
}

}  // namespace
}  // namespace gatehouse::server
