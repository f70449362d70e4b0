// Log lines: a sentence and fields, as text for people or JSON for machines. Lines are gathered and
// leave in one write per Flush (a loop flushes at the end of its turn). Any thread.
//
// What comes from clients goes into fields: control, escape and bidirectional characters in values
// are shown escaped, so nobody can forge a line or drive a terminal.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "base/clock.h"
#include "base/function.h"

namespace gatehouse::base {

enum class LogLevel { kDebug, kInfo, kWarning, kError };
enum class LogFormat { kText, kJson };

struct LogField {
  std::string_view name;
  std::variant<std::string_view, std::int64_t, double> value;
};

class Log {
 public:
  struct Options {
    LogLevel level = LogLevel::kInfo;
    LogFormat format = LogFormat::kText;
    // Text only. Colours, for a terminal.
    bool colours = false;
    // Text only: how a person calls a function; for fields "function" and "handler" and for Print.
    // Given a name, gives a part of it.
    std::string_view (*name_for_people)(std::string_view) = nullptr;
  };
  // Receives whole lines with their newlines, on the thread that flushes.
  using Sink = UniqueFunction<void(std::string_view lines)>;

  Log(Options options, Clock& clock, Sink sink);
  ~Log();

  bool enabled(LogLevel level) const { return level >= options_.level; }
  void Write(LogLevel level, std::string_view sentence,
             std::initializer_list<LogField> fields = {});
  // A line that a function printed. As text its name stands in a column before it, once for lines
  // that follow each other; as JSON it is Info(line, {{"function", function}}).
  void Print(std::string_view function, std::string_view line);
  bool is_text() const { return options_.format == LogFormat::kText; }
  void Flush();

  void Debug(std::string_view s, std::initializer_list<LogField> f = {}) {
    Write(LogLevel::kDebug, s, f);
  }
  void Info(std::string_view s, std::initializer_list<LogField> f = {}) {
    Write(LogLevel::kInfo, s, f);
  }
  void Warning(std::string_view s, std::initializer_list<LogField> f = {}) {
    Write(LogLevel::kWarning, s, f);
  }
  void Error(std::string_view s, std::initializer_list<LogField> f = {}) {
    Write(LogLevel::kError, s, f);
  }

 private:
  struct State;
  std::string TextLine(LogLevel level, std::string_view sentence,
                       std::initializer_list<LogField> fields) const;
  std::string Column(std::string_view function);
  void Put(LogLevel level, Millis now, std::string_view rest);
  const Options options_;
  std::unique_ptr<State> state_;
};

// Writes lines to a file descriptor, which must outlive the log.
Log::Sink FileDescriptorSink(int fd);

// Text with control characters (C0, DEL, C1), line and paragraph separators, bidirectional marks
// and bytes that are not UTF-8 replaced by visible escapes: \n \r \t \x1b \u202e.
std::string EscapeForTerminal(std::string_view text);

}  // namespace gatehouse::base
