#include "function/code/interpreters.h"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "function/define/function_variables.h"

namespace gatehouse::function {
namespace {

constexpr std::size_t kProbeOutputMax = 4096;

// Each prints lines: the path of the interpreter itself, its version, and the version of boto3, "-"
// if Python has none; in Node.js the SDK is looked for with each function.
constexpr const char* kPythonProbe =
    "import importlib.util, re, sys\n"
    "found = importlib.util.find_spec('boto3')\n"
    "text = open(found.origin).read() if found else ''\n"
    "print(sys.executable)\n"
    "print('%d.%d.%d' % sys.version_info[:3])\n"
    "print((re.findall(r'__version__ = .([0-9.]+)', text) or ['?' if found else '-'])[0])";
constexpr const char* kNodeProbe =
    "console.log(process.execPath); console.log(process.versions.node); console.log('')";

std::string TakeLine(std::string_view& text) {
  const std::string line(text.substr(0, text.find('\n')));
  text.remove_prefix(std::min(line.size() + 1, text.size()));
  return line;
}

bool IsProgram(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
         ::access(path.c_str(), X_OK) == 0;
}

Error NothingFound(RuntimeFamily family, const std::string& chosen) {
  bool python = family == RuntimeFamily::kPython;
  std::string what =
      chosen.empty() ? std::string("no ") + (python ? "python3" : "node") + " runs on this machine"
                     : chosen + " does not run";
  return {ErrorCode::kNotFound, what + "; install one with: apt install " +
                                    (python ? "python3 python3-boto3" : "nodejs")};
}

}  // namespace

// One candidate being run.
class Interpreters::Probe final : public process::ChildObserver {
 public:
  Probe(Interpreters& owner, RuntimeFamily family, const std::string& path)
      : owner_(owner), family_(family), path_(path) {
    process::ChildSpec spec;
    bool python = family == RuntimeFamily::kPython;
    spec.arguments = {path, python ? "-c" : "-e", python ? kPythonProbe : kNodeProbe};
    for (const auto& [name, value] : BaseVariables()) {
      spec.environment.push_back(name + "=" + value);
    }
    spec.directory = "/";
    child_ = owner.children_.Spawn(std::move(spec), *this);
    timer_ = owner.loop_.After(kProbeTimeMax, [this] { owner_.children_.Signal(child_, SIGKILL); });
  }
  ~Probe() override {
    owner_.loop_.Cancel(timer_);
    if (child_ != 0) owner_.children_.Forget(child_);
  }

  void OnOutput(std::string_view bytes) override {
    output_.append(bytes.substr(0, kProbeOutputMax - std::min(output_.size(), kProbeOutputMax)));
  }
  void OnMemory(std::size_t) override {}
  void OnEnd(const process::ChildEnd& end) override {
    child_ = 0;
    std::optional<Interpreter> found;
    std::string_view rest = output_;
    if (end.kind == process::ChildEnd::kExited && end.code == 0 && rest.find('\n') != rest.npos) {
      const std::string program = TakeLine(rest);
      found.emplace();
      found->path = IsProgram(program) ? program : path_;
      found->version = TakeLine(rest);
      found->sdk_version = TakeLine(rest);
      found->has_sdk = found->sdk_version != "-";
    }
    owner_.OnProbed(family_, std::move(found));
  }

 private:
  Interpreters& owner_;
  const RuntimeFamily family_;
  const std::string path_;
  process::ChildId child_ = 0;
  net::Loop::TimerId timer_;
  std::string output_;
};

Interpreters::Interpreters(process::ChildSpawner& children, net::Loop& loop,
                           std::string search_path, std::string chosen_python,
                           std::string chosen_node)
    : children_(children),
      loop_(loop),
      search_path_(std::move(search_path)),
      chosen_{{RuntimeFamily::kPython, std::move(chosen_python)},
              {RuntimeFamily::kNode, std::move(chosen_node)}} {}

Interpreters::~Interpreters() { *alive_ = false; }

std::optional<std::string> Interpreters::OwnPython(const std::string& folder) {
  std::string path = folder + "/.venv/bin/python3";
  if (!IsProgram(path)) return std::nullopt;
  return path;
}

std::vector<std::string> Interpreters::Candidates(RuntimeFamily family) const {
  std::string name = chosen_.at(family);
  if (name.find('/') != std::string::npos) return {name};
  if (name.empty()) name = family == RuntimeFamily::kPython ? "python3" : "node";
  std::vector<std::string> candidates;
  std::string_view rest = search_path_;
  while (!rest.empty()) {
    std::string_view folder = rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(folder.size() + 1, rest.size()));
    if (folder.starts_with('/')) candidates.push_back(std::string(folder) + "/" + name);
  }
  candidates.push_back("/usr/bin/" + name);
  std::vector<std::string> programs;
  for (std::string& candidate : candidates) {
    bool known = std::find(programs.begin(), programs.end(), candidate) != programs.end();
    if (!known && IsProgram(candidate)) programs.push_back(std::move(candidate));
  }
  return programs;
}

void Interpreters::Find(RuntimeFamily family, Done done) {
  Search& search = searches_[family];
  search.waiting.push_back(std::move(done));
  if (search.waiting.size() > 1) return;  // under way
  loop_.Post([this, alive = alive_, family] {
    if (!*alive) return;
    Search& posted = searches_[family];
    if (posted.found) return Finish(family, *posted.found);
    posted.candidates = Candidates(family);
    posted.next = 0;
    posted.second_best.reset();
    TryNext(family);
  });
}

void Interpreters::TryNext(RuntimeFamily family) {
  Search& search = searches_[family];
  if (search.next < search.candidates.size()) {
    search.probe = std::make_unique<Probe>(*this, family, search.candidates[search.next++]);
    return;
  }
  if (search.second_best) return Finish(family, *search.second_best);
  Finish(family, NothingFound(family, chosen_.at(family)));
}

void Interpreters::OnProbed(RuntimeFamily family, std::optional<Interpreter> interpreter) {
  // Not within the probe's own call.
  loop_.Post([this, alive = alive_, family, interpreter = std::move(interpreter)] {
    if (!*alive) return;
    Search& search = searches_[family];
    search.probe.reset();
    if (interpreter && interpreter->has_sdk) return Finish(family, *interpreter);
    if (interpreter && !search.second_best) search.second_best = interpreter;
    TryNext(family);
  });
}

void Interpreters::Finish(RuntimeFamily family, Result<Interpreter> result) {
  Search& search = searches_[family];
  // One without its SDK is not kept for good: it may be installed meanwhile.
  if (result && result->has_sdk) search.found = *result;
  std::deque<Done> waiting = std::exchange(search.waiting, {});
  for (Done& done : waiting) done(result);
}

}  // namespace gatehouse::function
