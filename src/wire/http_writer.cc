#include "wire/http_writer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

#include "base/check.h"
#include "wire/ascii.h"

namespace gatehouse::wire {
namespace {

struct Reason {
  int status;
  std::string_view phrase;
};

// RFC 9110 §15 and the few others that are in use.
constexpr Reason kReasons[] = {
    {100, "Continue"},
    {101, "Switching Protocols"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {203, "Non-Authoritative Information"},
    {204, "No Content"},
    {205, "Reset Content"},
    {206, "Partial Content"},
    {300, "Multiple Choices"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {402, "Payment Required"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {407, "Proxy Authentication Required"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Content"},
    {424, "Failed Dependency"},
    {426, "Upgrade Required"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
    {508, "Loop Detected"},
};

void AppendNumber(std::string& out, std::size_t number) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

void WriteTwo(char* out, unsigned number) {
  out[0] = static_cast<char>('0' + number / 10);
  out[1] = static_cast<char>('0' + number % 10);
}

void AppendFields(std::string& out, std::span<const HttpField> fields) {
  for (const HttpField& field : fields) {
    if (!IsToken(field.name)) continue;
    if (field.value.find_first_of(std::string_view("\r\n\0", 3)) != field.value.npos) continue;
    out.append(field.name).append(": ").append(field.value).append("\r\n");
  }
}

}  // namespace

std::string_view ReasonPhrase(int status) {
  const auto found =
      std::lower_bound(std::begin(kReasons), std::end(kReasons), status,
                       [](const Reason& r, int wanted) { return r.status < wanted; });
  return found != std::end(kReasons) && found->status == status ? found->phrase : "Unknown";
}

std::string HttpDate(base::Millis wall) {
  using std::chrono::days;
  const auto today = std::chrono::floor<days>(wall);
  const std::chrono::sys_days day{today};
  const std::chrono::year_month_day date{day};
  const auto seconds =
      static_cast<unsigned>(std::chrono::duration_cast<std::chrono::seconds>(wall - today).count());
  const auto year = static_cast<unsigned>(static_cast<int>(date.year()));

  std::string text = "Thu, 01 Jan 1970 00:00:00 GMT";
  constexpr std::string_view kDays = "SunMonTueWedThuFriSat";
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  text.replace(0, 3, kDays.substr(3 * std::chrono::weekday{day}.c_encoding(), 3));
  WriteTwo(&text[5], static_cast<unsigned>(date.day()));
  text.replace(8, 3, kMonths.substr(3 * (static_cast<unsigned>(date.month()) - 1), 3));
  WriteTwo(&text[12], year / 100 % 100);
  WriteTwo(&text[14], year % 100);
  WriteTwo(&text[17], seconds / 3600);
  WriteTwo(&text[20], seconds / 60 % 60);
  WriteTwo(&text[23], seconds % 60);
  return text;
}

void AppendResponseHead(std::string& out, int status, base::Millis wall,
                        std::span<const HttpField> fields,
                        std::optional<std::size_t> content_length, std::string_view lines) {
  CHECK(status >= 100 && status <= 999);
  out.append("HTTP/1.1 ");
  AppendNumber(out, static_cast<std::size_t>(status));
  out.append(" ").append(ReasonPhrase(status));
  out.append("\r\nDate: ").append(HttpDate(wall)).append("\r\n");
  AppendFields(out, fields);
  if (content_length) {
    out.append("Content-Length: ");
    AppendNumber(out, *content_length);
    out.append("\r\n");
  }
  out.append(lines).append("\r\n");
}

void AppendRequestHead(std::string& out, std::string_view method, std::string_view target,
                       std::span<const HttpField> fields) {
  CHECK(IsToken(method));
  out.append(method).append(" ");
  for (const char c : target) {
    if (c != ' ' && c != '\t' && IsFieldValueChar(c)) {
      out.push_back(c);
      continue;
    }
    constexpr std::string_view kHex = "0123456789ABCDEF";
    const auto byte = static_cast<unsigned char>(c);
    out.append({'%', kHex[byte >> 4], kHex[byte & 15]});
  }
  out.append(" HTTP/1.1\r\n");
  AppendFields(out, fields);
  out.append("\r\n");
}

}  // namespace gatehouse::wire
