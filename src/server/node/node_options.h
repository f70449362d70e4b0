// What a node is told of itself. Plain values.
#pragma once

#include <string>
#include <vector>

#include "api/stage/quotas.h"
#include "auth/signature/key_pair.h"
#include "net/http/http_server.h"
#include "net/socket/sockets.h"
#include "server/access/iam.h"
#include "server/edge/front_door.h"

namespace gatehouse::server {

struct NodeOptions {
  std::string region = "us-east-1";
  std::string account_id = "000000000000";
  auth::KeyPair owner;  // empty: the owner has no key of their own
  std::vector<std::string> cors_origins;
  std::vector<std::string> origins;  // whose pages may open WebSockets; empty: any
  api::Quotas quotas;
  std::size_t function_processes = 10;  // of one function
  net::HttpServerOptions http;
  net::SocketOptions sockets;
  FrontDoorOptions front_door;
  std::string source_directory;  // of local code in templates that come over the wire
  bool strict_deployments = false;
  bool strict_types = false;
  IamMode iam = IamMode::kEnforce;
  bool journal = false;  // connections are written down, so that a next start finds them
};

}  // namespace gatehouse::server
