#include "api/serve/close_notice.h"

#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "wire/form.h"
#include "wire/utf8.h"

namespace gatehouse::api {
namespace {

constexpr std::size_t kReasonBytesMax = 123;  // a control frame has 125, two are the code's

// 1004 is reserved, 1005, 1006 and 1015 never stand in a frame, 1016 to 2999 are nobody's yet.
bool MayBeSent(unsigned code) {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
         (code >= 3000 && code <= 4999);
}

Error WrongNotice(std::string message) { return {ErrorCode::kInvalidArgument, std::move(message)}; }

Result<std::uint16_t> ReadCode(const std::string& text) {
  unsigned code = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), code);
  bool whole = error == std::errc() && end == text.data() + text.size();
  if (!whole || !MayBeSent(code)) {
    return WrongNotice("code must be 1000 to 1003, 1007 to 1014 or 3000 to 4999");
  }
  return static_cast<std::uint16_t>(code);
}

}  // namespace

Result<CloseNotice> ReadCloseNotice(std::string_view query) {
  Result<wire::FormFields> fields = wire::ParseForm(query);
  if (!fields) return fields.error();
  std::optional<std::string> code, reason;
  for (auto& [name, value] : *fields) {
    if (name != "code" && name != "reason") continue;
    std::optional<std::string>& given = name == "code" ? code : reason;
    if (given) return WrongNotice(fmt::format("{} is given twice", name));
    given = std::move(value);
  }
  CloseNotice notice;
  if (code) {
    Result<std::uint16_t> read = ReadCode(*code);
    if (!read) return read.error();
    notice.code = *read;
    if (notice.code != wire::kCloseNormal) notice.reason.clear();
  }
  if (!reason) return notice;
  if (!wire::IsUtf8(*reason)) return WrongNotice("reason is not UTF-8 text");
  if (reason->size() > kReasonBytesMax) {
    return WrongNotice(fmt::format("reason has {} bytes; a close frame has room for {}",
                                   reason->size(), kReasonBytesMax));
  }
  notice.reason = *std::move(reason);
  return notice;
}

}  // namespace gatehouse::api
