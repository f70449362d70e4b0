// Mapping templates as API Gateway writes them: Velocity's references, #set, #if, #foreach, #break,
// #stop, lists, maps, ranges, arithmetic, and methods of values by fixed tables. Immutable once
// compiled; any thread. Source: docs/aws/websocket-api.md §6.2.
//
//   $context.NAME   $stageVariables.NAME
//   $input.body   $input.json('$.path')   $input.path('$.path')   $input.params('NAME')   .params()
//   $util.escapeJavaScript(…), parseJson, urlEncode, urlDecode, base64Encode, base64Decode
//
// Refused by name and line: #macro, #parse, #include, #define, #evaluate, and what $input and $util
// have not got. A name that was never set is printed as it was written, as Velocity does.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "api/language/request_view.h"
#include "gatehouse/result.h"

namespace gatehouse::api {

struct TemplateProgram;

class MappingTemplate {
 public:
  static constexpr std::size_t kBytesMax = 300 * 1024;        // AWS: mapping template 300 KB
  static constexpr std::size_t kOutputBytesMax = 128 * 1024;  // no message is longer
  static constexpr std::size_t kIterationsMax = 1000;         // AWS: iterations of a #foreach

  // Errors: kUnsupported (a directive or call that is not served), kInvalidArgument (too long,
  // malformed); the sentence begins with the line, "line 3: #macro is not served".
  static Result<MappingTemplate> Compile(std::string_view text);

  // input: what $input stands for, the message or what the integration answered.
  // Errors: kPayloadTooLarge (output, or all that is computed on the way), kInvalidArgument (what
  // Java would throw, an index out of bounds; a loop that is too long), with the line.
  Result<std::string> Render(const RequestView& view, std::string_view input) const;

 private:
  std::shared_ptr<const TemplateProgram> program_;
};

}  // namespace gatehouse::api
