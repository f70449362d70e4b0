#include "lambda/aws_client.h"

#include <gtest/gtest.h>

#include "auth/signature/sigv4.h"
#include "lambda/retry.h"
#include "lambda/test_service.h"

namespace gatehouse::lambda {
namespace {

struct AwsClientTest : testing::Test, ServiceWorld {
  ~AwsClientTest() override { End(); }
  AwsCall Call(std::string body = "{}") {
    AwsCall call;
    call.endpoint = Service("/p");
    call.service = "execute-api";
    call.target = "/@connections/a%3D";
    call.fields = {{"Content-Type", "text/plain"}};
    call.body = std::move(body);
    return call;
  }
  // "200 body", or the error's sentence, or "nothing".
  std::string Send(AwsCall call, double seconds = 60) {
    auto reply = Finish(client->Call(std::move(call)), seconds);
    if (!reply) return "nothing";
    return *reply ? std::to_string((*reply)->status) + " " + (*reply)->body
                  : reply->error().message;
  }
  // What verifying the request says; "" if it is well signed.
  std::string Verdict(const Asked& one, const std::string& secret) {
    std::vector<wire::HttpField> fields;
    for (const auto& [name, value] : one.fields) fields.push_back({name, value});
    std::size_t blank = one.line.find(' ');
    auth::Request request{std::string_view(one.line).substr(0, blank),
                          std::string_view(one.line).substr(blank + 1), fields,
                          std::string_view(one.body)};
    auto signature = auth::ParseSignature(request.target, request.fields);
    if (!signature || !*signature) return "unsigned";
    auth::SigningKeys keys;
    auto refusal = auth::Verify(request, **signature, {"eu-west-1", "execute-api"}, secret,
                                loop.WallNow(), keys);
    return refusal ? refusal->message : "";
  }
};

TEST_F(AwsClientTest, SignsWithTheTokenAndKeepsTheConnection) {
  always = {200, "ok"};
  EXPECT_EQ(Send(Call()), "200 ok");
  EXPECT_EQ(Send(Call("another")), "200 ok");
  ASSERT_EQ(asked.size(), 2u);
  EXPECT_EQ(asked[0].line, "POST /p/@connections/a%3D");
  EXPECT_EQ(asked[0].fields["X-Amz-Security-Token"], "token");
  EXPECT_EQ(asked[0].fields["Host"], "service");
  EXPECT_EQ(Verdict(asked[0], "secret"), "");
  EXPECT_EQ(Verdict(asked[1], "secret"), "");
  EXPECT_NE(Verdict(asked[1], "another"), "");
  EXPECT_EQ(resolver.asked.size(), 1u) << "a second connection";
}

TEST_F(AwsClientTest, AsksAgainForWhatMayPass) {
  replies = {{500, "a"}, {429, "b"}, {503, "c"}};
  always = {200, "ok"};
  EXPECT_EQ(Send(Call()), "200 ok");
  EXPECT_EQ(asked.size(), 4u);
  for (const Asked& one : asked) EXPECT_EQ(Verdict(one, "secret"), "");
}

TEST_F(AwsClientTest, GivesUpAfterSomeAttempts) {
  always = {500, "down"};
  EXPECT_EQ(Send(Call()), "500 down");
  EXPECT_EQ(asked.size(), static_cast<std::size_t>(kAttemptsMax));
}

TEST_F(AwsClientTest, DoesNotAskAgainForARefusal) {
  always = {410, ""};
  EXPECT_EQ(Send(Call()), "410 ");
  EXPECT_EQ(asked.size(), 1u);
}

TEST_F(AwsClientTest, AConnectionThatBreaksIsMadeAnew) {
  handler.on_request = [this, count = 0](const net::HttpRequest& request) mutable {
    if (++count == 1) return sockets.Abort(request.socket.slot);
    Give(request.socket, {200, "ok"});
  };
  EXPECT_EQ(Send(Call()), "200 ok");
}

TEST_F(AwsClientTest, AnAttemptThatIsNotAnsweredEndsInItsTime) {
  is_silent = true;
  AwsCall call = Call();
  call.seconds = 1;
  auto begun = clock.Now();
  EXPECT_EQ(Send(std::move(call)), "service did not answer within 1 s");
  EXPECT_EQ(asked.size(), static_cast<std::size_t>(kAttemptsMax));
  EXPECT_LT(clock.Now() - begun, std::chrono::seconds(kAttemptsMax + 1));
}

TEST_F(AwsClientTest, NothingOutlastsTheInvocation) {
  is_silent = true;
  client->SetDeadline(loop.WallNow() + base::Millis(1500));
  auto begun = clock.Now();
  AwsCall call = Call();
  call.seconds = 1;
  Send(std::move(call));
  EXPECT_LE(clock.Now() - begun, std::chrono::milliseconds(1600));
  std::size_t before = asked.size();
  Advance(1);
  EXPECT_EQ(Send(Call()), "the invocation's time is over");
  EXPECT_EQ(asked.size(), before);
}

TEST_F(AwsClientTest, ACallWithoutALimitMayTakeAsLongAsTheInvocation) {
  is_silent = true;
  client->SetDeadline(loop.WallNow() + base::Millis(100'000));
  AwsCall call = Call();
  call.seconds = 0;
  EXPECT_EQ(Send(std::move(call), 99), "nothing");
  ASSERT_EQ(asked.size(), 1u);
}

TEST(AwsClientKeyTest, WithoutAKeyNothingIsSent) {
  ServiceWorld world(auth::KeyPair{});
  AwsCall call;
  call.endpoint = ServiceWorld::Service();
  auto reply = world.Finish(world.client->Call(std::move(call)));
  ASSERT_TRUE(reply && !*reply);
  EXPECT_EQ(reply->error().code, ErrorCode::kForbidden);
  EXPECT_TRUE(world.asked.empty());
}

}  // namespace
}  // namespace gatehouse::lambda
