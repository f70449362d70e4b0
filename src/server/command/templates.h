// Which templates `up`, `exec` and `check` mean, and what their stacks are called. Blocks on files.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "gatehouse/result.h"
#include "server/command/options.h"
#include "stack/template/parameters.h"

namespace gatehouse::server {

// examples/chat/ws-starter.yaml, in the binary.
extern const std::string_view kChatTemplate;

struct TemplateSource {
  std::string path;  // as given; "ws-starter.yaml" for the built-in chat
  std::string text;
  std::string stack_name;
  std::string directory;  // that local code is relative to
  bool built_in = false;
  std::string notice;  // a sentence for who starts it; empty: none
};

// The templates named, else template.yaml, .yml or .json of the folder, else the built-in chat;
// with --empty none. Errors: kInvalidArgument (a file that cannot be read, names that collide, an
// app for another tool in a folder without a template).
Result<std::vector<TemplateSource>> FindTemplates(const UpOptions& options,
                                                  const std::string& folder, base::Files& files);

// Which of the "NAME=VALUE" go to which template: the one there is gets all, of several each gets
// those that it declares. Errors: kInvalidArgument, a name that none of several declares.
Result<std::vector<stack::ParameterInputs>> ShareParameters(
    std::span<const TemplateSource> templates, std::span<const std::string> parameters);

Result<TemplateSource> ReadTemplate(const std::string& path, base::Files& files);

// A stack's name for a template: its file's name (without the CDK's ".template"), or its folder's
// when that says nothing
// ("template.yaml"), with what CloudFormation does not allow made hyphens.
std::string StackNameFor(const std::string& absolute_path);

}  // namespace gatehouse::server
