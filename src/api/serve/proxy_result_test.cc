#include "api/serve/proxy_result.h"

#include <gtest/gtest.h>

namespace gatehouse::api {
namespace {

InvokeOutcome Read(std::string_view payload) { return ReadProxyResult(payload, ""); }

TEST(ProxyResultTest, ReadsStatusBodyAndHeaders) {
  InvokeOutcome outcome = Read(R"({"statusCode": 201, "body": "a\u20acb", "headers":
      {"A": "1", "n": 5, "t": true, "none": null}, "isBase64Encoded": false})");
  ASSERT_EQ(outcome.kind, InvokeOutcome::kAnswered) << outcome.error;
  EXPECT_EQ(outcome.answer.status_code, 201);
  EXPECT_EQ(outcome.answer.body, "a\u20acb");
  using Headers = decltype(outcome.answer.headers);
  EXPECT_EQ(outcome.answer.headers, (Headers{{"A", "1"}, {"n", "5"}, {"t", "true"}}));
}

TEST(ProxyResultTest, WhatIsMissingHasItsDefault) {
  for (std::string_view payload : {"{}", R"({"statusCode": null, "body": null, "headers": null,
      "multiValueHeaders": null, "isBase64Encoded": null})"}) {
    InvokeOutcome outcome = Read(payload);
    ASSERT_EQ(outcome.kind, InvokeOutcome::kAnswered) << outcome.error;
    EXPECT_EQ(outcome.answer.status_code, 200);
    EXPECT_FALSE(outcome.answer.body);
    EXPECT_TRUE(outcome.answer.headers.empty());
  }
  EXPECT_EQ(Read(R"({"body": ""})").answer.body, "");
}

TEST(ProxyResultTest, NothingIsMalformed) {
  for (std::string_view payload : {"null", "", " null\n"}) {
    InvokeOutcome outcome = Read(payload);
    EXPECT_EQ(outcome.kind, InvokeOutcome::kFailed) << payload;
    EXPECT_EQ(
        outcome.error,
        "the function's result is malformed: it returned nothing (null); API Gateway wants an "
        "object such as {\"statusCode\": 200}");
  }
}

TEST(ProxyResultTest, StatusCodesMayBeText) {
  EXPECT_EQ(Read(R"({"statusCode": "401"})").answer.status_code, 401);
  EXPECT_EQ(Read(R"({"statusCode": 100})").answer.status_code, 100);
  EXPECT_EQ(Read(R"({"statusCode": 1, "statusCode": 599})").answer.status_code, 599);
}

TEST(ProxyResultTest, Base64BodiesAreDecoded) {
  EXPECT_EQ(Read(R"({"body": "aGVsbG8=", "isBase64Encoded": true})").answer.body, "hello");
  EXPECT_EQ(Read(R"({"body": "aGVsbG8=", "isBase64Encoded": false})").answer.body, "aGVsbG8=");
  EXPECT_EQ(Read(R"({"isBase64Encoded": true})").kind, InvokeOutcome::kAnswered);
}

TEST(ProxyResultTest, MultiValueHeadersCountAlone) {
  InvokeOutcome outcome = Read(R"({"multiValueHeaders": {"sec-websocket-protocol": ["b", 2]},
      "headers": {"Sec-WebSocket-Protocol": "a", "X": "y"}})");
  using Headers = decltype(outcome.answer.headers);
  EXPECT_EQ(
      outcome.answer.headers,
      (Headers{{"X", "y"}, {"sec-websocket-protocol", "b"}, {"sec-websocket-protocol", "2"}}));
}

TEST(ProxyResultTest, MalformedResultsFailWithASentence) {
  struct Case {
    std::string_view payload;
    std::string_view what;
  };
  const Case cases[] = {
      {R"({"ConnectionId": "x", "Data": "y", "statusCode": 200})",
       "AWS knows no key ConnectionId in it"},
      {R"({"statusCode": 200, "cookies": []})", "AWS knows no key cookies in it"},
      {R"("hello")", "it is no object"},
      {"[]", "it is no object"},
      {"200", "it is no object"},
      {"true", "it is no object"},
      {"{", "it is no JSON, or nested too deeply"},
      {"{}{}", "it is no JSON, or nested too deeply"},
      {"undefined", "it is no JSON, or nested too deeply"},
      {"{\"body\": \"\xff\"}", "it is no JSON, or nested too deeply"},
      {R"({"statusCode": "ok"})", "statusCode is \"ok\""},
      {R"({"statusCode": 200.5})", "statusCode is 200.5"},
      {R"({"statusCode": 2e2})", "statusCode is 2e2"},
      {R"({"statusCode": 99})", "statusCode is 99"},
      {R"({"statusCode": 600})", "statusCode is 600"},
      {R"({"statusCode": -200})", "statusCode is -200"},
      {R"({"statusCode": 99999999999})", "statusCode is 99999999999"},
      {R"({"statusCode": {}})", "statusCode is {}"},
      {R"({"statusCode": true})", "statusCode is true"},
      {R"({"body": {"a": 1}})", "body is no string"},
      {R"({"body": 5})", "body is no string"},
      {R"({"body": "x", "isBase64Encoded": "true"})", "isBase64Encoded is neither true nor false"},
      {R"({"body": "%%%", "isBase64Encoded": true})",
       "isBase64Encoded is true, but body is no base64"},
      {R"({"headers": []})", "headers is no object"},
      {R"({"headers": {"a": ["b"]}})", "the header a is no string"},
      {R"({"multiValueHeaders": "a"})", "multiValueHeaders is no object"},
      {R"({"multiValueHeaders": {"a": "b"}})", "multiValueHeaders: a is no list"},
      {R"({"multiValueHeaders": {"a": [{}]}})", "multiValueHeaders: a holds no string"},
  };
  for (const Case& c : cases) {
    InvokeOutcome outcome = Read(c.payload);
    EXPECT_EQ(outcome.kind, InvokeOutcome::kFailed) << c.payload;
    EXPECT_EQ(outcome.error, "the function's result is malformed: " + std::string(c.what));
  }
  EXPECT_EQ(Read(std::string(1000, '[')).kind, InvokeOutcome::kFailed);
}

TEST(ProxyResultTest, FunctionErrorsFailWhateverThePayloadSays) {
  InvokeOutcome outcome = ReadProxyResult(
      R"({"errorMessage": "x is undefined", "errorType": "TypeError", "trace": ["a"]})",
      "Unhandled");
  EXPECT_EQ(outcome.kind, InvokeOutcome::kFailed);
  EXPECT_EQ(outcome.error, "the function failed (Unhandled): TypeError: x is undefined");
  for (std::string_view payload :
       {"", "null", "{}", "{", R"({"statusCode": 200})", R"({"errorMessage": 5})"}) {
    outcome = ReadProxyResult(payload, "Unhandled");
    EXPECT_EQ(outcome.kind, InvokeOutcome::kFailed) << payload;
    EXPECT_EQ(outcome.error, "the function failed (Unhandled)");
  }
}

}  // namespace
}  // namespace gatehouse::api
