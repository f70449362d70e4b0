#include "wire/websocket_extensions.h"

#include <vector>

#include <gtest/gtest.h>

namespace gatehouse::wire {
namespace {

constexpr std::string_view kPlainAnswer =
    "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

ExtensionChoice Choose(const std::vector<std::string>& values) {
  HttpHead head;
  for (const std::string& value : values) {
    head.fields.push_back({"sec-websocket-EXTENSIONS", value});
  }
  return ChooseExtensions(head);
}

std::string Answer(const std::string& value) {
  const ExtensionChoice choice = Choose({value});
  return choice.malformed ? "malformed" : ExtensionsAnswer(choice);
}

TEST(WebSocketExtensions, NothingOfferedNothingAgreed) {
  EXPECT_FALSE(ChooseExtensions(HttpHead{}).deflate);
  EXPECT_EQ(ExtensionsAnswer({}), "");
  EXPECT_EQ(Answer(""), "");
}

TEST(WebSocketExtensions, WhatClientsOffer) {
  EXPECT_EQ(Answer("permessage-deflate"), kPlainAnswer);
  // Chromium and Firefox, Node's ws, Python's websockets.
  EXPECT_EQ(Answer("permessage-deflate; client_max_window_bits"), kPlainAnswer);
  EXPECT_EQ(Answer("permessage-deflate; client_max_window_bits; server_max_window_bits=15"),
            std::string(kPlainAnswer) + "; server_max_window_bits=15");
  EXPECT_EQ(Answer("permessage-deflate;client_no_context_takeover;server_no_context_takeover"),
            kPlainAnswer);
  // docs/aws/websocket-api.md §1.5: what AWS took amiss.
  EXPECT_EQ(Answer("permessage-deflate; server_max_window_bits=12; client_max_window_bits=12"),
            std::string(kPlainAnswer) + "; server_max_window_bits=12");
}

TEST(WebSocketExtensions, TheFirstOfferThatIsUnderstoodWins) {
  EXPECT_EQ(Answer("permessage-deflate; x=1, permessage-deflate; server_max_window_bits=10, "
                   "permessage-deflate"),
            std::string(kPlainAnswer) + "; server_max_window_bits=10");
  EXPECT_EQ(Answer("x-webkit-deflate-frame, permessage-bzip2; level=\"9\", permessage-deflate"),
            kPlainAnswer);
  const ExtensionChoice choice = Choose({"permessage-deflate; y", "permessage-deflate"});
  EXPECT_EQ(ExtensionsAnswer(choice), kPlainAnswer);
}

TEST(WebSocketExtensions, ValuesMayBeQuotedAndBlanksStandAnywhere) {
  EXPECT_EQ(Answer("permessage-deflate; server_max_window_bits=\"9\""),
            std::string(kPlainAnswer) + "; server_max_window_bits=9");
  EXPECT_EQ(Answer("permessage-deflate;server_max_window_bits=\"\\9\""),
            std::string(kPlainAnswer) + "; server_max_window_bits=9");
  EXPECT_EQ(Answer(" , permessage-deflate \t;  client_max_window_bits = 15 ,, "), kPlainAnswer);
}

TEST(WebSocketExtensions, OffersWithWrongParametersAreDeclined) {
  for (const char* parameters :
       {"x", "server_no_context_takeover=1", "client_no_context_takeover=\"true\"",
        "server_max_window_bits", "server_max_window_bits=7", "server_max_window_bits=16",
        "server_max_window_bits=08", "server_max_window_bits=+9", "server_max_window_bits=1",
        "server_max_window_bits=100", "client_max_window_bits=0", "client_max_window_bits=x",
        "client_max_window_bits=16", "server_no_context_takeover; server_no_context_takeover",
        "client_no_context_takeover; client_no_context_takeover",
        "client_max_window_bits; client_max_window_bits=9",
        "server_max_window_bits=9; server_max_window_bits=9",
        "server_max_window_bits=7; server_max_window_bits=9", "Server_No_Context_Takeover"}) {
    EXPECT_EQ(Answer(std::string("permessage-deflate; ") + parameters), "") << parameters;
  }
}

TEST(WebSocketExtensions, WhatIsNoListFailsTheHandshake) {
  for (const char* value :
       {";", "permessage-deflate;", "permessage-deflate; ;", "permessage-deflate; =1",
        "permessage-deflate; a=", "permessage-deflate; a=\"", "permessage-deflate; a=\"b",
        "permessage-deflate; a=\"\"", "permessage-deflate; a=\"b c\"", "permessage-deflate; a=\"\\",
        "permessage-deflate x", "permessage-deflate; a b", "permessage-deflate=1", "\"x\"",
        "permessage-deflate, (x)", "a/b"}) {
    EXPECT_EQ(Answer(value), "malformed") << value;
  }
  EXPECT_TRUE(Choose({"permessage-deflate", ";"}).malformed);
  EXPECT_FALSE(Choose({"permessage-deflate", ";"}).deflate);
}

TEST(WebSocketExtensions, SmallWindowsMeanThatWeDoNotCompress) {
  EXPECT_TRUE(Choose({"permessage-deflate"}).TakesFullWindow());
  EXPECT_TRUE(Choose({"permessage-deflate; server_max_window_bits=15"}).TakesFullWindow());
  EXPECT_TRUE(Choose({"permessage-deflate; client_max_window_bits=8"}).TakesFullWindow());
  EXPECT_FALSE(Choose({"permessage-deflate; server_max_window_bits=14"}).TakesFullWindow());
  EXPECT_FALSE(Choose({""}).TakesFullWindow());
}

}  // namespace
}  // namespace gatehouse::wire
