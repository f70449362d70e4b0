#include "server/access/iam.h"

#include <gtest/gtest.h>

#include "function/define/test_catalogue.h"

namespace gatehouse::server {
namespace {

constexpr char kRole[] = "arn:aws:iam::123456789012:role/r";
constexpr char kTable[] = "arn:aws:dynamodb:us-east-1:123456789012:table/t";
constexpr char kApi[] = "arn:aws:execute-api:us-east-1:123456789012:api/live";

std::string Document(const std::string& statements) {
  return R"({"Version":"2012-10-17","Statement":[)" + statements + "]}";
}

class FixedClock final : public base::Clock {
 public:
  std::chrono::nanoseconds Now() override { return {}; }
  base::Millis WallNow() override { return base::Millis{1'795'000'000'000}; }
};

class IamTest : public testing::Test {
 protected:
  void Open(IamMode mode = IamMode::kEnforce) {
    iam_.emplace(log_, clock_, roles_, *functions_, IamOptions{mode, "us-east-1", "123456789012"});
  }
  void PutRole(const std::string& statements, std::vector<std::string> managed = {}) {
    auth::Role role{"r", kRole, "AROAX", "{}", {}, std::move(managed)};
    if (!statements.empty()) role.inline_policies = {{"p", Document(statements)}};
    roles_.Put(role);
  }
  // "allowed", or AWS's sentence.
  std::string Ask(const std::string& action, const std::string& resource,
                  std::function<void(auth::RequestContext&)> fill = {}) {
    auth::Principal principal{auth::Principal::kRole, "r", "f", kRole};
    std::optional<Denial> denial =
        iam_->Check(principal, {action, resource, {}, std::move(fill)}, {});
    log_.Flush();
    return denial ? denial->message : "allowed";
  }
  bool IsFree(std::string_view action, std::string_view prefix, bool exact) {
    return iam_->IsFree({auth::Principal::kRole, "r", "f", kRole}, action, prefix, exact);
  }
  // "" or why not.
  std::string Invoke(std::string_view source, std::string_view role = {}) {
    Result<void> may = iam_->MayInvoke("apigateway.amazonaws.com", source, role, "f");
    log_.Flush();
    return may ? "" : may.error().message;
  }
  void MakeFunction() {
    function::FunctionDefinition definition;
    definition.name = "f";
    definition.runtime = "python3.12";
    definition.handler = "a.b";
    definition.code = {function::CodeSource::kDirectory, "/x"};
    definition.role = kRole;
    ASSERT_TRUE(functions_.Create(definition));
  }
  std::size_t LogLines() const {
    return static_cast<std::size_t>(std::count(logged_.begin(), logged_.end(), '\n'));
  }

  FixedClock clock_;
  std::string logged_;
  base::Log log_{{base::LogLevel::kInfo, base::LogFormat::kText},
                 clock_,
                 [this](std::string_view text) { logged_ += text; }};
  auth::Roles roles_;
  function::TestCatalogue functions_;
  std::optional<Iam> iam_;
};

TEST_F(IamTest, WhatNoStatementAllowsIsDeniedInAwssWords) {
  Open();
  PutRole(R"({"Effect":"Allow","Action":"dynamodb:PutItem","Resource":")" + std::string(kTable) +
          R"("})");
  EXPECT_EQ(Ask("dynamodb:PutItem", kTable), "allowed");
  EXPECT_EQ(logged_, "");
  EXPECT_EQ(Ask("dynamodb:GetItem", kTable),
            "User: arn:aws:sts::123456789012:assumed-role/r/f is not authorized to perform: "
            "dynamodb:GetItem on resource: arn:aws:dynamodb:us-east-1:123456789012:table/t because "
            "no identity-based policy allows the dynamodb:GetItem action");
  EXPECT_NE(logged_.find(R"({"Effect":"Allow","Action":"dynamodb:GetItem","Resource":)"
                         R"("arn:aws:dynamodb:us-east-1:123456789012:table/t"})"),
            std::string::npos)
      << logged_;
  Ask("dynamodb:GetItem", kTable);
  EXPECT_EQ(LogLines(), 1u) << logged_;
}

TEST_F(IamTest, AnExplicitDenyIsSaidToBeOne) {
  Open();
  PutRole(R"({"Effect":"Allow","Action":"*","Resource":"*"},)"
          R"({"Sid":"No","Effect":"Deny","Action":"dynamodb:Scan","Resource":"*"})");
  std::string sentence = Ask("dynamodb:Scan", kTable);
  EXPECT_TRUE(sentence.ends_with("table/t with an explicit deny in an identity-based policy"))
      << sentence;
  EXPECT_NE(logged_.find("its policies deny it (No)"), std::string::npos) << logged_;
}

TEST_F(IamTest, ApiGatewayHidesAccountAndConnection) {
  Open();
  PutRole(R"({"Effect":"Allow","Action":"dynamodb:*","Resource":"*"})");
  Access access{"execute-api:ManageConnections", kApi + std::string("/POST/@connections/abc="),
                kApi + std::string("/POST/@connections/*")};
  auto denial = iam_->Check({auth::Principal::kRole, "r", "f", kRole}, access, {});
  ASSERT_TRUE(denial);
  EXPECT_EQ(denial->message,
            "User: arn:aws:sts::123456789012:assumed-role/r/f is not authorized to perform: "
            "execute-api:ManageConnections on resource: "
            "arn:aws:execute-api:us-east-1:********9012:api/live/POST/@connections/{connectionId}");
  log_.Flush();
  EXPECT_NE(logged_.find(R"("Resource":"arn:aws:execute-api:us-east-1:123456789012:api/live/)"
                         R"(POST/@connections/*"})"),
            std::string::npos)
      << logged_;
}

TEST_F(IamTest, ConditionsSeeTheRequest) {
  Open();
  PutRole(R"({"Effect":"Allow","Action":"dynamodb:*","Resource":"*","Condition":)"
          R"({"ForAllValues:StringEquals":{"dynamodb:LeadingKeys":["${aws:userid}"]}}})");
  auto key = [](std::string value) {
    return [value](auth::RequestContext& keys) { keys.Set("dynamodb:LeadingKeys", value); };
  };
  EXPECT_EQ(Ask("dynamodb:GetItem", kTable, key("AROAX:f")), "allowed");
  EXPECT_NE(Ask("dynamodb:GetItem", kTable, key("other")), "allowed");
  PutRole(R"({"Effect":"Allow","Action":"*","Resource":"*","Condition":)"
          R"({"StringEquals":{"aws:PrincipalTag/team":"a"}}})");
  EXPECT_NE(Ask("dynamodb:GetItem", kTable), "allowed");
  EXPECT_NE(logged_.find("aws:principaltag/team, which gatehouse cannot know"), std::string::npos)
      << logged_;
}

TEST_F(IamTest, OwnersAndOffAndWarnDenyNothing) {
  Open();
  PutRole(R"({"Effect":"Allow","Action":"dynamodb:PutItem","Resource":"*"})");
  EXPECT_FALSE(iam_->Check({}, {"dynamodb:GetItem", kTable}, {}));
  Open(IamMode::kWarn);
  EXPECT_EQ(Ask("dynamodb:GetItem", kTable), "allowed");
  EXPECT_NE(logged_.find("AWS would deny: role r may not dynamodb:GetItem"), std::string::npos);
  logged_.clear();
  Open(IamMode::kOff);
  EXPECT_EQ(Ask("dynamodb:Scan", kTable), "allowed");
  EXPECT_EQ(logged_, "");
}

TEST_F(IamTest, WhatIsToldIsBounded) {
  Open();
  PutRole("");
  // A name as long as a request: those that differ behind its first kilobytes are one.
  const std::string table = std::string(kTable) + std::string(8192, 'x');
  EXPECT_NE(Ask("dynamodb:GetItem", table + "a"), "allowed");
  EXPECT_NE(Ask("dynamodb:GetItem", table + "b"), "allowed");
  EXPECT_EQ(LogLines(), 1u);
  EXPECT_LT(logged_.size(), 4096u);
  for (int i = 0; i < 1100; ++i) {
    EXPECT_NE(Ask("dynamodb:GetItem", kTable + std::to_string(i)), "allowed");
  }
  EXPECT_EQ(LogLines(), 1001u) << "a thousand, and that no more are told";
}

TEST_F(IamTest, RolesOfWhichNothingIsKnownMayAll) {
  Open();
  EXPECT_EQ(Ask("dynamodb:GetItem", kTable), "allowed");  // no such role
  EXPECT_EQ(Ask("dynamodb:PutItem", kTable), "allowed");
  EXPECT_EQ(LogLines(), 1u) << logged_;
  PutRole("", {"arn:aws:iam::999999999999:policy/theirs"});
  EXPECT_EQ(Ask("dynamodb:GetItem", kTable), "allowed");
  // A role without policies, and one with AWS's policy for logs alone, are known well.
  PutRole("");
  EXPECT_NE(Ask("dynamodb:GetItem", kTable), "allowed");
  PutRole("", {"arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"});
  EXPECT_NE(Ask("dynamodb:GetItem", kTable), "allowed");
  PutRole("", {"arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess"});
  EXPECT_EQ(Ask("dynamodb:GetItem", kTable), "allowed");
}

TEST_F(IamTest, RolesFromBeforeAreWarnedOf) {
  Open();
  PutRole("");
  roles_.SetLenient("r", true);
  EXPECT_EQ(Ask("dynamodb:GetItem", kTable), "allowed");
  EXPECT_NE(logged_.find("AWS would deny"), std::string::npos);
  roles_.SetLenient("r", false);
  EXPECT_NE(Ask("dynamodb:GetItem", kTable), "allowed");
}

TEST_F(IamTest, AttachedAndManagedPoliciesCount) {
  Open();
  PutRole("", {"arn:aws:iam::123456789012:policy/mine"});
  EXPECT_EQ(Ask("dynamodb:GetItem", kTable), "allowed");  // not known yet
  roles_.PutPolicy("mine",
                   {"mine", Document(R"({"Effect":"Allow","Action":"dynamodb:GetItem",)"
                                     R"("Resource":"*"})")},
                   {}, "arn:aws:iam::123456789012:policy/mine");
  EXPECT_EQ(Ask("dynamodb:GetItem", kTable), "allowed");
  EXPECT_NE(Ask("dynamodb:PutItem", kTable), "allowed");
  roles_.PutPolicy("own",
                   {"own", Document(R"({"Effect":"Allow","Action":"dynamodb:PutItem",)"
                                    R"("Resource":"*"})")},
                   {"r"});
  EXPECT_EQ(Ask("dynamodb:PutItem", kTable), "allowed");
}

TEST_F(IamTest, WhatIsFreeNeedsNoAsking) {
  Open();
  const std::string posts = kApi + std::string("/POST/@connections/");
  constexpr char kManage[] = "execute-api:ManageConnections";
  auto allow = [&](const std::string& resource) {
    PutRole(R"({"Effect":"Allow","Action":"execute-api:*","Resource":")" + resource + R"("})");
    return IsFree(kManage, posts, false);
  };
  EXPECT_TRUE(allow(posts + "*"));
  EXPECT_TRUE(allow("arn:aws:execute-api:*:*:*/@connections/*"));
  EXPECT_FALSE(allow(posts + "a*"));
  EXPECT_FALSE(allow(posts + "abc="));
  EXPECT_FALSE(allow(kApi + std::string("/GET/@connections/*")));
  PutRole(R"({"Effect":"Allow","Action":"*","Resource":"*"},)"
          R"({"Effect":"Deny","Action":"execute-api:*","Resource":"*abc="})");
  EXPECT_FALSE(IsFree(kManage, posts, false));
  EXPECT_TRUE(IsFree("dynamodb:GetItem", kTable, true));
  PutRole(R"({"Effect":"Allow","Action":"*","Resource":"*","Condition":)"
          R"({"Bool":{"aws:SecureTransport":"true"}}})");
  EXPECT_FALSE(IsFree("dynamodb:GetItem", kTable, true));
  EXPECT_FALSE(IsFree(kManage, posts, false));
}

TEST_F(IamTest, RoutesInvokeWhatTheirFunctionsAllow) {
  Open();
  MakeFunction();
  const std::string source = kApi + std::string("/$connect");
  std::string why = Invoke(source);
  EXPECT_NE(why.find("aws lambda add-permission --function-name f"), std::string::npos) << why;
  EXPECT_NE(why.find("--source-arn '" + source + "'"), std::string::npos) << why;
  EXPECT_EQ(LogLines(), 1u) << logged_;
  const std::string api = "arn:aws:execute-api:us-east-1:123456789012:api";
  auto permit = [&](const std::string& principal, const std::string& source_arn) {
    static_cast<void>(functions_.RemovePermission("f", "s"));  // if it is there
    EXPECT_TRUE(
        functions_.AddPermission("f", {"s", "lambda:InvokeFunction", principal, source_arn, {}}));
    return Invoke(source);
  };
  EXPECT_EQ(permit("apigateway.amazonaws.com", api + "/*"), "");
  EXPECT_EQ(permit("apigateway.amazonaws.com", api + "/*/$connect"), "");
  EXPECT_EQ(permit("apigateway.amazonaws.com", ""), "");
  EXPECT_NE(permit("apigateway.amazonaws.com", api + "/*/$disconnect"), "");
  EXPECT_NE(permit("apigateway.amazonaws.com", "arn:aws:execute-api:us-east-1:123456789012:b/*"),
            "");
  EXPECT_NE(permit("events.amazonaws.com", ""), "");
  // As a role: its policies decide, not the function's.
  PutRole(R"({"Effect":"Allow","Action":"lambda:InvokeFunction","Resource":"*:f"})");
  EXPECT_EQ(Invoke(source, kRole), "");
  PutRole(R"({"Effect":"Allow","Action":"lambda:InvokeFunction","Resource":"*:g"})");
  EXPECT_NE(Invoke(source, kRole), "");
}

TEST_F(IamTest, FunctionsInvokeByTheirRoleOrByTheOthersPolicy) {
  Open();
  MakeFunction();
  PutRole("");
  const std::string arn = "arn:aws:lambda:us-east-1:123456789012:function:f";
  EXPECT_NE(Ask("lambda:InvokeFunction", arn), "allowed");
  ASSERT_TRUE(functions_.AddPermission("f", {"s", "lambda:InvokeFunction", kRole, {}, {}}));
  EXPECT_EQ(Ask("lambda:InvokeFunction", arn), "allowed");
}

}  // namespace
}  // namespace gatehouse::server
