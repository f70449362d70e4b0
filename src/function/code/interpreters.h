// Finds the machine's python3 and node, once per family: candidates are run with a short probe. The
// first Python that has boto3 wins, else the first that runs at all. Loop thread only.
#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/function.h"
#include "function/define/definition_check.h"
#include "gatehouse/result.h"
#include "net/loop/loop.h"
#include "process/child_processes.h"

namespace gatehouse::function {

inline constexpr std::chrono::seconds kProbeTimeMax{15};

struct Interpreter {
  std::string path;      // the program itself, not a shim that looks for it
  bool has_sdk = false;  // Python: boto3
  std::string version = {};
  std::string sdk_version = {};  // Python's
};

class Interpreters {
 public:
  using Done = base::UniqueFunction<void(Result<Interpreter>)>;

  // chosen: what an option names, a path or a name on PATH; empty: looked for.
  Interpreters(process::ChildSpawner& children, net::Loop& loop, std::string search_path,
               std::string chosen_python, std::string chosen_node);
  ~Interpreters();

  // Family: kPython or kNode. done comes later, never within the call. Errors: kNotFound, with the
  // command that installs one; it is looked for again the next time.
  void Find(RuntimeFamily family, Done done);

  // Whether there is a program of that name at all; it is not run.
  bool HasCandidates(RuntimeFamily family) const { return !Candidates(family).empty(); }

  // The folder's own interpreter, ".venv/bin/python3", if it has one. Looks at files only.
  static std::optional<std::string> OwnPython(const std::string& folder);

 private:
  class Probe;
  struct Search {
    std::vector<std::string> candidates;
    std::size_t next = 0;
    std::optional<Interpreter> second_best;  // runs, without the SDK
    std::optional<Interpreter> found;
    std::unique_ptr<Probe> probe;
    std::deque<Done> waiting;
  };
  std::vector<std::string> Candidates(RuntimeFamily family) const;
  void TryNext(RuntimeFamily family);
  void OnProbed(RuntimeFamily family, std::optional<Interpreter> interpreter);
  void Finish(RuntimeFamily family, Result<Interpreter> result);

  process::ChildSpawner& children_;
  net::Loop& loop_;
  const std::string search_path_;
  const std::map<RuntimeFamily, std::string> chosen_;
  std::map<RuntimeFamily, Search> searches_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace gatehouse::function
