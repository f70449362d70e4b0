#include "apps/chat/frames.h"

#include "gatehouse/json.h"

namespace gatehouse::chat {

std::string ConnectionIdFrame(std::string_view connection_id) {
  std::string frame = R"({"connectionId":)";
  json::AppendQuoted(frame, connection_id);
  return frame + "}";
}

std::string MessageFrame(std::string_view user, std::string_view message) {
  std::string frame = R"({"type":"message","payload":{"user":)";
  json::AppendQuoted(frame, user);
  frame.append(R"(,"message":)").append(message).append("}}");
  return frame;
}

std::string DirectFrame(std::string_view operation_type, std::string_view from,
                        std::string_view user, std::string_view message) {
  std::string frame = R"({"operationType":)";
  frame.append(operation_type).append(R"(,"from":)");
  json::AppendQuoted(frame, from);
  frame += R"(,"user":)";
  json::AppendQuoted(frame, user);
  frame.append(R"(,"message":)").append(message).append("}");
  return frame;
}

std::string ErrorFrame(std::string_view error, std::string_view action,
                       std::string_view connection_id) {
  std::string frame = R"({"error":)";
  json::AppendQuoted(frame, error);
  frame += R"(,"action":)";
  json::AppendQuoted(frame, action);
  if (!connection_id.empty()) {
    frame += R"(,"connectionId":)";
    json::AppendQuoted(frame, connection_id);
  }
  return frame + "}";
}

}  // namespace gatehouse::chat
