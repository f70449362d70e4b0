// The chat over a simulated network: what point 7 of its issue says, frame by frame.
#include <gtest/gtest.h>

#include "tests/sim/world.h"

namespace gatehouse::sim {
namespace {

using Messages = std::vector<std::string>;

TEST(Chat, BroadcastReachesEverybodyTheSenderIncluded) {
  World world;
  Client ann(world, "username=ann"), bob(world, "username=bob"), nobody(world, "");
  ASSERT_EQ(ann.status(), 101);
  ann.Send(R"({"action":"sendMessage","message":"h\u0069 \ud83d\udce8"})");
  Messages expected = {
      R"({"type":"message","payload":{"user":"ann","message":"h\u0069 \ud83d\udce8"}})"};
  EXPECT_EQ(ann.TakeMessages(), expected);
  EXPECT_EQ(bob.TakeMessages(), expected);
  EXPECT_EQ(nobody.TakeMessages(), expected);
}

TEST(Chat, TheUserIsThatOfTheUrlElseOfTheMessageElseAnonymous) {
  World world;
  Client ann(world, "username=%41nn%20B&username=ann+c"), nobody(world, "username=");
  ann.Send(R"({"action":"sendMessage","message":"1","user":"eve"})");
  nobody.Send(R"({"action":"sendmessage","message":"2","user":"eve"})");
  nobody.Send(R"({"action":"sendMessage","message":"3"})");
  Messages expected = {R"({"type":"message","payload":{"user":"ann c","message":"1"}})",
                       R"({"type":"message","payload":{"user":"eve","message":"2"}})",
                       R"({"type":"message","payload":{"user":"anonymous","message":"3"}})"};
  EXPECT_EQ(ann.TakeMessages(), expected);
}

TEST(Chat, GetConnectionIdAnswersTheSenderAlone) {
  World world;
  Client ann(world, ""), bob(world, "");
  ann.Send(R"({"action":"getConnectionId"})");
  Messages got = ann.TakeMessages();
  ASSERT_EQ(got.size(), 1u);
  EXPECT_TRUE(got[0].starts_with(R"({"connectionId":")")) << got[0];
  EXPECT_EQ(got[0].size(), std::string(R"({"connectionId":"1234567890123456"})").size());
  EXPECT_TRUE(bob.TakeMessages().empty());
}

TEST(Chat, DirectMessagesPassValuesUntouched) {
  World world;
  Client ann(world, "username=ann"), bob(world, "username=bob");
  std::string ann_id = ann.Id(), bob_id = bob.Id();
  const std::string values[] = {"1.50",
                                "1e400",
                                "12345678901234567890123456789012345678",
                                R"({"a":1,"a":2 , "b":"\u00e9\/\ud800"})",
                                R"("\u0000\"x")",
                                "[1,\t2]",
                                "null"};
  for (const std::string& value : values) {
    bob.Send(R"({"action":"sendDirect","connectionId":")" + ann_id +
             R"(","operationType":"sig\u006eing","message": )" + value + " }");
    Messages expected = {R"({"operationType":"sig\u006eing","from":")" + bob_id +
                         R"(","user":"bob","message":)" + value + "}"};
    EXPECT_EQ(ann.TakeMessages(), expected);
    EXPECT_TRUE(bob.TakeMessages().empty());
  }
}

TEST(Chat, DirectFailuresTellTheSender) {
  World world;
  Client bob(world, "");
  struct Case {
    std::string fields, answer;
  };
  const Case cases[] = {
      {R"("connectionId":"AAAAAAAAAAAAAAA=","operationType":"x","message":1)",
       R"({"error":"no such connection","action":"sendDirect","connectionId":"AAAAAAAAAAAAAAA="})"},
      {R"("connectionId":"no\"pe","operationType":"x","message":1)",
       R"({"error":"no such connection","action":"sendDirect","connectionId":"no\"pe"})"},
      {R"("operationType":"x","message":1)",
       R"({"error":"connectionId must be a string","action":"sendDirect"})"},
      {R"("connectionId":7,"operationType":"x","message":1)",
       R"({"error":"connectionId must be a string","action":"sendDirect"})"},
      {R"("connectionId":"a","message":1)",
       R"({"error":"operationType must be a string","action":"sendDirect","connectionId":"a"})"},
      {R"("connectionId":"a","operationType":"x")",
       R"({"error":"message is missing","action":"sendDirect","connectionId":"a"})"},
  };
  for (const Case& c : cases) {
    bob.Send(R"({"action":"sendDirect",)" + c.fields + "}");
    EXPECT_EQ(bob.TakeMessages(), Messages{c.answer}) << c.fields;
  }
}

TEST(Chat, BroadcastFailuresTellTheSender) {
  World world;
  Client bob(world, "");
  bob.Send(R"({"action":"sendMessage"})");
  EXPECT_EQ(bob.TakeMessages(),
            Messages{R"({"error":"message is missing","action":"sendMessage"})"});
  bob.Send(R"({"action":"sendmessage","message":{"a":1}})");
  EXPECT_EQ(bob.TakeMessages(),
            Messages{R"({"error":"message must be a string","action":"sendmessage"})"});
  bob.Send(R"({"action":"sendMessage",message:"lenient"})");  // routed, but no JSON for the handler
  EXPECT_EQ(bob.TakeMessages(),
            Messages{R"({"error":"the message is no JSON object","action":"sendMessage"})"});
}

TEST(Chat, ABroadcastThatOutgrowsAMessageTellsTheSender) {
  World world;
  Client bob(world, "");
  std::string start = R"({"action":"sendMessage","message":")";
  std::string message = start + std::string(131'072 - start.size() - 2, 'x') + "\"}";
  bob.SendFrame(wire::Opcode::kText, message.substr(0, 30'000), false);
  for (std::size_t at = 30'000; at < message.size(); at += 30'000) {
    bob.SendFrame(wire::Opcode::kContinuation, message.substr(at, 30'000),
                  at + 30'000 >= message.size());
  }
  EXPECT_EQ(bob.TakeMessages(),
            Messages{R"({"error":"the message has 131097 bytes; 131072 are allowed",)"
                     R"("action":"sendMessage"})"});
}

TEST(Chat, WhatRoutesNowhereIsForbidden) {
  World world;
  Client bob(world, "");
  std::string id = bob.Id();
  for (const char* message : {R"({"action":"snd"})", "hello", "", "[1]", R"({"action":"$connect"})",
                              R"({"action":"SendMessage"})"}) {
    bob.Send(message);
    Messages got = bob.TakeMessages();
    ASSERT_EQ(got.size(), 1u) << message;
    std::string start = R"({"message": "Forbidden", "connectionId":")" + id + R"(", "requestId":")";
    EXPECT_TRUE(got[0].starts_with(start)) << got[0];
    EXPECT_EQ(got[0].size(), start.size() + 18);
  }
  EXPECT_NE(world.log().find("no route for action \"snd\" (routes: sendMessage, sendmessage, "
                             "sendDirect, getConnectionId); AWS answers Forbidden"),
            std::string::npos);
}

TEST(Chat, RowsComeAndGoWithConnections) {
  World world;
  {
    Client ann(world, "username=ann"), bob(world, "");
    std::string ann_id = ann.Id();
    EXPECT_EQ(world.Rows().size(), 2u);
    Item row = *world.Row(ann_id);
    EXPECT_EQ(*StringAttribute(row, "user"), "ann");
    ASSERT_TRUE(row.find("connectedAt")->second.get_if<Number>());
    bob.SendFrame(wire::Opcode::kClose, "");
    world.Settle();
    EXPECT_EQ(world.Rows(), std::vector<std::string>{ann_id});
    ann.CloseSocket();  // vanishes without a close frame
  }
  world.Settle();
  EXPECT_TRUE(world.Rows().empty());
}

TEST(Chat, TheIdComesByItselfIfTheStackIsToldSo) {
  WorldOptions options;
  options.parameters = {{"SendIdOnConnect", "true"}};
  World world(options);
  Client ann(world, "");
  world.Pass(seconds{1});
  Messages got = ann.TakeMessages();
  ASSERT_EQ(got.size(), 1u);
  EXPECT_EQ(got[0], R"({"connectionId":")" + world.Rows().at(0) + R"("})");
}

TEST(Chat, SendMessageInvokedDirectlyBroadcastsAsTheServer) {
  World world;
  Client ann(world, "username=ann");
  std::string endpoint = "https://" + world.PhysicalId("WebSocketApi") +
                         ".execute-api.us-east-1.amazonaws.com/production";
  Result<InvokeResult> answer = world.Invoke(
      "SendMessageHandler",
      R"({"action": "sendmessage", "message": "Hello from CLI!", "apigw_endpoint": ")" + endpoint +
          R"("})");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->payload, R"({"statusCode":200,"body":"{\"status\": \"Message sent\"}"})");
  Messages expected = {
      R"({"type":"message","payload":{"user":"server","message":"Hello from CLI!"}})"};
  EXPECT_EQ(ann.TakeMessages(), expected);

  answer = world.Invoke("SendMessageHandler", R"({"message":"own endpoint"})");
  EXPECT_EQ(ann.TakeMessages().size(), 1u);
  const char* wrong[] = {R"({"message":"x","apigw_endpoint":"https://example.com/production"})",
                         R"({"message":"x","apigw_endpoint":"http://localhost:1/nostage"})",
                         R"({"message":"x","apigw_endpoint":7})", R"({"message":1})", "{}"};
  for (const char* payload : wrong) {
    answer = world.Invoke("SendMessageHandler", payload);
    ASSERT_TRUE(answer);
    EXPECT_TRUE(answer->payload.starts_with(R"({"statusCode":400,"body":"{\"error\": )"))
        << answer->payload;
  }
  EXPECT_TRUE(ann.TakeMessages().empty());
}

TEST(Chat, AClientCannotChooseTheEndpoint) {
  World world;
  Client ann(world, "username=ann");
  ann.Send(R"({"action":"sendMessage","message":"x","apigw_endpoint":"https://example.com/p"})");
  EXPECT_EQ(ann.TakeMessages().size(), 1u);  // posted to the stage it came from
}

TEST(Chat, TheSameWhateverWayBytesAreCut) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    WorldOptions options;
    options.cut_seed = seed;
    World world(options);
    Client ann(world, "username=ann"), bob(world, "username=bob");
    std::string long_text(3000, 'x');
    for (int i = 0; i < 5; ++i) {
      ann.SendFrame(wire::Opcode::kText, R"({"action":"sendMessage","message":")" + long_text +
                                             std::to_string(i) + R"("})");
    }
    world.Pass(seconds{1});
    Messages got = bob.TakeMessages();
    ASSERT_EQ(got.size(), 5u) << "seed " << seed;
    for (std::size_t i = 0; i < 5; ++i) {
      EXPECT_EQ(got[i], R"({"type":"message","payload":{"user":"ann","message":")" + long_text +
                            std::to_string(i) + R"("}})")
          << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace gatehouse::sim
