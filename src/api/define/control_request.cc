#include "api/define/control_request.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include "base/encoding.h"

namespace gatehouse::api {
namespace {

namespace bj = boost::json;

std::optional<std::string_view> Find(const Parameters& parameters, std::string_view name) {
  for (const auto& [key, value] : parameters) {
    if (key == name) return value;
  }
  return std::nullopt;
}

std::optional<std::size_t> ParseCount(std::string_view text) {
  std::size_t count = 0;
  auto end = std::from_chars(text.data(), text.data() + text.size(), count);
  if (end.ec != std::errc() || end.ptr != text.data() + text.size()) return std::nullopt;
  return count;
}

}  // namespace

Parameters ParseQuery(std::string_view query) {
  Parameters parameters;
  while (!query.empty()) {
    std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
    std::size_t equals = std::min(pair.find('='), pair.size());
    std::string_view value = pair.substr(std::min(equals + 1, pair.size()));
    parameters.emplace_back(base::DecodePercent(pair.substr(0, equals), true),
                            base::DecodePercent(value, true));
  }
  return parameters;
}

Result<Properties> ParseBody(std::string_view body) {
  if (body.empty()) return Properties();
  bj::error_code failed;
  bj::value value = bj::parse(body, failed);
  if (failed) {
    return Error{ErrorCode::kInvalidArgument,
                 "Could not parse request body into json: " + failed.message()};
  }
  if (!value.is_object()) {
    return Error{ErrorCode::kInvalidArgument, "the request body must be a JSON object"};
  }
  Properties properties;
  for (auto& [name, member] : value.get_object()) {
    if (!member.is_null()) properties.insert_or_assign(name, std::move(member));
  }
  return properties;
}

Result<Page> ParsePage(const Parameters& parameters, std::size_t page_max) {
  Page page{0, page_max};
  if (auto text = Find(parameters, "maxResults")) {
    std::optional<std::size_t> size = ParseCount(*text);
    if (!size || *size == 0 || *size > page_max) {
      return Error{ErrorCode::kInvalidArgument,
                   fmt::format("maxResults must be 1 to {}", page_max)};
    }
    page.size = *size;
  }
  if (auto token = Find(parameters, "nextToken")) {
    std::optional<std::string> start = base::DecodeBase64(*token);
    std::optional<std::size_t> count = start ? ParseCount(*start) : std::nullopt;
    if (!count) return Error{ErrorCode::kInvalidArgument, "Invalid nextToken"};
    page.start = *count;
  }
  return page;
}

}  // namespace gatehouse::api
