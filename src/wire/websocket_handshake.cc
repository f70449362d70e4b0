#include "wire/websocket_handshake.h"

#include <array>

#include <openssl/sha.h>

#include "base/encoding.h"
#include "wire/ascii.h"

namespace gatehouse::wire {
namespace {

constexpr std::string_view kGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";  // RFC 6455 §1.3
constexpr std::size_t kKeyBytes = 16;

UpgradeCheck RefuseHandshake(int status, std::string_view reason) {
  return {.ok = false, .status = status, .reason = reason, .key = {}};
}

}  // namespace

std::string AcceptKey(std::string_view key) {
  const std::string text = std::string(key).append(kGuid);
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest;
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return base::EncodeBase64({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

bool IsWebSocketUpgrade(const HttpHead& head) {
  return head.method == "GET" && head.upgrade && head.HasToken("Upgrade", "websocket");
}

UpgradeCheck CheckUpgrade(const HttpHead& head) {
  if (head.version != 11) return RefuseHandshake(400, "WebSocket needs HTTP/1.1");
  // What follows the head are frames; a body would be read as such.
  if (head.chunked || head.content_length.value_or(0) > 0)
    return RefuseHandshake(400, "upgrade with a body");
  if (head.Count("Sec-WebSocket-Version") != 1)
    return RefuseHandshake(400, "not one Sec-WebSocket-Version");
  if (*head.Find("Sec-WebSocket-Version") != "13")
    return RefuseHandshake(426, "WebSocket version not 13");
  if (head.Count("Sec-WebSocket-Key") != 1)
    return RefuseHandshake(400, "not one Sec-WebSocket-Key");
  const std::string_view key = *head.Find("Sec-WebSocket-Key");
  const auto bytes = base::DecodeBase64(key);
  if (!bytes || bytes->size() != kKeyBytes)
    return RefuseHandshake(400, "malformed Sec-WebSocket-Key");
  return {.ok = true, .status = 0, .reason = {}, .key = key};
}

std::optional<std::string> CheckUpgradeResponse(const HttpHead& head, std::string_view key) {
  if (head.status != 101) {
    return "answer " + std::to_string(head.status) + " " + std::string(head.reason);
  }
  if (!head.upgrade) return "101 without Connection: upgrade";
  if (!head.HasToken("Upgrade", "websocket")) return "101 without Upgrade: websocket";
  if (head.Count("Sec-WebSocket-Accept") != 1) return "101 without one Sec-WebSocket-Accept";
  if (*head.Find("Sec-WebSocket-Accept") != AcceptKey(key)) {
    return "Sec-WebSocket-Accept belongs to another key";
  }
  if (head.Find("Sec-WebSocket-Extensions")) return "101 with an extension that nobody offered";
  return std::nullopt;
}

}  // namespace gatehouse::wire
