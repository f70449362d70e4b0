#include "lambda/runtime.h"

#include <stdexcept>

#include <gtest/gtest.h>

#include "lambda/test_service.h"

namespace gatehouse::lambda {
namespace {

Task<Answer> Greet(Event event, Context& context) {
  if (event.payload == R"("throw")") throw std::runtime_error("broken \"thing\"");
  if (event.payload == R"("odd")") throw 5;
  if (event.payload == R"("sleep")") {
    Task<bool> sleep = context.Sleep(std::chrono::milliseconds(50));
    co_await sleep;
  }
  context.Log("said");
  std::string name(context.env("NAME"));
  if (event.payload == R"("table")") {
    std::unique_ptr<Table> table = context.table("rows");
    Item key;
    key.emplace("id", "a");
    Result<void> deleted = co_await table->Delete(std::move(key));
    co_return Answer{deleted ? 200 : 500, deleted ? "done" : deleted.error().message, {}};
  }
  if (event.request_context) {
    std::string_view id = event.request_context->connection_id;
    Result<void> posted = co_await context.connections().Post(id, "x");
    co_return Answer{200, posted ? "posted" : posted.error().message, {}};
  }
  if (event.payload == R"("post")") {
    Result<void> posted = co_await context.connections().Post("c=", "x");
    co_return Answer{200, posted ? "posted" : posted.error().message, {}};
  }
  co_return Answer{200, "hello " + name, {}};
}

constexpr HandlerEntry kHandlers[] = {{"a/greet", Greet}, {"b/greet", Greet}, {"b/other", Greet}};

struct RuntimeTest : testing::Test, ServiceWorld {
  // Takes the place of service and of Runtime API; the second as the first's paths do not begin so.
  RuntimeTest() {
    variables["NAME"] = "ann";
    variables["AWS_ENDPOINT_URL"] = "http://service";
    handler.on_request = [this](const net::HttpRequest& request) {
      if (request.head.target != "/2018-06-01/runtime/invocation/next") return Take(request);
      waiting = request.socket;
    };
    always = {202, R"({"status":"OK"})"};
  }
  ~RuntimeTest() override { End(); }

  void Serve() {
    Start(runtime.Serve(Greet), [this](std::optional<Error> error, const std::exception_ptr&) {
      ended = error ? error->message : "an exception";
    });
    Settle();
  }
  // What the runtime says of an event: "POST /… body".
  std::string Invoke(std::string payload, base::Millis limit = base::Millis(3000)) {
    EXPECT_TRUE(waiting) << "the runtime does not ask";
    if (!waiting) return "";
    std::string deadline = std::to_string((loop.WallNow() + limit).count());
    net::SocketRef socket = *std::exchange(waiting, std::nullopt);
    Give(socket,
         {200,
          std::move(payload),
          {{"Lambda-Runtime-Aws-Request-Id", "id-1"}, {"Lambda-Runtime-Deadline-Ms", deadline}}});
    for (int i = 0; i < 1000 && !waiting; ++i) loop.Turn(std::chrono::milliseconds(10));
    return asked.empty() ? "" : asked.back().line + " " + asked.back().body;
  }

  std::map<std::string, std::string> variables;
  net::EnvironmentLookup environment = [this](const std::string& name) {
    auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
  std::string logged;
  ContextParts parts{*client, environment, [this](std::string_view line) { logged += line; }};
  Runtime runtime{http_client, Service(), parts};
  std::optional<net::SocketRef> waiting;
  std::string ended;
};

constexpr const char* kResponse = "POST /2018-06-01/runtime/invocation/id-1/response ";
constexpr const char* kError = "POST /2018-06-01/runtime/invocation/id-1/error ";

TEST_F(RuntimeTest, ServesEventAfterEvent) {
  Serve();
  EXPECT_EQ(Invoke("{}"), std::string(kResponse) + R"({"statusCode":200,"body":"hello ann"})");
  EXPECT_EQ(logged, "said");
  EXPECT_EQ(Invoke(R"("sleep")"),
            std::string(kResponse) + R"({"statusCode":200,"body":"hello ann"})");
  EXPECT_EQ(resolver.asked.size(), 1u) << "the connection is kept";
  EXPECT_EQ(ended, "");
}

TEST_F(RuntimeTest, WhatAHandlerThrowsIsAnError) {
  Serve();
  EXPECT_EQ(Invoke(R"("throw")"), std::string(kError) +
                                      R"({"errorMessage":"broken \"thing\"",)"
                                      R"("errorType":"std::runtime_error","stackTrace":[]})");
  EXPECT_EQ(asked.back().fields["Lambda-Runtime-Function-Error-Type"],
            "Function.UnhandledException");
  EXPECT_TRUE(Invoke(R"("odd")").starts_with(kError));
  EXPECT_EQ(Invoke("{}"), std::string(kResponse) + R"({"statusCode":200,"body":"hello ann"})");
}

TEST_F(RuntimeTest, ATableIsDynamodbs) {
  Serve();
  replies = {{200, "{}"}};
  EXPECT_EQ(Invoke(R"("table")"), std::string(kResponse) + R"({"statusCode":200,"body":"done"})");
  EXPECT_EQ(asked[0].fields["X-Amz-Target"], "DynamoDB_20120810.DeleteItem");
}

TEST_F(RuntimeTest, CallsEndWithTheInvocation) {
  Serve();
  replies = {{500, ""}, {500, ""}, {500, ""}, {500, ""}};
  std::string said = Invoke(R"("table")", base::Millis(0));
  EXPECT_EQ(said, std::string(kResponse) +
                      R"({"statusCode":500,"body":"the invocation's time is over"})");
}

TEST_F(RuntimeTest, ADirectInvocationPostsToTheStageOfItsVariable) {
  Serve();
  EXPECT_EQ(Invoke(R"("post")"),
            std::string(kResponse) +
                R"({"statusCode":200,"body":"AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI does not )"
                R"(say which stage a direct invocation posts to"})");
  variables["AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI"] = "http://service/prod";
  replies = {{200, ""}};
  EXPECT_EQ(Invoke(R"("post")"), std::string(kResponse) + R"({"statusCode":200,"body":"posted"})");
  EXPECT_EQ(asked[asked.size() - 2].line, "POST /prod/@connections/c%3D");
}

TEST_F(RuntimeTest, ARouteSpeaksToItsOwnStage) {
  Serve();
  resolver.names["d.example"] = {};  // asked for, not reached: https needs authorities
  std::string said = Invoke(R"({"requestContext":{"eventType":"MESSAGE","connectionId":"c=",)"
                            R"("domainName":"d.example","stage":"prod"}})");
  EXPECT_TRUE(said.starts_with(kResponse)) << said;
  EXPECT_EQ(resolver.asked.at(1), "d.example:443");
}

TEST_F(RuntimeTest, AnAnswerThatIsRefusedIsLogged) {
  Serve();
  replies = {{413, "too large"}};
  Invoke("{}");
  EXPECT_EQ(logged, "saidthe Runtime API refused an answer: too large");
  EXPECT_EQ(ended, "");
}

TEST_F(RuntimeTest, EndsWithTheRuntimeApi) {
  Serve();
  listener.Stop();
  sockets.Abort(waiting->slot);
  Advance(1);
  EXPECT_NE(ended, "");
}

TEST_F(RuntimeTest, ARefusedQuestionEndsItWithAReason) {
  handler.on_request = [this](const net::HttpRequest& request) {
    Give(request.socket, {403, "InvalidStateTransition"});
  };
  Serve();
  EXPECT_EQ(ended, "the Runtime API answered with status 403: InvalidStateTransition");
}

TEST_F(RuntimeTest, TellsThatItCannotStart) {
  auto told = Finish(runtime.FailInit("Runtime.HandlerNotFound", "no \"x\""));
  EXPECT_EQ(told, true);
  EXPECT_EQ(asked.at(0).line, "POST /2018-06-01/runtime/init/error");
  EXPECT_EQ(asked[0].fields["Lambda-Runtime-Function-Error-Type"], "Runtime.HandlerNotFound");
  EXPECT_EQ(asked[0].body, R"({"errorMessage":"no \"x\"","errorType":"Runtime.HandlerNotFound",)"
                           R"("stackTrace":[]})");
}

TEST(FindHandlerTest, ByWholeNameOrByAnUnambiguousEnd) {
  auto found = [](std::string_view name) {
    auto entry = FindHandler(kHandlers, name);
    return entry ? std::string((*entry)->name) : entry.error().message;
  };
  EXPECT_EQ(found("a/greet"), "a/greet");
  EXPECT_EQ(found("other"), "b/other");
  EXPECT_EQ(found("greet"),
            "Handler 'greet' is not in this package; it has a/greet, b/greet, b/other");
  EXPECT_EQ(found(""), "Handler '' is not in this package; it has a/greet, b/greet, b/other");
}

}  // namespace
}  // namespace gatehouse::lambda
