#include "function/process/code_fault.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <vector>

#include <fmt/format.h>

#include "base/file.h"
#include "function/code/code_imports.h"
#include "function/code/missing_sdk.h"
#include "function/code/zip_file.h"
#include "function/process/launcher.h"

namespace gatehouse::function {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kSourceBytesMax = 1024 * 1024;  // of a zip's file that is read for imports
constexpr std::size_t kLocalImportsMax = 64;          // of a handler's file that are followed

// The code as a set of paths below the task root.
struct Files {
  std::string where;  // for sentences: "/home/me/app/src"
  std::function<bool(const std::string& path)> has;
  std::function<bool(const std::string& start)> has_some;  // a path that starts with it
  std::function<std::string(const std::string& path)> read;
};

Files FolderFiles(const std::string& root) {
  auto is_file = [root](const std::string& path) {
    std::error_code error;
    return fs::is_regular_file(fs::path(root) / path, error);
  };
  auto has_some = [root](const std::string& start) {
    const fs::path place = fs::path(root) / start;
    std::error_code error;
    for (fs::directory_iterator entry(place.parent_path(), error), end; !error && entry != end;
         entry.increment(error)) {
      if (entry->path().filename().string().starts_with(place.filename().string())) return true;
    }
    return false;
  };
  auto read = [root](const std::string& path) {
    Result<std::string> text = base::SystemFiles().Read(root + "/" + path);
    return text ? *std::move(text) : std::string();
  };
  return {root, is_file, has_some, read};
}

Files ZipFiles(const std::string& zip, std::vector<std::string> names) {
  auto has = [names](const std::string& path) {
    return std::find(names.begin(), names.end(), path) != names.end();
  };
  auto has_some = [names](const std::string& start) {
    return std::any_of(names.begin(), names.end(),
                       [&](const std::string& name) { return name.starts_with(start); });
  };
  auto read = [zip](const std::string& path) { return ZipText(zip, path, kSourceBytesMax); };
  return {zip, has, has_some, read};
}

Files InlineFiles(const std::string& name, const std::string& text) {
  auto has = [name](const std::string& path) { return path == name; };
  auto has_some = [name](const std::string& start) { return name.starts_with(start); };
  return {"the inline code", has, has_some, [text](const std::string&) { return text; }};
}

Result<Files> FilesOf(const CodeSource& code, RuntimeFamily family) {
  if (code.kind == CodeSource::kInline) {
    return InlineFiles(family == RuntimeFamily::kNode ? "index.js" : "index.py", code.text);
  }
  if (code.kind != CodeSource::kZip) return FolderFiles(code.text);
  Result<std::vector<std::string>> names = ZipNames(code.text);
  if (!names) return names.error();
  return ZipFiles(code.text, *std::move(names));
}

// The folder of a package: without a path inside it.
std::string PackageOf(const std::string& import) {
  std::size_t end = import.find('/');
  if (import.starts_with('@') && end != import.npos) end = import.find('/', end + 1);
  return import.substr(0, end);
}

bool IsFolder(const fs::path& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

// As node looks: node_modules of the folder and of all above it.
bool IsAboveOrBeside(const std::string& folder, const std::string& package) {
  for (fs::path at = folder;; at = at.parent_path()) {
    if (IsFolder(at / "node_modules" / package)) return true;
    if (at == at.parent_path()) return false;
  }
}

using LocalImports = std::vector<std::string> (*)(std::string_view, const std::string&);
using LoadedFiles = std::vector<std::pair<std::string, std::string>>;  // path, text

// The handler's file and what it imports of its own code. Not what those import.
LoadedFiles LoadedFirst(const Files& files, const std::string& source, LocalImports imports_of) {
  LoadedFiles loaded{{source, files.read(source)}};
  for (const std::string& path : imports_of(loaded[0].second, source)) {
    if (loaded.size() > kLocalImportsMax) break;
    const bool is_known = std::any_of(loaded.begin(), loaded.end(),
                                      [&](const auto& file) { return file.first == path; });
    if (!is_known && files.has(path)) loaded.emplace_back(path, files.read(path));
  }
  return loaded;
}

std::string NotThere(const std::string& file, const Files& files, const std::string& handler) {
  return fmt::format("{} is not in {}, where its handler {} is looked for", file, files.where,
                     handler);
}

bool NamesOneOf(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return text.find(word) != text.npos; });
}

// By boto3's names of clients and those of both JavaScript SDKs.
void LookForClients(const LoadedFiles& loaded, CodeLook& look) {
  for (const auto& [path, text] : loaded) {
    look.names_connections |=
        NamesOneOf(text, {"apigatewaymanagementapi", "ApiGatewayManagementApi", "@connections"});
    look.names_lambda |= NamesOneOf(text, {"client('lambda'", "client(\"lambda\"", "client-lambda",
                                           "LambdaClient", "AWS.Lambda("});
  }
}

void LookAtPython(const FunctionDefinition& function, const Files& files, CodeLook& look) {
  const std::size_t dot = function.handler.rfind('.');
  if (dot == std::string::npos) {
    look.fault = fmt::format("its handler {} is not FILE.FUNCTION", function.handler);
    return;
  }
  std::string module = function.handler.substr(0, dot);
  std::replace(module.begin(), module.end(), '.', '/');
  const std::array<std::string, 3> sources{module + ".py", module + "/__init__.py",
                                           module + ".pyc"};
  std::string source;
  for (const std::string& name : sources) {
    if (source.empty() && files.has(name)) source = name;
  }
  if (source.empty()) {
    if (files.has_some(module + ".cpython") || files.has_some(module + ".abi3")) return;
    look.fault = NotThere(sources[0], files, function.handler);
    return;
  }
  LoadedFiles loaded;
  if (source.ends_with(".py")) loaded = LoadedFirst(files, source, PythonLocalImports);
  LookForClients(loaded, look);
  const std::string& root = function.code.text;
  const bool is_folder = function.code.kind == CodeSource::kDirectory;
  std::optional<std::string> own;
  if (is_folder) own = Interpreters::OwnPython(root);
  if (!own && !function.code.project.empty()) own = Interpreters::OwnPython(function.code.project);
  if (own) return;
  look.interpreter = RuntimeFamily::kPython;
  if (function.environment.contains("PYTHONPATH")) return;
  if (files.has_some("boto3/")) return;
  for (const auto& [path, text] : loaded) {
    if (ImportsBoto3(text)) look.sdk = "boto3";
  }
}

void LookAtNode(const FunctionDefinition& function, const Files& files, CodeLook& look) {
  const std::size_t slash = function.handler.rfind('/');
  const std::size_t start = slash == std::string::npos ? 0 : slash + 1;
  const std::size_t dot = function.handler.find('.', start);
  if (dot == std::string::npos || dot == start ||
      function.handler.find("..") != std::string::npos) {
    look.fault = fmt::format("its handler {} is not FILE.FUNCTION", function.handler);
    return;
  }
  std::string module = function.handler.substr(0, dot);
  if (module.starts_with("./")) module.erase(0, 2);
  std::string source;
  for (const char* end : {"", ".js", ".mjs", ".cjs"}) {
    if (source.empty() && files.has(module + end)) source = module + end;
  }
  look.interpreter = RuntimeFamily::kNode;
  const std::string& root = function.code.text;
  const bool is_folder = function.code.kind == CodeSource::kDirectory;
  if (source.empty()) {
    if (is_folder && IsFolder(fs::path(root) / "node_modules" / module)) return;
    for (const char* end : {".ts", ".mts", ".cts", ".tsx"}) {
      if (!files.has(module + end)) continue;
      look.fault = fmt::format(
          "{}{} is TypeScript that is not built: {}.js is not in {}; build it (npm run build, or "
          "npx tsc) and let the code be the folder that it is built into",
          module, end, module, files.where);
      return;
    }
    look.fault = NotThere(module + ".js", files, function.handler);
    return;
  }
  const LoadedFiles loaded = LoadedFirst(files, source, NodeLocalImports);
  LookForClients(loaded, look);
  if (function.environment.contains("NODE_PATH")) return;
  for (const auto& [path, text] : loaded) {
    const std::string folder =
        is_folder ? (fs::path(root) / path).parent_path().string() : std::string("/");
    for (const std::string& import : NodeSdkImports(text)) {
      const std::string package = PackageOf(import);
      if (files.has_some("node_modules/" + package + "/")) continue;
      if (IsAboveOrBeside(folder, package)) continue;
      look.sdk = import;
      return;
    }
  }
}

void LookAtProgram(const FunctionDefinition& function, const Files& files, CodeLook& look) {
  const bool is_go = FamilyOf(function.runtime) == RuntimeFamily::kGo;
  const std::string program = is_go ? function.handler : "bootstrap";
  if (!files.has(program)) {
    look.fault = fmt::format("there is no program {} in {}: build it there", program, files.where);
  } else if (function.code.kind == CodeSource::kDirectory &&
             ::access((files.where + "/" + program).c_str(), X_OK) != 0) {
    look.fault = fmt::format("{}/{} is not executable: chmod +x it", files.where, program);
  }
}

}  // namespace

CodeLook LookAtCode(const FunctionDefinition& function) {
  CodeLook look;
  if (!function.in_process.empty()) return look;
  const RuntimeFamily family = FamilyOf(function.runtime);
  if (family == RuntimeFamily::kUnknown || function.code.kind == CodeSource::kNone) return look;
  Result<Files> files = FilesOf(function.code, family);
  if (!files) {
    look.fault = files.error().message;
  } else if (family == RuntimeFamily::kPython) {
    LookAtPython(function, *files, look);
  } else if (family == RuntimeFamily::kNode) {
    LookAtNode(function, *files, look);
  } else {
    LookAtProgram(function, *files, look);
  }
  return look;
}

std::string InterpreterFault(const FunctionDefinition& function, const CodeLook& look,
                             const Result<Interpreter>& found) {
  if (!found) return found.error().message;
  if (look.sdk.empty()) return {};
  if (look.interpreter == RuntimeFamily::kPython) {
    if (found->has_sdk) return {};
    return "it imports boto3, which " + found->path + " does not have; " +
           MissingSdkAdvice("No module named 'boto3'", found->path);
  }
  const std::string root =
      function.code.kind == CodeSource::kDirectory ? function.code.text : std::string("/");
  std::string folders = NodePath(found->path, root, function.code.project);
  while (!folders.empty()) {
    const std::string folder = folders.substr(0, folders.find(':'));
    folders.erase(0, std::min(folder.size() + 1, folders.size()));
    if (IsFolder(fs::path(folder) / PackageOf(look.sdk))) return {};
  }
  return "it imports " + look.sdk + ", which is nowhere; " +
         MissingSdkAdvice("Cannot find module '" + look.sdk + "'", found->path);
}

}  // namespace gatehouse::function
