#include "function/wire/lambda_api.h"

#include <boost/json.hpp>

#include "auth/policy/decision.h"
#include "base/encoding.h"
#include "function/code/test_zip.h"
#include "function/process/test_processes.h"

namespace gatehouse::function {
namespace {

namespace bj = boost::json;

class LambdaApiTest : public ProcessesTest {
 protected:
  void SetUp() override {
    Open(Options(directory_ / "base"));
    api_ = std::make_unique<LambdaApi>(functions_, processes_->code(), loop_, random_,
                                       LambdaApiOptions{"us-east-1", "123456789012"});
  }

  struct Reply {
    int status = 0;
    std::map<std::string, std::string> fields;
    std::string text;
    bj::value json;  // null if the body is none
  };
  using Fields = std::vector<wire::HttpField>;

  Reply Ask(std::string_view method, std::string_view target, std::string_view body = {},
            Fields fields = {}) {
    wire::HttpHead head;
    head.method = method;
    head.target = target;
    head.fields = std::move(fields);
    std::optional<wire::ServiceResponse> response;
    api_->Handle({head, body}, [&](wire::ServiceResponse r) { response = std::move(r); });
    TurnUntil([&] {
      while (catalogue_.executor().waiting() > 0) catalogue_.executor().RunOne();
      return response.has_value();
    });
    Reply reply;
    if (!response) return reply;
    reply.status = response->status;
    for (auto& [name, value] : response->fields) reply.fields[name] = value;
    reply.text = response->body;
    boost::system::error_code error;
    reply.json = bj::parse(reply.text, error);
    EXPECT_EQ(reply.fields["x-amzn-RequestId"].size(), 36u);
    return reply;
  }
  void ExpectError(const Reply& reply, int status, const std::string& name) {
    EXPECT_EQ(reply.status, status) << reply.text;
    EXPECT_EQ(reply.fields.count("x-amzn-ErrorType") ? reply.fields.at("x-amzn-ErrorType") : "",
              name)
        << reply.text;
  }
  std::string ZipBase64(const std::string& source) {
    WriteZip(directory_ / "up.zip", {{"index.py", source}});
    return base::EncodeBase64(*base::SystemFiles().Read(directory_ / "up.zip"));
  }
  Reply Create(const std::string& name, const std::string& source, const std::string& more = {}) {
    return Ask("POST", kFunctions,
               R"({"FunctionName":")" + name +
                   R"(","Runtime":"python3.12","Role":"arn:aws:iam::123456789012:role/r",)"
                   R"("Handler":"index.handler","Code":{"ZipFile":")" +
                   ZipBase64(source) + R"("})" + more + "}");
  }

  static constexpr std::string_view kFunctions = "/2015-03-31/functions";
  static constexpr std::string_view kArn = "arn:aws:lambda:us-east-1:123456789012:function:f";
  const std::string f_ = "/2015-03-31/functions/f";
  std::unique_ptr<LambdaApi> api_;
};

TEST_F(LambdaApiTest, AFunctionsWholeLife) {
  Reply created = Create("f", "def handler(e, c): return ['one', e]",
                         R"(,"Timeout":20,"MemorySize":256,"Description":"d",)"
                         R"("Environment":{"Variables":{"TABLE":"t"}},"Tags":{"k":"v"})");
  ASSERT_EQ(created.status, 201) << created.text;
  EXPECT_EQ(created.json.at("FunctionArn").as_string(), kArn);
  EXPECT_EQ(created.json.at("Timeout").as_int64(), 20);
  EXPECT_EQ(created.json.at("State").as_string(), "Active");
  EXPECT_EQ(created.json.at("Environment").at("Variables").at("TABLE").as_string(), "t");
  ExpectError(Create("f", "x = 1"), 409, "ResourceConflictException");

  Reply invoked = Ask("POST", f_ + "/invocations", R"({"a":1})");
  EXPECT_EQ(invoked.status, 200);
  EXPECT_EQ(invoked.text, R"(["one", {"a": 1}])");
  EXPECT_EQ(invoked.fields["X-Amz-Executed-Version"], "$LATEST");
  EXPECT_FALSE(invoked.fields.contains("X-Amz-Function-Error"));

  Reply updated = Ask("PUT", f_ + "/code",
                      R"({"ZipFile":")" + ZipBase64("def handler(e, c): return 'two'") + R"("})");
  EXPECT_EQ(updated.status, 200) << updated.text;
  EXPECT_NE(updated.json.at("CodeSha256"), created.json.at("CodeSha256"));
  EXPECT_NE(updated.json.at("RevisionId"), created.json.at("RevisionId"));
  EXPECT_EQ(Ask("POST", f_ + "/invocations").text, "\"two\"");

  Reply configured = Ask("PUT", f_ + "/configuration", R"({"Timeout":7,"Handler":"index.other"})");
  EXPECT_EQ(configured.json.at("Timeout").as_int64(), 7);
  EXPECT_EQ(configured.json.at("MemorySize").as_int64(), 256) << "what is not given stays";
  Reply failed = Ask("POST", f_ + "/invocations", "{}");
  EXPECT_EQ(failed.status, 200);
  EXPECT_EQ(failed.fields["X-Amz-Function-Error"], "Unhandled");
  EXPECT_EQ(failed.json.at("errorType").as_string(), "Runtime.HandlerNotFound");

  Reply got = Ask("GET", f_);
  EXPECT_EQ(got.json.at("Configuration").at("Handler").as_string(), "index.other");
  EXPECT_EQ(got.json.at("Tags").at("k").as_string(), "v");
  EXPECT_EQ(Ask("GET", f_ + "/configuration").json.at("Timeout").as_int64(), 7);

  EXPECT_EQ(Ask("DELETE", f_).status, 204);
  ExpectError(Ask("GET", f_), 404, "ResourceNotFoundException");
}

TEST_F(LambdaApiTest, EveryFormOfTheNameIsTaken) {
  ASSERT_EQ(Create("f", "def handler(e, c): return c.invoked_function_arn").status, 201);
  for (const char* form :
       {"f", "f:$LATEST", "f%3A%24LATEST", "function:f", "123456789012:function:f",
        "arn%3Aaws%3Alambda%3Aus-east-1%3A123456789012%3Afunction%3Af"}) {
    std::string path = std::string(kFunctions) + "/" + form;
    EXPECT_EQ(Ask("GET", path + "/configuration").status, 200) << form;
  }
  // The events' ARNs have the account of the processes' options.
  EXPECT_EQ(Ask("POST", f_ + "/invocations?Qualifier=%24LATEST").text,
            R"("arn:aws:lambda:us-east-1:000000000000:function:f:$LATEST")");
  Reply alias = Ask("POST", f_ + ":live/invocations");
  ExpectError(alias, 404, "ResourceNotFoundException");
  EXPECT_EQ(alias.json.at("Message").as_string(),
            "Function not found: arn:aws:lambda:us-east-1:123456789012:function:f:live");
  ExpectError(Ask("POST", f_ + ":a/invocations?Qualifier=b"), 400,
              "InvalidParameterValueException");
  ExpectError(
      Ask("GET", std::string(kFunctions) + "/arn:aws:lambda:eu-west-1:123456789012:function:f"),
      404, "ResourceNotFoundException");
  ExpectError(Ask("GET", std::string(kFunctions) + "/a%20b"), 400,
              "InvalidParameterValueException");
}

TEST_F(LambdaApiTest, InvocationTypesAndLogs) {
  ASSERT_EQ(Create("f",
                   "def handler(e, c):\n  print('hello')\n"
                   "  return c.client_context.custom if e == 1 else e")
                .status,
            201);
  std::string path = f_ + "/invocations";
  EXPECT_EQ(Ask("POST", path).text, "{}") << "no payload is an empty object";
  Reply dry = Ask("POST", path, "not looked at", {{"X-Amz-Invocation-Type", "DryRun"}});
  EXPECT_EQ(dry.status, 204);
  Reply event = Ask("POST", path, "7", {{"X-Amz-Invocation-Type", "Event"}});
  EXPECT_EQ(event.status, 202);
  EXPECT_EQ(event.text, "");
  Reply tail = Ask("POST", path, "7", {{"X-Amz-Log-Type", "Tail"}});
  std::string log = *base::DecodeBase64(tail.fields["X-Amz-Log-Result"]);
  EXPECT_NE(log.find("hello\nEND RequestId: " + tail.fields["x-amzn-RequestId"]), std::string::npos)
      << log;
  std::string context = base::EncodeBase64(R"({"custom":{"k":1}})");
  EXPECT_EQ(Ask("POST", path, "1", {{"X-Amz-Client-Context", context}}).text, R"({"k": 1})");
  ExpectError(Ask("POST", path, "1", {{"X-Amz-Client-Context", "{}"}}), 400,
              "InvalidRequestContentException");
  ExpectError(Ask("POST", path, "1", {{"X-Amz-Invocation-Type", "Other"}}), 400,
              "ValidationException");
  ExpectError(Ask("POST", path, "{"), 400, "InvalidRequestContentException");
  std::string large = '"' + std::string(6 * 1024 * 1024, 'x') + '"';
  ExpectError(Ask("POST", path, large), 413, "RequestTooLargeException");
  ExpectError(Ask("POST", std::string(kFunctions) + "/none/invocations", "{}"), 404,
              "ResourceNotFoundException");
}

TEST_F(LambdaApiTest, ReservedConcurrencyOfZeroThrottles) {
  FunctionDefinition function = Inline("python3.12", "def handler(e, c): return 1");
  function.reserved_concurrency = 0;
  Define(function);
  Reply reply = Ask("POST", f_ + "/invocations", "{}");
  ExpectError(reply, 429, "TooManyRequestsException");
  EXPECT_EQ(reply.json.at("Reason").as_string(),
            "ReservedFunctionConcurrentInvocationLimitExceeded");
  EXPECT_EQ(reply.fields["Retry-After"], "1");
}

TEST_F(LambdaApiTest, ListsInPages) {
  EXPECT_EQ(Ask("GET", "/2015-03-31/functions/").text, R"({"Functions":[],"NextMarker":null})");
  for (const char* name : {"c", "a", "b"}) {
    FunctionDefinition function = Inline("python3.12", "x = 1");
    function.name = name;
    Define(function);
  }
  Reply first = Ask("GET", "/2015-03-31/functions/?MaxItems=2");
  ASSERT_EQ(first.json.at("Functions").as_array().size(), 2u);
  EXPECT_EQ(first.json.at("Functions").at(0).at("FunctionName").as_string(), "a");
  EXPECT_EQ(first.json.at("NextMarker").as_string(), "b");
  Reply rest = Ask("GET", "/2015-03-31/functions/?MaxItems=2&Marker=b");
  EXPECT_EQ(rest.json.at("Functions").at(0).at("FunctionName").as_string(), "c");
  EXPECT_TRUE(rest.json.at("NextMarker").is_null());
  ExpectError(Ask("GET", "/2015-03-31/functions/?MaxItems=x"), 400,
              "InvalidParameterValueException");
}

TEST_F(LambdaApiTest, PoliciesReadAsAwsWritesThem) {
  Define(Inline("python3.12", "x = 1"));
  ExpectError(Ask("GET", f_ + "/policy"), 404, "ResourceNotFoundException");
  Reply added = Ask("POST", f_ + "/policy",
                    R"({"StatementId":"s1","Action":"lambda:InvokeFunction",)"
                    R"("Principal":"apigateway.amazonaws.com",)"
                    R"("SourceArn":"arn:aws:execute-api:us-east-1:123456789012:a/*"})");
  ASSERT_EQ(added.status, 201) << added.text;
  std::string statement =
      R"({"Sid":"s1","Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},)"
      R"("Action":"lambda:InvokeFunction",)"
      R"("Resource":"arn:aws:lambda:us-east-1:123456789012:function:f",)"
      R"("Condition":{"ArnLike":{"AWS:SourceArn":)"
      R"("arn:aws:execute-api:us-east-1:123456789012:a/*"}}})";
  EXPECT_EQ(added.json.at("Statement").as_string(), statement);
  ExpectError(Ask("POST", f_ + "/policy",
                  R"({"StatementId":"s1","Action":"lambda:InvokeFunction","Principal":"*"})"),
              409, "ResourceConflictException");
  EXPECT_EQ(Ask("POST", f_ + "/policy",
                R"({"StatementId":"s2","Action":"lambda:*","Principal":"210987654321"})")
                .status,
            201);
  Reply policy = Ask("GET", f_ + "/policy");
  std::string text(policy.json.at("Policy").as_string());
  EXPECT_TRUE(
      text.starts_with(R"({"Version":"2012-10-17","Id":"default","Statement":[)" + statement))
      << text;
  EXPECT_NE(text.find(R"({"AWS":"arn:aws:iam::210987654321:root"})"), std::string::npos);
  EXPECT_EQ(Ask("DELETE", f_ + "/policy/s1").status, 204);
  ExpectError(Ask("DELETE", f_ + "/policy/s1"), 404, "ResourceNotFoundException");
  ExpectError(Ask("POST", f_ + "/policy", R"({"StatementId":"x y","Action":"a","Principal":"*"})"),
              400, "InvalidParameterValueException");
  ExpectError(Ask("POST", f_ + "/policy", "[]"), 400, "InvalidRequestContentException");
}

// What the policy that is written from permissions decides.
auth::Effect DecideBy(const Permission& permission, std::string_view principal,
                      std::string_view source_arn, std::string_view source_account = {}) {
  constexpr std::string_view kFunction = "arn:aws:lambda:us-east-1:123456789012:function:f";
  const auto policy = auth::Policy::Parse(LambdaApi::PolicyJson(kFunction, {permission}),
                                          auth::PolicyKind::kResource);
  EXPECT_TRUE(policy) << policy.error().message;
  auth::RequestContext context;
  if (!source_arn.empty()) context.Set("aws:SourceArn", std::string(source_arn));
  if (!source_account.empty()) context.Set("aws:SourceAccount", std::string(source_account));
  const auth::Policy* const policies[] = {&*policy};
  return auth::Decide({.action = "lambda:InvokeFunction",
                       .resource = kFunction,
                       .principal_arn = principal,
                       .context = &context},
                      {}, policies)
      .effect;
}

TEST(Permissions, LetInWhomTheyName) {
  const std::string source = "arn:aws:execute-api:us-east-1:123456789012:abc/dev/$connect";
  Permission permission{.statement_id = "s",
                        .action = "lambda:InvokeFunction",
                        .principal = "apigateway.amazonaws.com",
                        .source_arn = "arn:aws:execute-api:us-east-1:123456789012:abc/*",
                        .source_account = {}};
  using auth::Effect;
  const std::string gateway = "apigateway.amazonaws.com";
  EXPECT_EQ(DecideBy(permission, gateway, source), Effect::kAllowed);
  EXPECT_EQ(DecideBy(permission, "events.amazonaws.com", source), Effect::kImplicitDeny);
  EXPECT_EQ(DecideBy(permission, gateway, "arn:aws:execute-api:us-east-1:123456789012:x/dev/a"),
            Effect::kImplicitDeny);
  EXPECT_EQ(DecideBy(permission, gateway, ""), Effect::kImplicitDeny);
  permission.source_account = "123456789012";
  EXPECT_EQ(DecideBy(permission, gateway, source, "123456789012"), Effect::kAllowed);
  EXPECT_EQ(DecideBy(permission, gateway, source, "210987654321"), Effect::kImplicitDeny);
  permission.source_account = permission.source_arn = "";
  permission.action = "lambda:*";
  EXPECT_EQ(DecideBy(permission, gateway, ""), Effect::kAllowed);
  permission.principal = "arn:aws:iam::123456789012:role/caller";
  const std::string session = "arn:aws:sts::123456789012:assumed-role/caller/s";
  EXPECT_EQ(DecideBy(permission, session, ""), Effect::kAllowed);
  permission.principal = "123456789012";  // what its own policies say, then
  EXPECT_EQ(DecideBy(permission, session, ""), Effect::kImplicitDeny);
  permission.principal = "*";
  EXPECT_EQ(DecideBy(permission, session, ""), Effect::kAllowed);
}

TEST_F(LambdaApiTest, BadRequestsAreRefusedWithASentence) {
  ExpectError(Ask("POST", kFunctions, "{"), 400, "InvalidRequestContentException");
  ExpectError(Ask("POST", kFunctions, "{}"), 400, "InvalidParameterValueException");
  ExpectError(Ask("POST", kFunctions,
                  R"({"FunctionName":"f","Role":"r","Code":{"S3Bucket":"b","S3Key":"k"}})"),
              400, "InvalidParameterValueException");
  ExpectError(
      Ask("POST", kFunctions, R"({"FunctionName":"f","Role":"r","Code":{"ZipFile":"bm8gemlw"}})"),
      400, "InvalidParameterValueException");
  ExpectError(Create("f", "x = 1", R"(,"Timeout":901)"), 400, "InvalidParameterValueException");
  ExpectError(Create("f", "x = 1", R"(,"Timeout":"3")"), 400, "InvalidParameterValueException");
  ExpectError(Create("f", "x = 1", R"(,"Environment":{"Variables":{"AWS_REGION":"x"}})"), 400,
              "InvalidParameterValueException");
  ExpectError(Ask("PUT", "/2015-03-31/functions/none/code", "{}"), 404,
              "ResourceNotFoundException");
  ExpectError(Ask("PATCH", f_), 404, "UnknownOperationException");
  ExpectError(Ask("GET", "/2015-03-31/functionsx"), 404, "UnknownOperationException");
  EXPECT_TRUE(catalogue_->List().empty());
}

}  // namespace
}  // namespace gatehouse::function
