#include "api/language/mapping_template.h"

#include <fmt/format.h>

#include "api/language/template_run.h"
#include "api/language/template_syntax.h"

namespace gatehouse::api {

struct TemplateProgram {
  TemplateBlock block;
};

Result<MappingTemplate> MappingTemplate::Compile(std::string_view text) {
  if (text.size() > kBytesMax) {
    return Error{
        ErrorCode::kInvalidArgument,
        fmt::format("the mapping template has {} bytes; {} are allowed", text.size(), kBytesMax)};
  }
  Result<TemplateBlock> block = ParseTemplate(text);
  if (!block) return block.error();
  MappingTemplate compiled;
  compiled.program_ = std::make_shared<const TemplateProgram>(TemplateProgram{*std::move(block)});
  return compiled;
}

Result<std::string> MappingTemplate::Render(const RequestView& view, std::string_view input) const {
  std::string out;
  Result<TemplateFlow> flow = TemplateRun(view, input).Block(program_->block, out);
  if (!flow) return flow.error();
  return out;
}

}  // namespace gatehouse::api
