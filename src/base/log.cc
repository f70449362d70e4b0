#include "base/log.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <iterator>
#include <mutex>

#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>

namespace gatehouse::base {
namespace {

// spdlog gives levels, patterns and locking; this sink gathers what one turn of a loop writes.
class GatheringSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit GatheringSink(Log::Sink out) : out_(std::move(out)) {}

 private:
  static constexpr std::size_t kGatheredBytesMax = 64 * 1024;

  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    gathered_.append(line.data(), line.size());
    if (gathered_.size() >= kGatheredBytesMax) flush_();
  }
  void flush_() override {
    if (gathered_.empty()) return;
    out_(gathered_);
    gathered_.clear();
  }

  Log::Sink out_;
  std::string gathered_;
};

spdlog::level::level_enum SpdlogLevel(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

std::string_view LevelName(LogLevel level) {
  static constexpr std::string_view kNames[] = {"debug", "info", "warning", "error"};
  return kNames[static_cast<std::size_t>(level)];
}

// As for a terminal, but a tab, with which AWS's runtimes part the columns of a line, stays one.
std::string EscapeForLog(std::string_view text) {
  std::string out;
  for (std::size_t tab; (tab = text.find('\t')) != text.npos; text.remove_prefix(tab + 1)) {
    out += EscapeForTerminal(text.substr(0, tab)) + '\t';
  }
  return out + EscapeForTerminal(text);
}

void AppendJsonString(std::string& out, std::string_view text) {
  out += '"';
  for (char c : EscapeForLog(text)) {
    if (c == '\t') {
      out += "\\t";
      continue;
    }
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
}

std::string FormatValue(const LogField& field) {
  if (const auto* number = std::get_if<std::int64_t>(&field.value))
    return fmt::format("{}", *number);
  if (const auto* real = std::get_if<double>(&field.value)) return fmt::format("{:.3f}", *real);
  return {};
}

constexpr std::string_view kDim = "\x1b[2m";
constexpr std::string_view kYellow = "\x1b[33m";
constexpr std::string_view kRed = "\x1b[31m";
// Of functions, by their names: neither red nor yellow, which say what is wrong.
constexpr std::string_view kNameColours[] = {"\x1b[36m", "\x1b[32m", "\x1b[35m", "\x1b[34m",
                                             "\x1b[96m", "\x1b[92m", "\x1b[95m", "\x1b[94m"};
constexpr std::string_view kPlain = "\x1b[0m";
// Of the column of names; longer names push their line to the right.
constexpr std::size_t kNameColumnsMax = 24;

std::string Coloured(bool colours, std::string_view colour, std::string_view text) {
  if (!colours) return std::string(text);
  return std::string(colour).append(text).append(kPlain);
}

std::string_view ColourOf(std::string_view name) {
  std::size_t sum = 0;
  for (char c : name) sum = sum * 31 + static_cast<unsigned char>(c);
  return kNameColours[sum % std::size(kNameColours)];
}

bool NamesFunction(const LogField& field) {
  return field.name == "function" || field.name == "handler";
}

std::string JsonLine(LogLevel level, Millis now, std::string_view sentence,
                     std::initializer_list<LogField> fields) {
  std::string line =
      fmt::format(R"({{"time":"{}","level":"{}","message":)", FormatIso8601(now), LevelName(level));
  AppendJsonString(line, sentence);
  for (const LogField& field : fields) {
    fmt::format_to(std::back_inserter(line), ",\"{}\":", field.name);
    if (const auto* text = std::get_if<std::string_view>(&field.value)) {
      AppendJsonString(line, *text);
    } else {
      line += FormatValue(field);
    }
  }
  return line + "}";
}

// One code point of UTF-8 at the start of text: its value and length; length 0 if malformed.
struct CodePoint {
  char32_t value = 0;
  std::size_t bytes = 0;
};

CodePoint ReadCodePoint(std::string_view text) {
  auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  std::size_t bytes = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < bytes) return {};
  char32_t value = lead & (0x7fu >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {};
    value = value << 6 | (byte(i) & 0x3fu);
  }
  static constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  bool surrogate = value >= 0xd800 && value <= 0xdfff;
  if (value < kSmallest[bytes] || value > 0x10ffff || surrogate) return {};
  return {value, bytes};
}

// Shown as nothing: what looks alike need not be alike. Joiners (200c, 200d) and variation
// selectors have their use in emoji and scripts; see IsUsefulJoiner.
bool IsInvisible(char32_t c) {
  return c == 0xad || c == 0x34f || c == 0x115f || c == 0x1160 || c == 0x17b4 || c == 0x17b5 ||
         (c >= 0x180b && c <= 0x180f) || (c >= 0x200b && c <= 0x200d) ||
         (c >= 0x2060 && c <= 0x206f) || c == 0x3164 || c == 0xffa0 ||
         (c >= 0xfff0 && c <= 0xfffb) || (c >= 0x1bca0 && c <= 0x1bca3) ||
         (c >= 0x1d173 && c <= 0x1d17a) || (c >= 0xe0000 && c <= 0xe0fff);
}

bool DrivesTerminal(char32_t c) {
  return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x61c || c == 0x200e || c == 0x200f ||
         (c >= 0x2028 && c <= 0x202e) || c == 0xfeff || IsInvisible(c);
}

// A joiner between two visible characters beyond ASCII, as in 👩‍💻 and Persian words.
bool IsUsefulJoiner(char32_t before, char32_t c, std::string_view rest) {
  if (c != 0x200c && c != 0x200d) return false;
  CodePoint after = rest.empty() ? CodePoint() : ReadCodePoint(rest);
  bool joins = after.bytes > 1 && !DrivesTerminal(after.value);
  return joins && before >= 0x80 && !DrivesTerminal(before);
}

void AppendEscape(std::string& out, char32_t c) {
  auto code = static_cast<std::uint32_t>(c);
  switch (code) {
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  if (code < 0x100) {
    fmt::format_to(std::back_inserter(out), "\\x{:02x}", code);
  } else if (code < 0x10000) {
    fmt::format_to(std::back_inserter(out), "\\u{:04x}", code);
  } else {
    fmt::format_to(std::back_inserter(out), "\\U{:08x}", code);
  }
}

}  // namespace

std::string EscapeForTerminal(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  char32_t before = 0;
  while (!text.empty()) {
    CodePoint point = ReadCodePoint(text);
    if (point.bytes == 0) {
      before = 0;
      AppendEscape(out, static_cast<unsigned char>(text[0]));
      text.remove_prefix(1);
      continue;
    }
    bool is_shown = !DrivesTerminal(point.value) ||
                    IsUsefulJoiner(before, point.value, text.substr(point.bytes));
    before = point.value;
    if (!is_shown) {
      AppendEscape(out, point.value);
    } else {
      out += text.substr(0, point.bytes);
    }
    text.remove_prefix(point.bytes);
  }
  return out;
}

struct Log::State {
  State(Clock& the_clock, Sink sink)
      : clock(the_clock), logger("gatehouse", std::make_shared<GatheringSink>(std::move(sink))) {}
  Clock& clock;
  spdlog::logger logger;
  // Whose line was the last one; read without the mutex: whether it was a function's at all.
  std::atomic<bool> in_block = false;
  std::mutex mutex;
  std::string function;
  std::size_t columns = 0;  // of the names so far
};

Log::Log(Options options, Clock& clock, Sink sink)
    : options_(options), state_(std::make_unique<State>(clock, std::move(sink))) {
  state_->logger.set_level(SpdlogLevel(options.level));
  state_->logger.set_pattern("%v");
}

Log::~Log() { Flush(); }

void Log::Write(LogLevel level, std::string_view sentence, std::initializer_list<LogField> fields) {
  if (!enabled(level)) return;
  Millis now = state_->clock.WallNow();
  if (is_text()) {
    if (state_->in_block.load(std::memory_order_relaxed)) state_->in_block = false;
    return Put(level, now, TextLine(level, sentence, fields));
  }
  std::string line = JsonLine(level, now, sentence, fields);
  state_->logger.log(SpdlogLevel(level), spdlog::string_view_t(line.data(), line.size()));
}

void Log::Print(std::string_view function, std::string_view line) {
  if (!is_text()) return Info(line, {{"function", function}});
  if (!enabled(LogLevel::kInfo)) return;
  Put(LogLevel::kInfo, state_->clock.WallNow(), Column(function) + EscapeForLog(line));
}

// A line of text: the time before it.
void Log::Put(LogLevel level, Millis now, std::string_view rest) {
  std::string line = Coloured(options_.colours, kDim, FormatIso8601(now).substr(11, 12));
  line.append(" ").append(rest);
  state_->logger.log(SpdlogLevel(level), spdlog::string_view_t(line.data(), line.size()));
}

// The function's name, or blanks when the line before was its, too; all as wide as the widest.
std::string Log::Column(std::string_view function) {
  std::string_view name = options_.name_for_people ? options_.name_for_people(function) : function;
  std::string shown = EscapeForTerminal(name);
  std::size_t size = shown.size();  // a letter is a byte in names of functions
  std::lock_guard lock(state_->mutex);
  bool again = state_->in_block && state_->function == function;
  state_->in_block = true;
  state_->function = function;
  state_->columns = std::max(state_->columns, std::min(size, kNameColumnsMax));
  std::string blanks(state_->columns - std::min(state_->columns, size), ' ');
  if (again) return std::string(std::max(size, state_->columns), ' ') + " | ";
  return Coloured(options_.colours, ColourOf(name), shown) + blanks + " | ";
}

std::string Log::TextLine(LogLevel level, std::string_view sentence,
                          std::initializer_list<LogField> fields) const {
  std::string line;
  if (level >= LogLevel::kWarning) {
    std::string_view colour = level == LogLevel::kError ? kRed : kYellow;
    line = Coloured(options_.colours, colour, std::string(LevelName(level)) + ":") + " ";
  }
  line += EscapeForLog(sentence);
  for (const LogField& field : fields) {
    std::string name = fmt::format("{}=", field.name);
    line.append(" ").append(Coloured(options_.colours, kDim, name));
    const auto* text = std::get_if<std::string_view>(&field.value);
    if (text && options_.name_for_people && NamesFunction(field)) {
      line += EscapeForTerminal(options_.name_for_people(*text));
    } else {
      line += text ? EscapeForTerminal(*text) : FormatValue(field);
    }
  }
  return line;
}

void Log::Flush() { state_->logger.flush(); }

Log::Sink FileDescriptorSink(int fd) {
  return [fd](std::string_view lines) {
    while (!lines.empty()) {
      ssize_t n = ::write(fd, lines.data(), lines.size());
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return;  // nobody reads the log; losing it must not stop the server
      lines.remove_prefix(static_cast<std::size_t>(n));
    }
  };
}

}  // namespace gatehouse::base
