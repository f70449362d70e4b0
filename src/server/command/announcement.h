// What gatehouse says when it is ready: the ready file for scripts, the box for people. Pure text.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace gatehouse::server {

struct StageFacts {
  std::string name;
  std::string websocket_url;   // "ws://localhost:4566/production"
  std::string management_url;  // "http://localhost:4566/production"
};

struct RouteFacts {
  std::string key;
  std::string target;  // "chat/sendMessage", "python3.12 index.handler", "MOCK", "none"
};

struct ApiFacts {
  std::string api_id;
  std::string name;
  std::vector<StageFacts> stages;
  std::vector<RouteFacts> routes;
};

struct StackFacts {
  std::string name;
  std::string status;  // "CREATE_COMPLETE"
  std::map<std::string, std::string> outputs;
  std::vector<ApiFacts> apis;
  std::map<std::string, std::string> functions;  // logical id → physical name
  std::map<std::string, std::string> tables;     // likewise
};

struct ReadyFacts {
  int pid = 0;
  std::uint16_t port = 0;
  std::string region;
  std::string account_id;
  std::string data;               // the data directory, absolute and without links, or ":memory:"
  std::string started_in;         // the folder in which it was started
  std::string served;             // "the built-in chat", "template.yaml"
  std::vector<std::string> kept;  // stacks that the data directory had, and no template named
  std::string command = "gatehouse";  // that starts this binary from any shell
  double seconds = 0;                 // since the process started
  std::vector<StackFacts> stacks;
};

// One JSON object as design §2 has it, with a newline.
std::string ReadyJson(const ReadyFacts& facts);

// The routes with their handlers, the URLs, and lines to paste.
std::string ReadyBox(const ReadyFacts& facts);

}  // namespace gatehouse::server
