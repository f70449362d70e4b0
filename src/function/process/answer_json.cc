#include "function/process/answer_json.h"

#include "gatehouse/json.h"

namespace gatehouse::function {

std::string AnswerJson(const gatehouse::Answer& answer) {
  std::string out = R"({"statusCode":)" + std::to_string(answer.status_code);
  if (!answer.headers.empty()) {
    out += R"(,"headers":{)";
    for (const auto& [name, value] : answer.headers) {
      if (out.back() != '{') out += ',';
      json::AppendQuoted(out, name);
      out += ':';
      json::AppendQuoted(out, value);
    }
    out += '}';
  }
  if (answer.body) {
    out += R"(,"body":)";
    json::AppendQuoted(out, *answer.body);
  }
  return out + "}";
}

}  // namespace gatehouse::function
