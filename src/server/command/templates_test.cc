#include "server/command/templates.h"

#include <map>

#include <gtest/gtest.h>

namespace gatehouse::server {
namespace {

// Files by path.
class MemoryFiles final : public base::Files {
 public:
  explicit MemoryFiles(std::map<std::string, std::string> files) : files_(std::move(files)) {}
  Result<std::string> Read(const std::string& path) override {
    auto it = files_.find(path);
    if (it == files_.end()) return Error{ErrorCode::kIo, path + ": No such file or directory"};
    return it->second;
  }
  Result<void> WriteAtomically(const std::string&, std::string_view, unsigned) override {
    return Error{ErrorCode::kIo, "read-only"};
  }
  Result<void> CreateDirectories(const std::string&) override { return {}; }
  bool Exists(const std::string& path) override { return files_.contains(path); }
  void Remove(const std::string&) override {}

 private:
  std::map<std::string, std::string> files_;
};

TEST(TemplatesTest, WithoutArgumentsTheFoldersTemplateElseTheChat) {
  MemoryFiles none({});
  auto chat = FindTemplates({}, "/app", none);
  ASSERT_TRUE(chat);
  ASSERT_EQ(chat->size(), 1u);
  EXPECT_TRUE((*chat)[0].built_in);
  EXPECT_EQ((*chat)[0].stack_name, "websocket-chat-demo");
  EXPECT_NE((*chat)[0].text.find("ConnectionsTable"), std::string::npos);

  MemoryFiles some({{"/app/template.yml", ""}, {"template.yml", "Resources: {}"}});
  auto found = FindTemplates({}, "/app", some);
  ASSERT_TRUE(found);
  EXPECT_FALSE((*found)[0].built_in);
  EXPECT_EQ((*found)[0].text, "Resources: {}");

  UpOptions empty;
  empty.empty = true;
  EXPECT_TRUE(FindTemplates(empty, "/app", some)->empty());
}

TEST(TemplatesTest, AnAppForAnotherToolIsNotTheChat) {
  for (const char* name :
       {"serverless.yml", "samconfig.toml", "cdk.json", "main.tf", "Pulumi.yaml"}) {
    MemoryFiles files({{std::string("/app/") + name, ""}, {"/app/package.json", ""}});
    auto found = FindTemplates({}, "/app", files);
    ASSERT_FALSE(found) << name;
    EXPECT_EQ(found.error().code, ErrorCode::kInvalidArgument);
    EXPECT_TRUE(found.error().message.starts_with(std::string(name) + " is ")) << name;
    EXPECT_NE(found.error().message.find("; run: "), std::string::npos);
    EXPECT_NE(found.error().message.find("for the built-in chat"), std::string::npos);
    UpOptions empty;
    empty.empty = true;
    EXPECT_TRUE(FindTemplates(empty, "/app", files)) << name;
  }
  MemoryFiles with_template({{"/app/serverless.yml", ""},
                             {"/app/template.yaml", ""},
                             {"template.yaml", "Resources: {}"}});
  EXPECT_TRUE(FindTemplates({}, "/app", with_template));
}

TEST(TemplatesTest, TheChatBesideOtherFilesSaysSo) {
  for (const char* name : {"package.json", "docker-compose.yml", "compose.yaml"}) {
    const std::map<std::string, std::string> beside = {{std::string("/app/") + name, ""}};
    MemoryFiles files(beside);
    auto found = FindTemplates({}, "/app", files);
    ASSERT_TRUE(found) << name;
    EXPECT_TRUE((*found)[0].built_in);
    EXPECT_TRUE((*found)[0].notice.starts_with(
        "this folder has no template.yaml, so the built-in chat is served; " + std::string(name)));
  }
  const std::map<std::string, std::string> manifest = {{"/app/manifest.json", ""}};
  MemoryFiles none(manifest);
  EXPECT_EQ((*FindTemplates({}, "/app", none))[0].notice, "");
}

TEST(TemplatesTest, StacksAreNamedAfterTheirFiles) {
  EXPECT_EQ(StackNameFor("/home/me/my_app/template.yaml"), "my-app");
  EXPECT_EQ(StackNameFor("/home/me/ws-starter.yaml"), "ws-starter");
  EXPECT_EQ(StackNameFor("/1/2.json"), "stack-2");
  EXPECT_EQ(StackNameFor("/app/cdk.out/ChatStack.template.json"), "ChatStack");
  EXPECT_EQ(StackNameFor("/template.yaml"), "stack-");
}

TEST(TemplatesTest, EachGetsTheParametersThatItDeclares) {
  std::vector<TemplateSource> two(2);
  two[0].text = "Parameters: {A: {Type: String}, Both: {Type: String}}\nResources: {}";
  two[1].text = "Parameters: {B: {Type: String}, Both: {Type: String}}\nResources: {}";
  auto shares = ShareParameters(two, std::vector<std::string>{"A=1=2", "B=", "Both=x"});
  ASSERT_TRUE(shares);
  EXPECT_EQ((*shares)[0].at("A").value, "1=2");
  EXPECT_EQ((*shares)[1].at("B").value, "");
  EXPECT_EQ((*shares)[0].at("Both").value + (*shares)[1].at("Both").value, "xx");
  EXPECT_EQ((*shares)[0].size() + (*shares)[1].size(), 4u);
  auto wrong = ShareParameters(two, std::vector<std::string>{"C=1"});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().message, "--parameter C=1: no template has a parameter C");
  two.pop_back();  // the stack itself says what is wrong with it
  EXPECT_EQ(ShareParameters(two, std::vector<std::string>{"C=1"})->at(0).size(), 1u);
}

TEST(TemplatesTest, MistakesAreSaid) {
  MemoryFiles files({{"a.yaml", ""}, {"b/a.yaml", ""}, {"c.yaml", ""}});
  UpOptions options;
  options.templates = {"missing.yaml"};
  EXPECT_EQ(FindTemplates(options, "/", files).error().message,
            "missing.yaml: No such file or directory");
  options.templates = {"a.yaml", "b/a.yaml"};
  EXPECT_EQ(FindTemplates(options, "/", files).error().message,
            "b/a.yaml: two templates would be the stack a");
  options.templates = {"a.yaml", "c.yaml"};
  EXPECT_EQ(FindTemplates(options, "/", files)->size(), 2u);
  options.stack_name = "one";
  EXPECT_FALSE(FindTemplates(options, "/", files));
  options.templates = {"a.yaml"};
  EXPECT_EQ((*FindTemplates(options, "/", files))[0].stack_name, "one");
}

}  // namespace
}  // namespace gatehouse::server
