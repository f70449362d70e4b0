#include "bench/window.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

namespace gatehouse::bench {
namespace {

// Jiffies of /proc/stat's line of the core that were not idle. Time stolen by the machine below
// counts as busy: it shows up as foreign, and the run is repeated.
double CoreSeconds(int core) {
  std::ifstream file("/proc/stat");
  std::string line, name = "cpu" + std::to_string(core);
  while (std::getline(file, line)) {
    std::istringstream fields(line);
    std::string word;
    fields >> word;
    if (word != name) continue;
    double busy = 0, jiffies = 0;
    constexpr int kIdle = 3, kIoWait = 4, kSteal = 7;
    for (int i = 0; i <= kSteal && fields >> jiffies; ++i) {
      if (i != kIdle && i != kIoWait) busy += jiffies;
    }
    return busy / static_cast<double>(::sysconf(_SC_CLK_TCK));
  }
  return 0;
}

double ProcessSeconds(int pid) {
  double nanoseconds = 0;
  std::error_code error;
  std::filesystem::directory_iterator tasks(fmt::format("/proc/{}/task", pid), error);
  if (error) return 0;
  for (const auto& task : tasks) {
    std::ifstream file(task.path() / "schedstat");
    double own = 0;
    if (file >> own) nanoseconds += own;
  }
  return nanoseconds / 1e9;
}

}  // namespace

Usage ReadUsage(int pid, int core) {
  auto now = std::chrono::steady_clock::now().time_since_epoch();
  return {std::chrono::duration<double>(now).count(), CoreSeconds(core), ProcessSeconds(pid)};
}

std::uint64_t AnonymousBytes(int pid) {
  std::ifstream file(fmt::format("/proc/{}/smaps_rollup", pid));
  std::string line;
  while (std::getline(file, line)) {
    if (line.starts_with("Anonymous:")) return std::stoull(line.substr(10)) * 1024;
  }
  return 0;
}

Window::Window(int pid, int core, double warmup_seconds, double seconds)
    : pid_(pid),
      core_(core),
      length_(std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds))),
      next_(Clock::now() + std::chrono::duration_cast<Clock::duration>(
                               std::chrono::duration<double>(warmup_seconds))) {}

bool Window::IsOver() {
  if (Clock::now() < next_) return false;
  if (counting_) {
    to_ = ReadUsage(pid_, core_);
    return true;
  }
  counting_ = true;
  operations_ = 0;
  from_ = ReadUsage(pid_, core_);
  next_ = Clock::now() + length_;
  return false;
}

std::string Window::Json() const {
  return fmt::format(
      R"("operations":{},"seconds":{:.6f},"core_seconds":{:.6f},"process_seconds":{:.6f})",
      operations_, to_.wall - from_.wall, to_.core - from_.core, to_.process - from_.process);
}

}  // namespace gatehouse::bench
