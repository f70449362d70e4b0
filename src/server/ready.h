// What gatehouse says when it is ready: the ready file for scripts, the box for people. Pure text.
#pragma once

#include <cstdint>
#include <string>

#include "server/app_definition.h"

namespace gatehouse::server {

struct ReadyFacts {
  int pid = 0;
  std::uint16_t port = 0;
  std::string region;
  std::string account_id;
  std::string data;
  double seconds = 0;  // since the process started
};

// The stage's URLs: "ws://localhost:4566/production" and "http://localhost:4566/production".
std::string WebSocketUrl(const AppDefinition& app, std::uint16_t port);
std::string ManagementUrl(const AppDefinition& app, std::uint16_t port);

// One JSON object as design §2 has it, with a newline.
std::string ReadyJson(const AppDefinition& app, const ReadyFacts& facts);

// The routes with their handlers, the URLs, and lines to paste.
std::string ReadyBox(const AppDefinition& app, const ReadyFacts& facts);

}  // namespace gatehouse::server
