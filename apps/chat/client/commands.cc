#include "apps/chat/client/commands.h"

#include <algorithm>

#include "gatehouse/json.h"
#include "wire/utf8.h"

namespace gatehouse::chat {
namespace {

constexpr std::string_view kBlanks = " \t";

// Takes the next word and the blanks around it off the front.
std::string_view TakeWord(std::string_view& rest) {
  rest.remove_prefix(std::min(rest.find_first_not_of(kBlanks), rest.size()));
  std::string_view word = rest.substr(0, rest.find_first_of(kBlanks));
  rest.remove_prefix(word.size());
  rest.remove_prefix(std::min(rest.find_first_not_of(kBlanks), rest.size()));
  return word;
}

Command Refused(std::string why) { return {Command::kRefused, std::move(why)}; }

// A command that is a word alone: its route is asked without more.
struct WordRow {
  std::string_view word, route_key, help;
};
#define CHAT_COMMAND(word, key, help) {word, key, help},
constexpr WordRow kWords[] = {
#include "apps/chat/routes.inc"
};

Command Ask(std::string_view route_key) {
  std::string frame = R"({"action":)";
  json::AppendQuoted(frame, route_key);
  frame += "}";
  return {frame == kAskIdFrame ? Command::kAskId : Command::kSend, std::move(frame)};
}

Command Send(std::string frame) {
  if (frame.size() > kFrameBytesMax) {
    return Refused("not sent: " + std::to_string(frame.size()) +
                   " bytes are more than a message may have (131,072)");
  }
  return {Command::kSend, std::move(frame)};
}

Command Broadcast(std::string_view text) {
  std::string frame = R"({"action":"sendMessage","message":)";
  json::AppendQuoted(frame, text);
  return Send(frame + "}");
}

Command Direct(std::string_view rest) {
  std::string_view id = TakeWord(rest);
  std::string_view type = TakeWord(rest);
  std::string_view value = rest.substr(0, rest.find_last_not_of(kBlanks) + 1);
  if (id.empty() || type.empty() || value.empty()) {
    return Refused("not sent; it is /direct ID TYPE JSON");
  }
  if (!json::IsValid(value)) {
    return Refused("not sent: what stands after the type must be JSON (text stands in quotes)");
  }
  std::string frame = R"({"action":"sendDirect","connectionId":)";
  json::AppendQuoted(frame, id);
  frame += R"(,"operationType":)";
  json::AppendQuoted(frame, type);
  frame.append(R"(,"message":)").append(value).append("}");
  return Send(std::move(frame));
}

}  // namespace

Command ParseLine(std::string_view line) {
  if (!wire::IsUtf8(line)) return Refused("not sent: the line is not UTF-8");
  if (!line.starts_with('/')) return Broadcast(line);
  if (line.starts_with("//")) return Broadcast(line.substr(1));
  std::string_view rest = line;
  std::string_view name = TakeWord(rest);
  if (name == "/direct") return Direct(rest);
  for (const WordRow& row : kWords) {
    if (name == row.word) return Ask(row.route_key);
  }
  if (name == "/help") return {Command::kHelp, {}};
  if (name == "/quit") return {Command::kQuit, {}};
  return Refused("no command " + std::string(name.substr(0, 40)) +
                 "; /help lists them, // begins a text with a slash");
}

Command RawLine(std::string_view line) {
  if (!wire::IsUtf8(line)) return Refused("not sent: the line is not UTF-8");
  return Send(std::string(line));
}

std::string HelpText() {
  constexpr std::size_t kWordColumns = 23;
  std::string text =
      "TEXT                   send to everybody\n"
      "//TEXT                 send text that begins with a slash\n"
      "/direct ID TYPE JSON   send a JSON value to one connection\n";
  for (const WordRow& row : kWords) {
    text.append(row.word).append(kWordColumns - row.word.size(), ' ').append(row.help) += '\n';
  }
  text +=
      "/help                  this list\n"
      "/quit                  leave (also Ctrl-D)\n";
  return text;
}

}  // namespace gatehouse::chat
