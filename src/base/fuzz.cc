// The driver of the fuzzers: no coverage to guide it, but fast and without needs. The input under
// test lies in a global, because a signal handler has nothing else to find it by.
#include "base/fuzz.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"

// Of the sanitizers' runtime, if there is one: AddressSanitizer exits without a signal that we
// could catch, and UndefinedBehaviorSanitizer would too if it were not asked to abort.
extern "C" void __sanitizer_set_death_callback(void (*callback)()) __attribute__((weak));
extern "C" const char* __ubsan_default_options() { return "abort_on_error=1:print_stacktrace=1"; }

namespace {

using gatehouse::base::SeededRandom;

constexpr std::size_t kInputBytesMax = std::size_t{1} << 18;
constexpr unsigned kHangSeconds = 20;
constexpr int kInputsBetweenLooks = 64;  // at the clock
// clang-format off
constexpr std::string_view kTokens[] = {
    "\r\n", "\r\n\r\n", "\n", "\r", " ", "\t", ":", ": ", ",", ", ", ";", "=", "/", "\\", "%", "%2",
    "Host: h\r\n", "Content-Length: ", "Transfer-Encoding: chunked\r\n", "Connection: ", "HTTP/1.1",
    "0\r\n\r\n", "{", "}", "[", "]", "\"", "'", "\\u", "\\ud800", "\\udc00", "null", "true",
    "1e400", "-0", "1.50", "0x", "18446744073709551616", "$", "${", "<", ">", "&", "-", "_", "#",
    "!", "*",
    "\xff", "\x80", "\x7f", "\x7e", "\xfe", "\xc0\xaf", "\xed\xa0\x80", "\xf0\x9f\x98\x80",
    "\xef\xbb\xbf"};
// clang-format on

std::string input;
char crash_name[64];

void KeepInput() {
  const int file = open(crash_name, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0644);
  if (file < 0) return;
  std::size_t done = 0;
  while (done < input.size()) {
    const ssize_t wrote = write(file, input.data() + done, input.size() - done);
    if (wrote <= 0) break;
    done += static_cast<std::size_t>(wrote);
  }
  close(file);
  const auto say = [](std::string_view text) {
    [[maybe_unused]] const ssize_t ignored = write(STDERR_FILENO, text.data(), text.size());
  };
  say("fuzz: the input is in ");
  say(crash_name);
  say("\n");
}

extern "C" void OnSignal(int signal_number) {
  KeepInput();
  signal(signal_number, SIG_DFL);
  raise(signal_number);
}

// SIGALRM: the input hangs. The sanitizers keep the signals that they report themselves.
void CatchCrashes() {
  for (const int number : {SIGABRT, SIGALRM}) signal(number, OnSignal);
  if (__sanitizer_set_death_callback) {
    __sanitizer_set_death_callback(KeepInput);
    return;
  }
  for (const int number : {SIGSEGV, SIGBUS, SIGFPE, SIGILL}) signal(number, OnSignal);
}

void NameCrash(std::uint64_t seed, std::uint64_t count) {
  std::snprintf(crash_name, sizeof crash_name, "crash-%llu-%llu",
                static_cast<unsigned long long>(seed), static_cast<unsigned long long>(count));
}

void RunInput() { gatehouse::base::FuzzOne(std::as_bytes(std::span(input.data(), input.size()))); }

std::vector<std::string> ReadCorpus(const std::vector<std::string>& paths) {
  namespace fs = std::filesystem;
  std::vector<std::string> names;
  for (const std::string& path : paths) {
    if (!fs::is_directory(path)) {
      names.push_back(path);
      continue;
    }
    for (const auto& entry : fs::recursive_directory_iterator(path)) {
      if (entry.is_regular_file()) names.push_back(entry.path());
    }
  }
  std::sort(names.begin(), names.end());  // so that a seed means the same everywhere
  std::vector<std::string> corpus;
  for (const std::string& name : names) {
    std::ifstream file(name, std::ios::binary);
    if (!file) std::fprintf(stderr, "fuzz: cannot read %s\n", name.c_str());
    corpus.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return corpus;
}

class Mutator {
 public:
  Mutator(std::uint64_t seed, const std::vector<std::string>& corpus)
      : random_(seed), corpus_(corpus) {}

  void MakeInput(std::string& out) {
    if (corpus_.empty() || Below(50) == 0) {
      MakeNoise(out);
    } else {
      out = corpus_[Below(corpus_.size())];
    }
    const std::size_t steps = Below(8);  // 0: as it is
    for (std::size_t i = 0; i < steps; ++i) Mutate(out);
    if (out.size() > kInputBytesMax) out.resize(kInputBytesMax);
  }

 private:
  std::size_t Below(std::size_t bound) { return static_cast<std::size_t>(random_.Next() % bound); }
  std::size_t Place(const std::string& text) { return Below(text.size() + 1); }

  void MakeNoise(std::string& out) {
    out.resize(Below(200));
    for (char& c : out) c = static_cast<char>(Below(256));
  }

  // Some bytes of text, rather few than many.
  std::string_view Piece(const std::string& text) {
    const std::size_t from = Place(text);
    return std::string_view(text).substr(from, Below(Below(2) ? 16 : text.size() + 1));
  }

  void Mutate(std::string& out) {
    const std::size_t at = Place(out);
    switch (Below(9)) {
      case 0:
        if (at < out.size()) out[at] = static_cast<char>(out[at] ^ (1 << Below(8)));
        break;
      case 1:
        if (at < out.size()) out[at] = static_cast<char>(Below(256));
        break;
      case 2:
        out.erase(at, Below(Below(2) ? 4 : 64) + 1);
        break;
      case 3:
        out.insert(at, kTokens[Below(std::size(kTokens))]);
        break;
      case 4:
        out.insert(at, 1, static_cast<char>(Below(256)));
        break;
      case 5:
        out.resize(at);
        break;
      case 6:
        out.insert(at, std::string(Piece(out)));
        break;
      case 7:
        if (!corpus_.empty()) out.insert(at, Piece(corpus_[Below(corpus_.size())]));
        break;
      default:
        Repeat(out, at);
    }
  }

  void Repeat(std::string& out, std::size_t at) {
    const std::string piece(Piece(out).substr(0, 32));
    const std::size_t times = Below(Below(10) ? 10 : 2000);
    std::string run;
    for (std::size_t i = 0; i < times; ++i) run += piece;
    out.insert(at, run);
  }

  SeededRandom random_;
  const std::vector<std::string>& corpus_;
};

struct Options {
  std::optional<std::uint64_t> seconds;
  std::uint64_t seed = 0;
  std::vector<std::string> paths;
};

std::optional<Options> ReadOptions(int argc, char** argv) {
  Options options;
  options.seed = static_cast<std::uint64_t>(std::chrono::system_clock::now().time_since_epoch() /
                                            std::chrono::milliseconds(1));
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (!argument.starts_with("--")) {
      options.paths.emplace_back(argument);
      continue;
    }
    if ((argument != "--seconds" && argument != "--seed") || i + 1 == argc) return std::nullopt;
    const std::string_view text = argv[++i];
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    if (argument == "--seed") {
      options.seed = number;
    } else {
      options.seconds = number;
    }
  }
  return options;
}

int RunOnce(const std::vector<std::string>& corpus) {
  for (std::size_t i = 0; i < corpus.size(); ++i) {
    NameCrash(0, i);
    alarm(kHangSeconds);
    input = corpus[i];
    RunInput();
  }
  std::fprintf(stderr, "fuzz: %zu inputs passed\n", corpus.size());
  return 0;
}

int RunFor(std::chrono::seconds duration, std::uint64_t seed,
           const std::vector<std::string>& corpus) {
  std::fprintf(stderr, "fuzz: seed %llu, %zu corpus files\n", static_cast<unsigned long long>(seed),
               corpus.size());
  const auto end = std::chrono::steady_clock::now() + duration;
  Mutator mutator(seed, corpus);
  std::uint64_t count = 0;
  while (std::chrono::steady_clock::now() < end) {
    alarm(kHangSeconds);
    for (int i = 0; i < kInputsBetweenLooks; ++i, ++count) {
      NameCrash(seed, count);
      mutator.MakeInput(input);
      RunInput();
    }
  }
  std::fprintf(stderr, "fuzz: %llu inputs passed\n", static_cast<unsigned long long>(count));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const auto options = ReadOptions(argc, argv);
  if (!options) {
    std::fprintf(stderr, "usage: %s [--seconds N] [--seed S] [corpus file or folder…]\n", argv[0]);
    return 2;
  }
  CatchCrashes();
  const auto corpus = ReadCorpus(options->paths);
  if (!options->seconds) return RunOnce(corpus);
  return RunFor(std::chrono::seconds(*options->seconds), options->seed, corpus);
}
