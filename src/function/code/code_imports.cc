#include "function/code/code_imports.h"

#include <algorithm>
#include <filesystem>

namespace gatehouse::function {
namespace {

namespace fs = std::filesystem;

// Lines that run when the module is loaded: those that are not indented.
template <class Line>
void ForTopLines(std::string_view text, Line line) {
  while (!text.empty()) {
    std::string_view one = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(one.size() + 1, text.size()));
    if (!one.empty() && std::string_view(" \t#/*").find(one[0]) == std::string_view::npos)
      line(one);
  }
}

// What follows require(…), from and import in quotes.
template <class Name>
void ForNodeImports(std::string_view text, Name name) {
  ForTopLines(text, [&](std::string_view line) {
    for (std::string_view sign : {"require(", "from ", "import "}) {
      for (std::size_t at = line.find(sign); at != line.npos; at = line.find(sign, at + 1)) {
        std::string_view rest = line.substr(at + sign.size());
        if (rest.empty() || (rest[0] != '\'' && rest[0] != '"')) continue;
        const std::size_t end = rest.find(rest[0], 1);
        if (end != rest.npos) name(std::string(rest.substr(1, end - 1)));
      }
    }
  });
}

std::string_view TakeWord(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t("), text.size()));
  const std::string_view word = text.substr(0, text.find_first_of(" \t,;#()\r"));
  text.remove_prefix(word.size());
  return word;
}

// "a.b" as the files that it may be; leading dots begin at the folder of the source.
void AddModule(std::string_view module, const std::string& source,
               std::vector<std::string>& paths) {
  fs::path at;
  if (module.starts_with('.')) {
    at = fs::path(source).parent_path();
    for (module.remove_prefix(1); module.starts_with('.'); module.remove_prefix(1)) {
      at = at.parent_path();
    }
  }
  std::string path(module);
  std::replace(path.begin(), path.end(), '.', '/');
  if (path.find_first_of("*\"'\\") != path.npos) return;
  const std::string base = (at / path).string();
  if (!path.empty()) paths.push_back(base + ".py");
  paths.push_back((fs::path(base) / "__init__.py").string());
}

}  // namespace

bool ImportsBoto3(std::string_view text) {
  bool found = false;
  ForTopLines(text, [&](std::string_view line) {
    for (std::string_view start :
         {"import boto3", "from boto3", "import botocore", "from botocore"}) {
      std::string_view rest =
          line.substr(0, start.size()) == start ? line.substr(start.size()) : "x";
      bool ends = rest.empty() || std::string_view(" .,;\r").find(rest[0]) != rest.npos;
      found = found || ends;
    }
  });
  return found;
}

std::vector<std::string> NodeSdkImports(std::string_view text) {
  std::vector<std::string> packages;
  ForNodeImports(text, [&](std::string name) {
    bool is_sdk =
        name.starts_with("@aws-sdk/") || name == "aws-sdk" || name.starts_with("aws-sdk/");
    if (is_sdk) packages.push_back(std::move(name));
  });
  return packages;
}

// import a.b, c as d; from a import b (a module of a's, perhaps).
std::vector<std::string> PythonLocalImports(std::string_view text, const std::string& source) {
  std::vector<std::string> paths;
  ForTopLines(text, [&](std::string_view line) {
    const std::string_view verb = TakeWord(line);
    if (verb != "import" && verb != "from") return;
    std::string from;
    if (verb == "from") {
      const std::string_view module = TakeWord(line);
      AddModule(module, source, paths);
      from = module;
      if (!from.ends_with('.')) from += '.';
      if (TakeWord(line) != "import") return;
    }
    while (!line.empty()) {
      const std::string_view name = TakeWord(line);
      if (!name.empty()) AddModule(from + std::string(name), source, paths);
      line.remove_prefix(std::min(line.find(','), line.size()));
      line.remove_prefix(std::min<std::size_t>(1, line.size()));
    }
  });
  return paths;
}

std::vector<std::string> NodeLocalImports(std::string_view text, const std::string& source) {
  std::vector<std::string> paths;
  ForNodeImports(text, [&](const std::string& name) {
    if (!name.starts_with("./") && !name.starts_with("../")) return;
    const std::string path = (fs::path(source).parent_path() / name).lexically_normal().string();
    for (const char* end : {"", ".js", ".mjs", ".cjs", "/index.js"}) paths.push_back(path + end);
  });
  return paths;
}

}  // namespace gatehouse::function
