#include "function/code/missing_sdk.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace gatehouse::function {
namespace {

// What apps of our kind want: who misses one of them would miss the next one next.
constexpr std::array<std::string_view, 3> kUsual = {
    "@aws-sdk/client-dynamodb", "@aws-sdk/lib-dynamodb", "@aws-sdk/client-apigatewaymanagementapi"};

std::string PythonAdvice(std::string_view program) {
  if (program.starts_with("/usr/bin/")) return "install the SDK with: apt install python3-boto3";
  return fmt::format("install the SDK with: {} -m pip install boto3", program);
}

// package: as it stands in the error, perhaps with a path inside it.
std::string NodeAdvice(std::string_view package) {
  std::size_t end = package.find('/');
  if (package.starts_with('@') && end != package.npos) end = package.find('/', end + 1);
  std::string wanted(package.substr(0, end));
  if (std::find(kUsual.begin(), kUsual.end(), wanted) != kUsual.end()) {
    wanted = fmt::format("{} {} {}", kUsual[0], kUsual[1], kUsual[2]);
  }
  return "install the SDK in the function's folder or beside the template with: npm install " +
         wanted;
}

}  // namespace

std::string MissingSdkAdvice(std::string_view error, std::string_view program) {
  if (error.find("No module named 'boto") != error.npos) return PythonAdvice(program);
  for (std::string_view sign : {"Cannot find module '", "Cannot find package '"}) {
    std::size_t at = error.find(sign);
    if (at == error.npos) continue;
    std::string_view package = error.substr(at + sign.size());
    package = package.substr(0, package.find('\''));
    bool is_sdk =
        package.starts_with("@aws-sdk/") || package == "aws-sdk" || package.starts_with("aws-sdk/");
    return is_sdk ? NodeAdvice(package) : std::string();
  }
  return {};
}

}  // namespace gatehouse::function
