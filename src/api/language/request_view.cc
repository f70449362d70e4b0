#include "api/language/request_view.h"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "base/clock.h"

namespace gatehouse::api {
namespace {

using Append = void (*)(const RequestContext& context, std::string& out);

void AppendInteger(std::int64_t value, std::string& out) {
  char digits[24];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

// One row per variable of $context; one whose append is null is known to AWS and empty here, since
// what would fill it (authorizers, IAM) does not run for this event.
struct Row {
  std::string_view name;
  Append append;
};

constexpr Row kRows[] = {
    {"apiId", [](const RequestContext& c, std::string& out) { out += c.api_id; }},
    {"authorizer.principalId", nullptr},
    {"connectedAt",
     [](const RequestContext& c, std::string& out) { AppendInteger(c.connected_at, out); }},
    {"connectionId", [](const RequestContext& c, std::string& out) { out += c.connection_id; }},
    {"disconnectReason",
     [](const RequestContext& c, std::string& out) { out += c.disconnect_reason; }},
    {"disconnectStatusCode",
     [](const RequestContext& c, std::string& out) {
       if (c.disconnect_status_code != 0) AppendInteger(c.disconnect_status_code, out);
     }},
    {"domainName", [](const RequestContext& c, std::string& out) { out += c.domain_name; }},
    {"error.message", nullptr},
    {"error.messageString", nullptr},
    {"error.responseType", nullptr},
    {"error.validationErrorString", nullptr},
    {"eventType", [](const RequestContext& c, std::string& out) { out += c.event_type; }},
    {"extendedRequestId", [](const RequestContext& c, std::string& out) { out += c.request_id; }},
    {"identity.sourceIp", [](const RequestContext& c, std::string& out) { out += c.source_ip; }},
    {"identity.userAgent", [](const RequestContext& c, std::string& out) { out += c.user_agent; }},
    {"messageDirection", [](const RequestContext&, std::string& out) { out += "IN"; }},
    {"messageId", [](const RequestContext& c, std::string& out) { out += c.message_id; }},
    {"requestId", [](const RequestContext& c, std::string& out) { out += c.request_id; }},
    {"requestTime",
     [](const RequestContext& c, std::string& out) {
       out += base::FormatClf(base::Millis{c.request_time_epoch});
     }},
    {"requestTimeEpoch",
     [](const RequestContext& c, std::string& out) { AppendInteger(c.request_time_epoch, out); }},
    {"routeKey", [](const RequestContext& c, std::string& out) { out += c.route_key; }},
    {"stage", [](const RequestContext& c, std::string& out) { out += c.stage; }},
    {"status", nullptr},
};

const Row* FindRow(std::string_view name) {
  auto row = std::find_if(std::begin(kRows), std::end(kRows),
                          [&](const Row& r) { return r.name == name; });
  return row == std::end(kRows) ? nullptr : row;
}

bool AppendLast(std::span<const NameValue> pairs, auto is_same, std::string& out) {
  for (auto it = pairs.rbegin(); it != pairs.rend(); ++it) {
    if (!is_same(it->name)) continue;
    out += it->value;
    return true;
  }
  return false;
}

}  // namespace

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

bool IsContextVariable(std::string_view name) {
  static constexpr std::string_view kFamilies[] = {"authorizer.", "identity."};
  bool is_of_family =
      std::any_of(std::begin(kFamilies), std::end(kFamilies), [&](std::string_view family) {
        return name.starts_with(family) && name.size() > family.size();
      });
  return is_of_family || FindRow(name);
}

void AppendContextVariable(const RequestView& view, std::string_view name, std::string& out) {
  if (!view.event || !view.event->request_context) return;
  if (name == "status" && view.status_code != 0) return AppendInteger(view.status_code, out);
  const Row* row = FindRow(name);
  if (row && row->append) row->append(*view.event->request_context, out);
}

void AppendStageVariable(const RequestView& view, std::string_view name, std::string& out) {
  if (!view.stage_variables) return;
  auto it = view.stage_variables->find(std::string(name));
  if (it != view.stage_variables->end()) out += it->second;
}

bool AppendHeader(const RequestView& view, std::string_view name, std::string& out) {
  auto is_same = [&](std::string_view other) { return EqualsIgnoringCase(name, other); };
  return view.event && AppendLast(view.event->headers, is_same, out);
}

bool AppendQueryParameter(const RequestView& view, std::string_view name, std::string& out) {
  auto is_same = [&](std::string_view other) { return name == other; };
  return view.event && AppendLast(view.event->query, is_same, out);
}

}  // namespace gatehouse::api
