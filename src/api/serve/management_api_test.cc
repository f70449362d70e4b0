#include "api/serve/management_api.h"

#include <gtest/gtest.h>

#include "api/serve/test_gateway.h"

namespace gatehouse::api {
namespace {

using Lines = std::vector<std::string>;

struct HttpAnswer {
  std::string status;  // "200 OK"
  std::string head;
  std::string body;
  std::string Field(std::string_view name) const {
    std::size_t at = head.find("\r\n" + std::string(name) + ": ");
    if (at == std::string::npos) return "(none)";
    at += name.size() + 4;
    return head.substr(at, head.find("\r\n", at) - at);
  }
};

class ManagementApiTest : public testing::Test {
 protected:
  HttpAnswer Ask(std::string_view method, std::string_view path, std::string_view body = {}) {
    net::Peer peer = world_.Dial();
    std::string request(method);
    request.append(" ").append(path).append(" HTTP/1.1\r\nHost: x\r\n");
    if (method == "POST") request += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    std::string bytes = peer.Ask(request.append("\r\n").append(body));
    std::size_t end = bytes.find("\r\n\r\n") + 2;
    return {bytes.substr(9, bytes.find("\r\n") - 9), bytes.substr(0, end), bytes.substr(end + 2)};
  }
  std::string Path(const std::string& id) { return "/prod/@connections/" + id; }
  Lines Received() { return net::FrameLines(client_.Take()); }

  GatewayWorld world_;
  net::Peer client_ = world_.Open();
  const std::string id_ = world_.ids[0];
};

TEST_F(ManagementApiTest, PostIs200WithAnEmptyBody) {
  HttpAnswer answer = Ask("POST", Path(id_), "hello");
  EXPECT_EQ(answer.status, "200 OK");
  EXPECT_EQ(answer.body, "");
  EXPECT_EQ(answer.Field("Content-Length"), "0");
  EXPECT_EQ(answer.Field("x-amzn-ErrorType"), "(none)");
  std::string request_id = answer.Field("x-amzn-RequestId");
  ASSERT_EQ(request_id.size(), 36u) << request_id;
  EXPECT_EQ(request_id[14], '4');
  EXPECT_NE(request_id, Ask("POST", Path(id_), "again").Field("x-amzn-RequestId"));
  EXPECT_EQ(Received(), (Lines{"text hello", "text again"}));
}

TEST_F(ManagementApiTest, TheIdMayBeEncodedAndSoMayTheAt) {
  std::string encoded = id_.substr(0, 15) + "%3D";
  EXPECT_EQ(Ask("POST", Path(encoded), "1").status, "200 OK");
  EXPECT_EQ(Ask("POST", Path(id_.substr(0, 15) + "%3d"), "2").status, "200 OK");
  EXPECT_EQ(Ask("POST", "/prod/%40connections/" + encoded, "3").status, "200 OK");
  EXPECT_EQ(Ask("POST", "/abcde12345/prod/@connections/" + encoded, "4").status, "200 OK");
  EXPECT_EQ(Received(), (Lines{"text 1", "text 2", "text 3", "text 4"}));
}

TEST_F(ManagementApiTest, GetTellsTheConnection) {
  world_.Advance(5);
  client_.Ask(net::ClientText(R"({"action":"say"})"));
  HttpAnswer answer = Ask("GET", Path(id_));
  EXPECT_EQ(answer.status, "200 OK");
  EXPECT_EQ(answer.Field("Content-Type"), "application/json");
  EXPECT_EQ(answer.body,
            R"({"connectedAt":"2026-01-01T10:10:10.000Z","identity":{"sourceIp":"127.0.0.1",)"
            R"("userAgent":null},"lastActiveAt":"2026-01-01T10:10:15.000Z"})");
  net::Peer other = world_.Dial();
  other.Ask(GatewayWorld::Handshake("/prod", "User-Agent: a\"b\r\n"));
  answer = Ask("GET", Path(world_.invoker.calls.back().connection_id));
  EXPECT_NE(answer.body.find(R"("userAgent":"a\"b"})"), std::string::npos) << answer.body;
}

TEST_F(ManagementApiTest, DeleteIs204Then410) {
  HttpAnswer answer = Ask("DELETE", Path(id_));
  EXPECT_EQ(answer.status, "204 No Content");
  EXPECT_EQ(answer.body, "");
  EXPECT_EQ(Received(), Lines{"close 1000 Connection Closed Normally"});
  EXPECT_EQ(world_.invoker.Lines().back(), "disconnect 1000 Connection Closed Normally");
  for (const char* method : {"DELETE", "GET", "POST"}) {
    answer = Ask(method, Path(id_));
    EXPECT_EQ(answer.status, "410 Gone");
    EXPECT_EQ(answer.Field("x-amzn-ErrorType"), "GoneException");
    EXPECT_EQ(answer.body, "");
  }
}

TEST_F(ManagementApiTest, AWellFormedIdThatNeverWasIs410) {
  EXPECT_EQ(Ask("POST", Path("AAAAAAAAAAAAAAA="), "x").status, "410 Gone");
}

TEST_F(ManagementApiTest, AMalformedIdIs400) {
  struct Case {
    std::string_view path;
    std::string_view body;
  };
  for (const Case& c : {Case{"abc", R"({"message":"Invalid connectionId: abc"})"},
                        Case{"a%22b", R"({"message":"Invalid connectionId: a\"b"})"},
                        Case{"a%2Fb", R"({"message":"Invalid connectionId: a/b"})"},
                        Case{"%FF", R"({"message":"Invalid connectionId: \\xff"})"},
                        Case{"%0A", R"({"message":"Invalid connectionId: \n"})"}}) {
    HttpAnswer answer = Ask("POST", Path(std::string(c.path)), "x");
    EXPECT_EQ(answer.status, "400 Bad Request");
    EXPECT_EQ(answer.Field("x-amzn-ErrorType"), "BadRequestException");
    EXPECT_EQ(answer.body, c.body);
  }
}

TEST_F(ManagementApiTest, PayloadsOverTheLimitAre413) {
  EXPECT_EQ(Ask("POST", Path(id_), std::string(128 * 1024, 'x')).status, "200 OK");
  HttpAnswer answer = Ask("POST", Path(id_), std::string(128 * 1024 + 1, 'x'));
  EXPECT_EQ(answer.status, "413 Content Too Large");
  EXPECT_EQ(answer.Field("x-amzn-ErrorType"), "PayloadTooLargeException");
  EXPECT_EQ(answer.body, R"({"message":"the message is larger than 131072 bytes"})");
  EXPECT_EQ(net::ServerFrames(client_.Take()).size(), 4u);
}

TEST_F(ManagementApiTest, WhatIsNoTextInAPayloadReachesTheClientAsU_FFFD) {
  client_.Take();
  EXPECT_EQ(Ask("POST", Path(id_), "a\xff\xfe b\xe2\x82").status, "200 OK");
  EXPECT_EQ(net::FrameLines(client_.Take()), Lines{"text a\xef\xbf\xbd\xef\xbf\xbd b\xef\xbf\xbd"});
}

TEST_F(ManagementApiTest, AClientThatReadsTooSlowlyIs429) {
  world_.network.SetWindow(client_.socket(), 0);
  std::string body(120'000, 'x');
  for (int i = 0; i < 8; ++i) EXPECT_EQ(Ask("POST", Path(id_), body).status, "200 OK");
  HttpAnswer answer = Ask("POST", Path(id_), body);
  EXPECT_EQ(answer.status, "429 Too Many Requests");
  EXPECT_EQ(answer.Field("x-amzn-ErrorType"), "LimitExceededException");
  EXPECT_EQ(answer.body, "");
}

TEST_F(ManagementApiTest, WhatLeadsNowhereIs403) {
  struct Case {
    std::string_view method;
    std::string path;
  };
  for (const Case& c :
       {Case{"POST", "/none/@connections/" + id_}, Case{"POST", "/@connections/" + id_},
        Case{"GET", "/prod/@connections"}, Case{"POST", "/prod/@connections/"},
        Case{"POST", Path(id_) + "/x"}, Case{"PUT", Path(id_)}, Case{"HEAD", Path(id_)}}) {
    HttpAnswer answer = Ask(c.method, c.path);
    EXPECT_EQ(answer.status, "403 Forbidden") << c.path;
    EXPECT_EQ(answer.Field("x-amzn-ErrorType"), "ForbiddenException");
    EXPECT_EQ(answer.body, c.method == "HEAD" ? "" : R"({"message":"Forbidden"})");
  }
  EXPECT_EQ(Received(), Lines{});
}

TEST_F(ManagementApiTest, APostToNoOneIsABroadcast) {
  net::Peer second = world_.Open(), third = world_.Open();
  HttpAnswer answer = Ask("POST", "/prod/@connections", "hello");
  EXPECT_EQ(answer.status, "200 OK");
  EXPECT_EQ(answer.Field("Content-Type"), "application/json");
  EXPECT_EQ(answer.body, R"({"posted":3,"failed":0})");
  std::string exclude = "?exclude=" + id_.substr(0, 15) + "%3D&exclude=" + world_.ids[1];
  EXPECT_EQ(Ask("POST", "/prod/%40connections" + exclude, "some").body,
            R"({"posted":1,"failed":0})");
  EXPECT_EQ(Received(), Lines{"text hello"});
  EXPECT_EQ(net::FrameLines(second.Take()), Lines{"text hello"});
  EXPECT_EQ(net::FrameLines(third.Take()), (Lines{"text hello", "text some"}));
  // Who has gone need not be left out; other parameters mean nothing.
  EXPECT_EQ(Ask("POST", "/prod/@connections?exclude=AAAAAAAAAAAAAAA%3D&x=y", "").body,
            R"({"posted":3,"failed":0})");
}

TEST_F(ManagementApiTest, ABroadcastIsRefusedAsAPostIs) {
  EXPECT_EQ(Ask("POST", "/prod/@connections", std::string(128 * 1024 + 1, 'x')).status,
            "413 Content Too Large");
  EXPECT_EQ(Ask("POST", "/prod/@connections", "\xff").body, R"({"posted":1,"failed":0})");
  EXPECT_EQ(net::FrameLines(client_.Take()), Lines{"text \xef\xbf\xbd"});
  HttpAnswer answer = Ask("POST", "/prod/@connections?exclude=" + id_ + "&exclude=abc", "x");
  EXPECT_EQ(answer.status, "400 Bad Request");
  EXPECT_EQ(answer.Field("x-amzn-ErrorType"), "BadRequestException");
  EXPECT_EQ(answer.body, R"({"message":"Invalid connectionId: abc"})");
  EXPECT_EQ(Ask("POST", "/none/@connections", "x").status, "403 Forbidden");
  EXPECT_EQ(Received(), Lines{});
}

TEST_F(ManagementApiTest, ABroadcastCountsThoseWhoReadTooSlowly) {
  [[maybe_unused]] net::Peer second = world_.Open();
  world_.network.SetWindow(client_.socket(), 0);
  std::string body(120'000, 'x');
  for (int i = 0; i < 8; ++i) {
    EXPECT_EQ(Ask("POST", "/prod/@connections", body).body, R"({"posted":2,"failed":0})");
  }
  EXPECT_EQ(Ask("POST", "/prod/@connections", body).body, R"({"posted":1,"failed":1})");
}

TEST_F(ManagementApiTest, DeleteMayChooseCodeAndReason) {
  EXPECT_EQ(Ask("DELETE", Path(id_) + "?code=4001&reason=come%20back+later").status,
            "204 No Content");
  EXPECT_EQ(Received(), Lines{"close 4001 come back later"});
  EXPECT_EQ(world_.invoker.Lines().back(), "disconnect 4001 come back later");
  net::Peer second = world_.Open();
  HttpAnswer answer = Ask("DELETE", Path(world_.ids.back()) + "?code=1006");
  EXPECT_EQ(answer.status, "400 Bad Request");
  EXPECT_EQ(answer.Field("x-amzn-ErrorType"), "BadRequestException");
  EXPECT_EQ(answer.body,
            R"({"message":"code must be 1000 to 1003, 1007 to 1014 or 3000 to 4999"})");
  EXPECT_EQ(second.Take(), "") << "closed although the request was refused";
}

TEST_F(ManagementApiTest, OwnsItsPathsOnly) {
  for (const char* rest : {"/@connections", "/@connections/", "/@connections/x", "/%40connections",
                           "/%40connections/x/y"}) {
    EXPECT_TRUE(ManagementApi::Owns(rest)) << rest;
  }
  for (const char* rest :
       {"", "/", "/@connection", "/@connectionsx", "/x/@connections", "@connections"}) {
    EXPECT_FALSE(ManagementApi::Owns(rest)) << rest;
  }
}

}  // namespace
}  // namespace gatehouse::api
