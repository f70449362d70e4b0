#include "wire/websocket_extensions.h"

#include <optional>

#include "wire/ascii.h"

namespace gatehouse::wire {
namespace {

struct Parameter {
  std::string_view name;
  std::optional<std::string> value;
};

// What permessage-deflate's parameters of one offer say (RFC 7692 §7.1).
class DeflateOffer {
 public:
  void Take(const Parameter& parameter);
  bool is_good() const { return good_; }
  int server_window_bits() const { return server_window_bits_; }

 private:
  static int WindowBits(const Parameter& parameter);  // 0: none

  bool good_ = true;
  bool server_keeps_none_ = false;
  bool client_keeps_none_ = false;
  bool client_window_told_ = false;
  int server_window_bits_ = 0;
};

int DeflateOffer::WindowBits(const Parameter& parameter) {
  const std::string& text = *parameter.value;
  if (text == "8" || text == "9") return text[0] - '0';
  if (text.size() != 2 || text[0] != '1' || text[1] < '0' || text[1] > '5') return 0;
  return 10 + text[1] - '0';
}

void DeflateOffer::Take(const Parameter& parameter) {
  if (parameter.name == "server_no_context_takeover") {
    good_ &= !server_keeps_none_ && !parameter.value;
    server_keeps_none_ = true;
  } else if (parameter.name == "client_no_context_takeover") {
    good_ &= !client_keeps_none_ && !parameter.value;
    client_keeps_none_ = true;
  } else if (parameter.name == "server_max_window_bits") {
    const bool first = server_window_bits_ == 0;
    server_window_bits_ = parameter.value ? WindowBits(parameter) : 0;
    good_ &= first && server_window_bits_ != 0;
  } else if (parameter.name == "client_max_window_bits") {
    good_ &= !client_window_told_ && (!parameter.value || WindowBits(parameter) != 0);
    client_window_told_ = true;
  } else {
    good_ = false;
  }
}

// extension *( "," extension ), where extension = token *( ";" token [ "=" value ] ).
class ExtensionReader {
 public:
  explicit ExtensionReader(std::string_view text) : text_(text) {}

  // False: malformed.
  bool Read(ExtensionChoice& choice);

 private:
  bool ReadExtension(ExtensionChoice& choice);
  bool ReadParameter(Parameter& parameter);
  bool ReadQuoted(std::string& value);
  std::string_view ReadToken();
  bool Skip(char c);  // blanks, then c
  void SkipBlanks();

  std::string_view text_;
};

void ExtensionReader::SkipBlanks() {
  while (!text_.empty() && IsBlank(text_.front())) text_.remove_prefix(1);
}

bool ExtensionReader::Skip(char c) {
  SkipBlanks();
  if (!text_.starts_with(c)) return false;
  text_.remove_prefix(1);
  return true;
}

std::string_view ExtensionReader::ReadToken() {
  SkipBlanks();
  std::size_t size = 0;
  while (size < text_.size() && IsTokenChar(text_[size])) ++size;
  const std::string_view token = text_.substr(0, size);
  text_.remove_prefix(size);
  return token;
}

// What is between the quotes must be a token (RFC 6455 §9.1).
bool ExtensionReader::ReadQuoted(std::string& value) {
  while (!text_.empty() && text_.front() != '"') {
    if (text_.front() == '\\') text_.remove_prefix(1);
    if (text_.empty()) return false;
    value += text_.front();
    text_.remove_prefix(1);
  }
  return Skip('"') && IsToken(value);
}

bool ExtensionReader::ReadParameter(Parameter& parameter) {
  parameter.name = ReadToken();
  if (parameter.name.empty()) return false;
  if (!Skip('=')) return true;
  if (Skip('"')) return ReadQuoted(parameter.value.emplace());
  parameter.value = ReadToken();
  return !parameter.value->empty();
}

bool ExtensionReader::ReadExtension(ExtensionChoice& choice) {
  const std::string_view name = ReadToken();
  if (name.empty()) return false;
  DeflateOffer offer;
  while (Skip(';')) {
    Parameter parameter;
    if (!ReadParameter(parameter)) return false;
    offer.Take(parameter);
  }
  if (name == "permessage-deflate" && offer.is_good() && !choice.deflate) {
    choice.deflate = true;
    choice.server_window_bits = offer.server_window_bits();
  }
  return true;
}

// Empty elements of a list are forgiven (RFC 9110 §5.6.1.2).
bool ExtensionReader::Read(ExtensionChoice& choice) {
  for (;;) {
    while (Skip(',')) continue;
    if (text_.empty()) return true;
    if (!ReadExtension(choice)) return false;
    SkipBlanks();
    if (!text_.empty() && text_.front() != ',') return false;
  }
}

}  // namespace

ExtensionChoice ChooseExtensions(const HttpHead& head) {
  ExtensionChoice choice;
  for (const HttpField& field : head.fields) {
    if (!EqualsIgnoreCase(field.name, "Sec-WebSocket-Extensions")) continue;
    if (!ExtensionReader(field.value).Read(choice)) return {.malformed = true};
  }
  return choice;
}

std::string ExtensionsAnswer(const ExtensionChoice& choice) {
  if (!choice.deflate) return {};
  std::string answer = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
  if (choice.server_window_bits != 0) {
    answer += "; server_max_window_bits=" + std::to_string(choice.server_window_bits);
  }
  return answer;
}

}  // namespace gatehouse::wire
