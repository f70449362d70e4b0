// The load generator: load MODE --name value … prints one JSON object. run.py starts it.
#include "bench/load.h"

#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <string_view>

#include <fmt/format.h>

namespace gatehouse::bench {
namespace {

struct Mode {
  std::string_view name;
  Result<std::string> (*run)(const LoadOptions&);
};
constexpr Mode kModes[] = {
    {"broadcast", LoadBroadcast}, {"echo", LoadEcho}, {"connect", LoadConnect},
    {"post", LoadPost},           {"idle", LoadIdle}, {"stalled", LoadStalled},
};

std::size_t Number(const char* text) { return std::strtoull(text, nullptr, 10); }

// False: there is no such option.
bool Set(LoadOptions& options, std::string_view name, const char* value) {
  struct Row {
    std::string_view name;
    std::size_t LoadOptions::*member;
  };
  static constexpr Row kRows[] = {
      {"--connections", &LoadOptions::connections},
      {"--bytes", &LoadOptions::bytes},
      {"--depth", &LoadOptions::depth},
      {"--churn", &LoadOptions::churn},
      {"--senders", &LoadOptions::senders},
      {"--stalled", &LoadOptions::stalled},
      {"--messages", &LoadOptions::messages},
      {"--more", &LoadOptions::more},
  };
  auto row = std::find_if(std::begin(kRows), std::end(kRows),
                          [&](const Row& r) { return r.name == name; });
  if (row != std::end(kRows)) {
    options.*row->member = Number(value);
  } else if (name == "--port") {
    options.port = static_cast<std::uint16_t>(Number(value));
  } else if (name == "--pid") {
    options.pid = static_cast<int>(Number(value));
  } else if (name == "--core") {
    options.core = static_cast<int>(Number(value));
  } else if (name == "--seconds") {
    options.seconds = std::strtod(value, nullptr);
  } else if (name == "--warmup") {
    options.warmup = std::strtod(value, nullptr);
  } else if (name == "--path") {
    options.path = value;
  } else if (name == "--action") {
    options.action = value;
  } else if (name == "--lender") {
    options.lender = value;
  } else {
    return false;
  }
  return true;
}

void RaiseDescriptors() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

int Fail(std::string_view why) {
  std::fprintf(stderr, "load: %.*s\n", static_cast<int>(why.size()), why.data());
  return 1;
}

int Run(int argc, char** argv) {
  LoadOptions options;
  options.mode = argc > 1 ? argv[1] : "";
  for (int i = 2; i < argc; i += 2) {
    bool known = i + 1 < argc && Set(options, argv[i], argv[i + 1]);
    if (!known) return Fail(fmt::format("what is {}?", argv[i]));
  }
  auto mode = std::find_if(std::begin(kModes), std::end(kModes),
                           [&](const Mode& m) { return m.name == options.mode; });
  if (mode == std::end(kModes)) return Fail("load MODE --port PORT --pid PID …");
  RaiseDescriptors();
  Result<std::string> members = mode->run(options);
  if (!members) return Fail(members.error().message);
  fmt::print("{{{}}}\n", *members);
  return 0;
}

}  // namespace

std::string ActionMessage(const std::string& action, std::size_t bytes) {
  std::string head = R"({"action":")" + action + R"(","message":")";
  std::string tail = "\"}";
  std::size_t used = head.size() + tail.size();
  return head + std::string(bytes > used ? bytes - used : 1, 'x') + tail;
}

}  // namespace gatehouse::bench

int main(int argc, char** argv) { return gatehouse::bench::Run(argc, argv); }
