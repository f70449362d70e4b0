#include "api/serve/error_frame.h"

#include "gatehouse/json.h"

namespace gatehouse::api {

std::string ErrorFrame(std::string_view message, std::string_view connection_id,
                       std::string_view request_id) {
  std::string frame = R"({"message": )";
  json::AppendQuoted(frame, message);
  frame.append(R"(, "connectionId":")").append(connection_id);
  frame.append(R"(", "requestId":")").append(request_id).append(R"("})");
  return frame;
}

}  // namespace gatehouse::api
