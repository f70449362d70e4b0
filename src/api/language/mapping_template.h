// Mapping templates as API Gateway writes them, in the extent of VTL that is served: text and
// references, no directives. Immutable once compiled; any thread.
// Source: docs/aws/websocket-api.md §6.2.
//
//   $context.NAME   $stageVariables.NAME   $stageVariables['NAME']   $stageVariables.get('NAME')
//   $input.body   $input.json('$.path')   $input.path('$.path').member   $input.params('NAME')
//   $util.escapeJavaScript(…), urlEncode, urlDecode, base64Encode, base64Decode of one of these or
//   of a quoted text
// each also as ${…}, $!…, $!{…}; \$ before one makes it text. "## …" and "#* … *#" are comments.
// Any other $ is text, as in Velocity for a name that was never set. #set, #if, #foreach and the
// other directives, and methods of values, are refused by name and line.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/language/json_path.h"
#include "api/language/request_view.h"
#include "api/language/template_utility.h"
#include "gatehouse/result.h"

namespace gatehouse::api {

class MappingTemplate {
 public:
  static constexpr std::size_t kBytesMax = 300 * 1024;        // AWS: mapping template 300 KB
  static constexpr std::size_t kOutputBytesMax = 128 * 1024;  // no message is longer
  static constexpr std::size_t kReferencesMax = 1000;         // ours: bounds one rendering's time

  // Errors: kUnsupported (a directive or call that is not served), kInvalidArgument (too long,
  // malformed); the sentence begins with the line, "line 3: #if is not served …".
  static Result<MappingTemplate> Compile(std::string_view text);

  // input: what $input stands for, the message or what the integration answered.
  // Errors: kPayloadTooLarge.
  Result<std::string> Render(const RequestView& view, std::string_view input) const;

 private:
  enum class Source { kText, kContext, kStageVariable, kBody, kJson, kPath, kParameter };
  struct Part {
    Source source = Source::kText;
    std::string text;  // kText: itself; kContext, kStageVariable, kParameter: the name
    JsonPath path;     // kJson, kPath
    std::vector<TemplateUtility> utilities = {};  // applied in this order
  };
  class Compiler;
  class Input;

  std::vector<Part> parts_;
};

}  // namespace gatehouse::api
