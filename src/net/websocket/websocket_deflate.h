// What WebSockets keeps for permessage-deflate. For the files of WebSockets only.
#pragma once

#include "net/websocket/websocket.h"
#include "wire/deflate.h"

namespace gatehouse::net {

struct WebSockets::Compression {
  explicit Compression(std::size_t message_bytes_max)
      : inflater(message_bytes_max, Sockets::kReceivePadding) {}

  wire::Inflater inflater;
  wire::Deflater deflater;
  // The frames that were compressed last, and what they became: a broadcast's connections follow
  // each other. The reference keeps the block, so its address means this message and no other.
  base::SharedBytes frames;
  base::SharedBytes deflated;
};

}  // namespace gatehouse::net
