#include "server/command/region.h"

#include <sstream>

namespace gatehouse::server {
namespace {

std::string VariableOf(const Variables& variables, std::string_view name) {
  auto it = variables.find(name);
  return it == variables.end() ? std::string() : it->second;
}

std::string_view Trimmed(std::string_view text) {
  std::size_t start = text.find_first_not_of(" \t\r");
  if (start == std::string_view::npos) return {};
  return text.substr(start, text.find_last_not_of(" \t\r") - start + 1);
}

// "[profile work]" → "work", "[default]" → "default"; other sections: empty.
std::string_view ProfileOf(std::string_view header) {
  std::string_view name = Trimmed(header.substr(1, header.find(']') - 1));
  if (name.starts_with("profile ")) return Trimmed(name.substr(8));
  return name == "default" ? name : std::string_view();
}

}  // namespace

std::string ReadUsersConfig(const Variables& environment, base::Files& files) {
  std::string path = VariableOf(environment, "AWS_CONFIG_FILE");
  if (path.empty()) path = VariableOf(environment, "HOME") + "/.aws/config";
  Result<std::string> text = files.Read(path);
  return text ? *text : std::string();
}

std::optional<std::string> ProfileRegion(std::string_view config_text, std::string_view profile) {
  std::istringstream lines{std::string(config_text)};
  bool inside = false;
  for (std::string line; std::getline(lines, line);) {
    std::string_view text = Trimmed(line);
    if (text.starts_with('[')) {
      inside = ProfileOf(text) == profile;
      continue;
    }
    std::size_t equals = text.find('=');
    if (!inside || equals == std::string_view::npos) continue;
    if (Trimmed(text.substr(0, equals)) == "region") {
      return std::string(Trimmed(text.substr(equals + 1)));
    }
  }
  return std::nullopt;
}

std::string ChooseRegion(const std::string& option, const Variables& environment,
                         std::string_view config_text) {
  if (!option.empty()) return option;
  for (const char* name : {"AWS_REGION", "AWS_DEFAULT_REGION"}) {
    if (std::string value = VariableOf(environment, name); !value.empty()) return value;
  }
  std::string profile = VariableOf(environment, "AWS_PROFILE");
  if (profile.empty()) profile = VariableOf(environment, "AWS_DEFAULT_PROFILE");
  if (profile.empty()) profile = "default";
  return ProfileRegion(config_text, profile).value_or("us-east-1");
}

}  // namespace gatehouse::server
