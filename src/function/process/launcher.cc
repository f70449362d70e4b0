#include "function/process/launcher.h"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "base/file.h"
#include "wire/json_cursor.h"

namespace gatehouse::function {
namespace {

// Where Debian and npm keep modules for everybody.
constexpr std::array kNodeModules{"/usr/share/nodejs", "/usr/lib/nodejs", "/usr/lib/node_modules",
                                  "/usr/local/lib/node_modules"};

constexpr std::string_view kNodeName = "nodejs";
constexpr int kLastNodeOfSdk2 = 16;  // AWS: newer runtimes have version 3 of the SDK

}  // namespace

std::string NodePath(const std::string& interpreter, const std::string& task_root,
                     const std::string& project) {
  namespace fs = std::filesystem;
  std::string path = task_root + "/node_modules";
  auto add = [&](const std::string& folder) {
    std::error_code error;
    if (path.find(folder) == std::string::npos && fs::is_directory(folder, error)) {
      path += ":" + folder;
    }
  };
  if (!project.empty()) add(project + "/node_modules");
  add((fs::path(interpreter).parent_path().parent_path() / "lib/node_modules").string());
  for (const char* folder : kNodeModules) add(folder);
  return path;
}

std::string NodeSdk(std::string_view node_path, std::string_view runtime) {
  int major = 0;
  const std::string_view digits = runtime.substr(std::min(runtime.size(), kNodeName.size()));
  std::from_chars(digits.begin(), digits.end(), major);
  const std::string package = major <= kLastNodeOfSdk2 ? "aws-sdk" : "@aws-sdk/client-dynamodb";
  base::SystemFiles files;
  while (!node_path.empty()) {
    const std::string folder(node_path.substr(0, node_path.find(':')));
    node_path.remove_prefix(std::min(folder.size() + 1, node_path.size()));
    Result<std::string> text = files.Read(folder + "/" + package + "/package.json");
    if (!text) continue;
    std::optional<wire::JsonValue> json = wire::ReadJson(*text);
    std::optional<wire::JsonValue> version;
    if (json && json->kind == wire::JsonKind::kObject) version = wire::FindMember(*json, "version");
    const bool is_text = version && version->kind == wire::JsonKind::kString;
    return package + " " + (is_text ? wire::DecodeJsonString(*version) : "?") + " of " + folder;
  }
  return "none";
}

Result<std::unique_ptr<Launcher>> Launcher::Create(const ProcessOptions& options,
                                                   process::ChildSpawner& children,
                                                   net::Loop& loop) {
  std::unique_ptr<Launcher> launcher(new Launcher(options, children, loop));
  base::SystemFiles files;
  const std::string& directory = launcher->runtime_directory_;
  std::error_code error;  // below, what our bootstraps noted in a former life
  std::filesystem::remove_all(directory, error);
  if (Result<void> made = files.CreateDirectories(directory); !made) return made.error();
  ::chmod(options.base_directory.c_str(), 0700);  // code may hold secrets
  struct Row {
    const char* name;
    std::string_view text;
  };
  for (const Row& row :
       {Row{"bootstrap.py", kPythonBootstrap}, Row{"bootstrap.cjs", kNodeBootstrap}}) {
    std::string path = directory + "/" + row.name;
    if (Result<void> wrote = files.WriteAtomically(path, row.text, 0644); !wrote) {
      return wrote.error();
    }
  }
  return launcher;
}

Launcher::Launcher(const ProcessOptions& options, process::ChildSpawner& children, net::Loop& loop)
    : runtime_directory_(options.base_directory + "/runtime"),
      base_(BaseVariables()),
      inspected_(options.inspected),
      code_(options.base_directory, loop, options.package_bytes_max),
      interpreters_(children, loop, base_.at("PATH"), options.python, options.node) {}

void Launcher::Prepare(std::shared_ptr<const FunctionDefinition> function,
                       base::UniqueFunction<void(Result<Launch>)> done) {
  bool node = FamilyOf(function->runtime) == RuntimeFamily::kNode;
  const CodeSource& code = function->code;
  code_.Prepare(code, node ? "index.js" : "index.py",
                [this, function = std::move(function),
                 done = std::move(done)](Result<std::string> task_root) mutable {
                  if (!task_root) return done(task_root.error());
                  ChooseProgram(function, std::move(*task_root), std::move(done));
                });
}

void Launcher::ChooseProgram(std::shared_ptr<const FunctionDefinition> held, std::string task_root,
                             base::UniqueFunction<void(Result<Launch>)> done) {
  const FunctionDefinition& function = *held;
  RuntimeFamily family = FamilyOf(function.runtime);
  if (family == RuntimeFamily::kCustom || family == RuntimeFamily::kGo) {
    return done(CustomLaunch(function, std::move(task_root)));
  }
  if (family == RuntimeFamily::kPython) {
    std::optional<std::string> own = Interpreters::OwnPython(task_root);
    if (!own && !function.code.project.empty()) {
      own = Interpreters::OwnPython(function.code.project);
    }
    if (own) return done(ManagedLaunch(function, *own, std::move(task_root)));
  }
  interpreters_.Find(family, [this, held = std::move(held), task_root = std::move(task_root),
                              done = std::move(done)](Result<Interpreter> found) mutable {
    if (!found) return done(found.error());
    done(ManagedLaunch(*held, found->path, std::move(task_root)));
  });
}

void Launcher::Describe(
    const FunctionDefinition& function,
    base::UniqueFunction<void(const Interpreter&, const std::string& sdk)> done) {
  const RuntimeFamily family = FamilyOf(function.runtime);
  const bool is_folder = function.code.kind == CodeSource::kDirectory;
  const std::string root = is_folder ? function.code.text : std::string();
  interpreters_.Find(family, [runtime = function.runtime, root, project = function.code.project,
                              family, done = std::move(done)](Result<Interpreter> found) mutable {
    if (!found) return;
    if (family == RuntimeFamily::kNode) {
      return done(*found, NodeSdk(NodePath(found->path, root, project), runtime));
    }
    done(*found, found->has_sdk ? "boto3 " + found->sdk_version : std::string("none"));
  });
}

Result<Launch> Launcher::CustomLaunch(const FunctionDefinition& function,
                                      std::string task_root) const {
  bool go = FamilyOf(function.runtime) == RuntimeFamily::kGo;
  std::string program = task_root + "/" + (go ? function.handler : "bootstrap");
  if (::access(program.c_str(), X_OK) != 0) {
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("Couldn't find valid bootstrap(s): [{}]", program)};
  }
  Launch launch;
  launch.arguments = {program};
  launch.task_root = std::move(task_root);
  launch.runtime_directory = runtime_directory_;
  launch.base = base_;
  return launch;
}

Launch Launcher::ManagedLaunch(const FunctionDefinition& function, const std::string& interpreter,
                               std::string task_root) const {
  Launch launch;
  launch.runtime_directory = runtime_directory_;
  launch.base = base_;
  const RuntimeFamily family = FamilyOf(function.runtime);
  if (family == RuntimeFamily::kPython) {
    // -B: a project's folder is used where it lies, and gets no __pycache__ from us.
    launch.arguments = {interpreter, "-B"};
  } else {
    // Node collects its garbage in time only if it knows how much memory there is.
    launch.arguments = {interpreter,
                        fmt::format("--max-old-space-size={}", function.memory_mb * 9 / 10),
                        fmt::format("--max-semi-space-size={}", function.memory_mb / 20)};
    launch.base["NODE_PATH"] = NodePath(interpreter, task_root, function.code.project);
  }
  if (std::optional<std::uint16_t> port = InspectPort(inspected_, function)) {
    for (std::string& argument : DebuggerArguments(family, *port)) {
      launch.arguments.push_back(std::move(argument));
    }
  }
  const bool is_python = family == RuntimeFamily::kPython;
  launch.arguments.push_back(runtime_directory_ + (is_python ? "/bootstrap.py" : "/bootstrap.cjs"));
  launch.task_root = std::move(task_root);
  return launch;
}

}  // namespace gatehouse::function
