// The calls of $util that mapping templates may make: text to text. Pure; any thread.
// Source: docs/aws/websocket-api.md §6.2.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gatehouse::api {

enum class TemplateUtility {
  kEscapeJavaScript,  // as Java's commons-lang, which API Gateway's is made of
  kUrlEncode,         // as Java's URLEncoder: a blank becomes "+"
  kUrlDecode,
  kBase64Encode,
  kBase64Decode,  // nothing for what is no base64
};

// By the name behind "$util."; nothing for one that is not served.
std::optional<TemplateUtility> FindTemplateUtility(std::string_view name);

// text is UTF-8, and so is what comes of it.
std::string ApplyTemplateUtility(TemplateUtility utility, const std::string& text);

}  // namespace gatehouse::api
