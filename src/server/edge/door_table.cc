#include "server/edge/door_table.h"

#include <iterator>

namespace gatehouse::server {
namespace {

using enum Reading;

constexpr DoorRow kDoors[] = {
    // door, its name, what a GET needs, any page, address line, GET and POST only
    {Door::kUpgrade, "WebSocket of a stage", kNothing, true, true, false},
    {Door::kStageUrl, "stage without upgrade", kNothing, true, true, false},
    {Door::kConnections, "@connections", kSigned, false, false, false},
    {Door::kDynamoDb, "DynamoDB", kNothing, false, false, false},  // its GET says "healthy"
    {Door::kLambda, "Lambda", kSigned, false, false, false},
    {Door::kCloudFormation, "CloudFormation", kVerified, false, false, true},
    {Door::kApiGateway, "API Gateway", kSigned, false, false, false},
    {Door::kSts, "STS", kVerified, false, false, true},
    {Door::kEvents, "EventBridge", kNothing, false, false, false},  // its GET is no operation
    {Door::kScheduler, "EventBridge Scheduler", kSigned, false, false, false},
    {Door::kSsm, "Systems Manager", kNothing, false, false, false},  // its GET is no operation
    {Door::kOwn, "/_gatehouse/", kNothing, false, true, false},
    {Door::kOther, "service not served", kNothing, false, false, false},
};

constexpr bool IsInOrder() {
  for (std::size_t i = 0; i < std::size(kDoors); ++i) {
    if (kDoors[i].door != static_cast<Door>(i)) return false;
  }
  return true;
}
static_assert(IsInOrder());

Verdict JudgeReading(const DoorRow& row, const Asking& asking) {
  switch (row.reading) {
    case kNothing:
      return Verdict::kOpen;
    case kSigned:
      return asking.signature != Signed::kNo || asking.browsers_tell ? Verdict::kOpen
                                                                     : Verdict::kUnsigned;
    case kVerified:
      break;
  }
  return asking.signature == Signed::kVerified ? Verdict::kOpen : Verdict::kUnverified;
}

}  // namespace

std::span<const DoorRow> DoorTable() { return kDoors; }

Verdict Judge(const Asking& asking) {
  const DoorRow& row = kDoors[static_cast<std::size_t>(asking.door)];
  if (row.any_page) return Verdict::kOpen;
  bool reads = IsReading(asking.method);
  bool opens = row.address_line && reads;
  switch (asking.asker) {
    case Asker::kForeignPage:
      return Verdict::kForeignPage;
    case Asker::kAddressLine:
      if (!opens) return Verdict::kAddressLine;
      break;
    case Asker::kSilentBrowser:
      if (!opens && asking.signature == Signed::kNo) return Verdict::kSilentBrowser;
      break;
    case Asker::kProgram:
    case Asker::kOwnPage:
    case Asker::kAllowedPage:
      break;
  }
  if (row.get_and_post && asking.method != "GET" && asking.method != "POST") {
    return Verdict::kMethod;
  }
  return reads ? JudgeReading(row, asking) : Verdict::kOpen;
}

bool IsReading(std::string_view method) { return method == "GET" || method == "HEAD"; }

std::string_view SentenceOf(Verdict verdict) {
  switch (verdict) {
    case Verdict::kOpen:
      break;
    case Verdict::kForeignPage:
      return "a page of another origin asked (--cors-origin allows one)";
    case Verdict::kAddressLine:
      return "it was opened in a browser, where only /_gatehouse/ answers";
    case Verdict::kSilentBrowser:
      return "a browser asked that does not say for which page";
    case Verdict::kMethod:
      return "this service takes POST, and GET with a signature";
    case Verdict::kUnsigned:
      return "by this name a GET needs a signature; http://localhost needs none";
    case Verdict::kUnverified:
      return "a GET of this service needs the signature of a key that gatehouse knows; POST needs "
             "none";
  }
  return {};
}

}  // namespace gatehouse::server
