#include "server/command/client_environment.h"

#include <gtest/gtest.h>

namespace gatehouse::server {
namespace {

InstanceFacts Instance() {
  return {4566, "eu-west-1", "/run/user/1000/gatehouse/4566", {"AKIAEXAMPLE", "secret'q", ""},
          "",   ""};
}

Variables Applied(Variables variables, const std::vector<VariableChange>& changes) {
  for (const VariableChange& change : changes) {
    if (change.value) {
      variables[change.name] = *change.value;
    } else {
      variables.erase(change.name);
    }
  }
  return variables;
}

TEST(EnvironmentTest, LeadsClientsToTheInstance) {
  Variables now = {{"PATH", "/usr/bin"}};
  Variables inside = Applied(now, EnterChanges(Instance(), now));
  EXPECT_EQ(inside["HTTPS_PROXY"], "http://127.0.0.1:4566");
  EXPECT_EQ(inside["https_proxy"], "http://127.0.0.1:4566");
  EXPECT_EQ(inside["NO_PROXY"], "localhost,127.0.0.1,::1");
  EXPECT_EQ(inside["AWS_CA_BUNDLE"], "/run/user/1000/gatehouse/4566/ca-bundle.pem");
  EXPECT_EQ(inside["NODE_OPTIONS"], "--require \"/run/user/1000/gatehouse/4566/node-shim.cjs\"");
  EXPECT_EQ(inside["AWS_REGION"], "eu-west-1");
  EXPECT_EQ(inside["AWS_SECRET_ACCESS_KEY"], "secret'q");
  EXPECT_EQ(inside["PATH"], "/usr/bin");
}

TEST(EnvironmentTest, FunctionsInheritNoEndpointsAndMayHaveTheirOwn) {
  Variables variables = FunctionVariables(Instance());
  EXPECT_EQ(variables["AWS_CONFIG_FILE"], "/run/user/1000/gatehouse/4566/aws-config");
  EXPECT_FALSE(variables.contains("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"));
}

TEST(EnvironmentTest, AHostileShellIsSetRightAndRestored) {
  Variables now = {{"AWS_PROFILE", "work"},
                   {"AWS_SESSION_TOKEN", "old"},
                   {"AWS_ENDPOINT_URL", "http://elsewhere"},
                   {"AWS_ENDPOINT_URL_LAMBDA", "http://elsewhere"},
                   {"AWS_REGION", "us-west-2"},
                   {"NODE_OPTIONS", "--no-warnings"},
                   {"HTTPS_PROXY", "http://user:pass@proxy:3128"},
                   {"NO_PROXY", "internal.example"}};
  Variables inside = Applied(now, EnterChanges(Instance(), now));
  for (const char* name :
       {"AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_LAMBDA"}) {
    EXPECT_FALSE(inside.contains(name)) << name;
  }
  EXPECT_EQ(inside["NODE_OPTIONS"],
            "--no-warnings --require \"/run/user/1000/gatehouse/4566/node-shim.cjs\"");
  EXPECT_EQ(inside["NO_PROXY"], "internal.example,localhost,127.0.0.1,::1");
  auto restored = RestoreChanges(inside);
  ASSERT_TRUE(restored);
  EXPECT_EQ(Applied(inside, *restored), now);
}

TEST(EnvironmentTest, TwiceIsAsOnceAndTheFirstStateStaysSaved) {
  Variables now = {{"AWS_PROFILE", "work"}, {"NODE_OPTIONS", "--no-warnings"}};
  Variables once = Applied(now, EnterChanges(Instance(), now));
  Variables twice = Applied(once, EnterChanges(Instance(), once));
  EXPECT_EQ(twice, once);
  InstanceFacts other = Instance();
  other.port = 5000;
  other.folder = "/tmp/other";
  Variables moved = Applied(once, EnterChanges(other, once));
  EXPECT_EQ(moved["NODE_OPTIONS"], "--no-warnings --require \"/tmp/other/node-shim.cjs\"");
  EXPECT_EQ(Applied(moved, *RestoreChanges(moved)), now);
}

TEST(EnvironmentTest, NowhereLeavesNoWayOut) {
  Variables now = {{"AWS_PROFILE", "work"},
                   {"AWS_SESSION_TOKEN", "old"},
                   {"AWS_ACCESS_KEY_ID", "AKIAREAL"},
                   {"AWS_ENDPOINT_URL_DYNAMODB", "http://elsewhere"},
                   {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"},
                   {"https_proxy", "http://proxy:3128"},
                   {"no_proxy", "*"},
                   {"NO_PROXY", "amazonaws.com"}};
  Variables inside = Applied(now, NowhereChanges(now, "/r/nowhere.cjs"));
  for (const char* name : {"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY",
                           "all_proxy", "AWS_ENDPOINT_URL"}) {
    EXPECT_EQ(inside[name], "http://127.0.0.1:1") << name;
  }
  for (const char* name : {"AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_DYNAMODB",
                           "NO_PROXY", "no_proxy", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"}) {
    EXPECT_FALSE(inside.contains(name)) << name;
  }
  EXPECT_EQ(inside["AWS_ACCESS_KEY_ID"], "no-gatehouse-was-found");
  EXPECT_EQ(inside["AWS_CONFIG_FILE"], "/dev/null");
  EXPECT_EQ(inside["AWS_SHARED_CREDENTIALS_FILE"], "/dev/null");
  EXPECT_EQ(inside["NODE_OPTIONS"], "--require \"/r/nowhere.cjs\"");
  EXPECT_EQ(Applied(inside, *RestoreChanges(inside)), now);
}

TEST(EnvironmentTest, InAndNowhereFollowEachOtherInAnyOrder) {
  Variables now = {{"AWS_PROFILE", "work"}, {"HTTP_PROXY", "http://proxy:3128"}, {"NO_PROXY", "a"}};
  Variables in = Applied(now, EnterChanges(Instance(), now));
  Variables nowhere = Applied(now, NowhereChanges(now, {}));
  Variables in_after = Applied(nowhere, EnterChanges(Instance(), nowhere));
  Variables nowhere_after = Applied(in, NowhereChanges(in, {}));
  for (const Variables* variables : {&in, &nowhere, &in_after, &nowhere_after}) {
    EXPECT_EQ(Applied(*variables, *RestoreChanges(*variables)), now);
  }
  // What is saved may name more; all else is the same.
  for (Variables* variables : {&in, &nowhere, &in_after, &nowhere_after}) {
    variables->erase(kSavedVariable);
  }
  EXPECT_EQ(in_after, in);
  EXPECT_EQ(nowhere_after, nowhere);
  // A saved state that is damaged is not believed, and nothing leads out all the same.
  in[kSavedVariable] = "A=!!";
  EXPECT_EQ(Applied(in, NowhereChanges(in, {}))["HTTPS_PROXY"], "http://127.0.0.1:1");
}

TEST(EnvironmentTest, NothingSavedOrDamagedIsSaidSo) {
  EXPECT_EQ(RestoreChanges({}).error().message,
            "this shell has not been set up by `eval \"$(gatehouse env)\"`");
  for (const char* text : {"NAME", "=eA==", "A=!!", "-"}) {
    EXPECT_FALSE(RestoreChanges({{kSavedVariable, text}})) << text;
  }
}

TEST(EnvironmentTest, ShellTextIsQuoted) {
  EXPECT_EQ(ShellText({{"A", "it's $HOME `x`\n"}, {"B", std::nullopt}}),
            "export A='it'\\''s $HOME `x`\n'\nunset B\n");
  EXPECT_EQ(ShellText({{"A;id", "1"}, {"$(id)", std::nullopt}, {"", "2"}, {"7", "3"}}), "");
  EXPECT_EQ(JsonText({{"A", "\"q\""}, {"B", std::nullopt}}), "{\"A\":\"\\\"q\\\"\",\"B\":null}\n");
}

TEST(EnvironmentTest, AwsConfigKeepsTheUsersTextAndSaysOurs) {
  EXPECT_EQ(AwsConfigText("", "us-east-1"),
            "[default]\nregion = us-east-1\ncli_binary_format = raw-in-base64-out\n");
  EXPECT_EQ(AwsConfigText("[profile a]\nregion = b\nendpoint_url = http://x\n\n"
                          "[default]\nregion=eu-west-1\noutput = text\nservices = s\n",
                          "us-east-1"),
            "[profile a]\nregion = b\n\n"
            "[default]\nregion = us-east-1\ncli_binary_format = raw-in-base64-out\n"
            "output = text\n");
}

TEST(EnvironmentTest, FunctionsStartFromNothing) {
  Variables variables = FunctionVariables(Instance());
  EXPECT_EQ(variables["HTTPS_PROXY"], "http://127.0.0.1:4566");
  EXPECT_FALSE(variables.contains("AWS_ACCESS_KEY_ID"));
  EXPECT_NE(NodeShimText(4566).find("port: 4566"), std::string::npos);
}

}  // namespace
}  // namespace gatehouse::server
