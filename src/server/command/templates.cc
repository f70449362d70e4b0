#include "server/command/templates.h"

#include <cctype>
#include <filesystem>
#include <set>

#include <fmt/format.h>

#include "stack/template/expand.h"

namespace gatehouse::server {
namespace {

constexpr const char* kChatStack = "websocket-chat-demo";
constexpr std::size_t kStackNameMax = 128;

TemplateSource Chat(const UpOptions& options, const std::string& folder) {
  TemplateSource chat{"ws-starter.yaml", std::string(kChatTemplate), kChatStack, folder, true, {}};
  if (!options.stack_name.empty()) chat.stack_name = options.stack_name;
  return chat;
}

// The template that a folder has, or nothing.
std::string TemplateOf(const std::string& folder, base::Files& files) {
  for (const char* name : {"template.yaml", "template.yml", "template.json"}) {
    if (files.Exists(folder + "/" + name)) return name;
  }
  return {};
}

// Files that people try, which are no templates, and what makes one of them.
struct OtherFile {
  std::string_view name;  // or how it ends, with "*" before
  std::string_view what;
  std::string_view command;
  // What it means where no template is: an app for AWS, which the built-in chat is not; something
  // else beside which the chat may be wanted; nothing, for other tools call files so, too.
  enum { kApp, kBeside, kNothing } alone = kApp;
};
constexpr OtherFile kOtherFiles[] = {
    {"serverless.yml", "the Serverless Framework's",
     "npx serverless package, then gatehouse up "
     ".serverless/cloudformation-template-update-stack.json"},
    {"serverless.yaml", "the Serverless Framework's",
     "npx serverless package, then gatehouse up "
     ".serverless/cloudformation-template-update-stack.json"},
    {"serverless.json", "the Serverless Framework's",
     "npx serverless package, then gatehouse up "
     ".serverless/cloudformation-template-update-stack.json"},
    {"samconfig.toml", "SAM's configuration", "gatehouse up template.yaml"},
    {"samconfig.yaml", "SAM's configuration", "gatehouse up template.yaml"},
    {"cdk.json", "the CDK's configuration",
     "npx cdk synth, then gatehouse up cdk.out/*.template.json"},
    {"manifest.json", "the CDK's manifest", "gatehouse up *.template.json beside it",
     OtherFile::kNothing},
    {"package.json", "npm's", "gatehouse up template.yaml, or what your tool makes of the app",
     OtherFile::kBeside},
    {"docker-compose.yml", "Docker Compose's", "gatehouse up template.yaml", OtherFile::kBeside},
    {"docker-compose.yaml", "Docker Compose's", "gatehouse up template.yaml", OtherFile::kBeside},
    {"compose.yml", "Docker Compose's", "gatehouse up template.yaml", OtherFile::kBeside},
    {"compose.yaml", "Docker Compose's", "gatehouse up template.yaml", OtherFile::kBeside},
    {"sst.config.ts", "SST's",
     "gatehouse up --empty, then the tool in a shell of gatehouse env, or a template"},
    {"Pulumi.yaml", "Pulumi's",
     "gatehouse up --empty, then the tool in a shell of gatehouse env, or a template"},
    {"*.tf", "Terraform's",
     "gatehouse up --empty, then terraform apply in a shell of gatehouse env"},
    {"*.tf.json", "Terraform's",
     "gatehouse up --empty, then terraform apply in a shell of gatehouse env"},
};

std::string OtherFileAdvice(const std::string& path) {
  const std::string file = std::filesystem::path(path).filename().string();
  for (const OtherFile& other : kOtherFiles) {
    const bool is_it =
        other.name.starts_with('*') ? file.ends_with(other.name.substr(1)) : file == other.name;
    if (!is_it) continue;
    return fmt::format("{} is {} file, not a CloudFormation template; run: {}", path, other.what,
                       other.command);
  }
  return {};
}

// Nobody named a template and the folder has none: the chat, unless a file says that somebody
// means another app. Of "*.tf" main.tf is looked for.
Result<TemplateSource> ChatOrAdvice(const UpOptions& options, const std::string& folder,
                                    base::Files& files) {
  TemplateSource chat = Chat(options, folder);
  for (const OtherFile& other : kOtherFiles) {
    std::string name(other.name);
    if (name.starts_with('*')) name.replace(0, 1, "main");
    if (other.alone == OtherFile::kNothing || !files.Exists(folder + "/" + name)) continue;
    if (other.alone == OtherFile::kApp) {
      return Error{ErrorCode::kInvalidArgument,
                   fmt::format("{} (for the built-in chat start gatehouse in another folder)",
                               OtherFileAdvice(name))};
    }
    if (chat.notice.empty()) {
      chat.notice =
          fmt::format("this folder has no template.yaml, so the built-in chat is served; {}",
                      OtherFileAdvice(name));
    }
  }
  return chat;
}

Error Collision(const TemplateSource& source) {
  return {ErrorCode::kInvalidArgument,
          fmt::format("{}: two templates would be the stack {}", source.path, source.stack_name)};
}

}  // namespace

std::string StackNameFor(const std::string& absolute_path) {
  std::filesystem::path path(absolute_path);
  constexpr std::string_view kOfTheCdk = ".template";  // MyStack.template.json
  std::string word = path.stem().string();
  if (word.ends_with(kOfTheCdk)) word.resize(word.size() - kOfTheCdk.size());
  if (word == "template") word = path.parent_path().filename().string();
  std::string name;
  for (char c : word) name += std::isalnum(static_cast<unsigned char>(c)) ? c : '-';
  if (name.empty() || !std::isalpha(static_cast<unsigned char>(name[0]))) name = "stack-" + name;
  return name.substr(0, kStackNameMax);
}

Result<std::vector<stack::ParameterInputs>> ShareParameters(
    std::span<const TemplateSource> templates, std::span<const std::string> parameters) {
  std::vector<stack::Template> read;
  for (const TemplateSource& source : templates) {
    stack::Problems problems;  // told when it is deployed
    read.push_back(
        stack::ReadTemplate(source.text, problems, {nullptr, nullptr, source.directory}));
  }
  std::vector<stack::ParameterInputs> shares(templates.size());
  for (const std::string& parameter : parameters) {
    std::string name = parameter.substr(0, parameter.find('='));
    bool is_declared = false;
    for (std::size_t i = 0; i < read.size(); ++i) {
      if (read.size() > 1 && !read[i].FindParameter(name)) continue;
      shares[i][name] = {parameter.substr(name.size() + 1), false};
      is_declared = true;
    }
    if (!is_declared && !read.empty()) {
      return Error{ErrorCode::kInvalidArgument,
                   fmt::format("--parameter {}: no template has a parameter {}", parameter, name)};
    }
  }
  return shares;
}

Result<TemplateSource> ReadTemplate(const std::string& path, base::Files& files) {
  Result<std::string> text = files.Read(path);
  if (!text) return Error{ErrorCode::kInvalidArgument, text.error().message};
  std::string advice = OtherFileAdvice(path);
  if (!advice.empty()) {
    return Error{ErrorCode::kInvalidArgument, std::move(advice)};
  }
  std::error_code ignored;
  std::filesystem::path absolute = std::filesystem::absolute(path, ignored).lexically_normal();
  return TemplateSource{path,
                        *std::move(text),
                        StackNameFor(absolute.string()),
                        absolute.parent_path().string(),
                        false,
                        {}};
}

Result<std::vector<TemplateSource>> FindTemplates(const UpOptions& options,
                                                  const std::string& folder, base::Files& files) {
  std::vector<TemplateSource> sources;
  if (options.empty) return sources;
  std::vector<std::string> paths = options.templates;
  if (paths.empty()) {
    std::string found = TemplateOf(folder, files);
    if (found.empty()) {
      Result<TemplateSource> chat = ChatOrAdvice(options, folder, files);
      if (!chat) return chat.error();
      return std::vector<TemplateSource>{*std::move(chat)};
    }
    paths.push_back(found);
  }
  if (paths.size() > 1 && !options.stack_name.empty()) {
    return Error{ErrorCode::kInvalidArgument,
                 "--stack-name names one stack; several templates take the names of their files"};
  }
  std::set<std::string> names;
  for (const std::string& path : paths) {
    Result<TemplateSource> source = ReadTemplate(path, files);
    if (!source) return source.error();
    if (!options.stack_name.empty()) source->stack_name = options.stack_name;
    if (!names.insert(source->stack_name).second) return Collision(*source);
    sources.push_back(*std::move(source));
  }
  return sources;
}

}  // namespace gatehouse::server
