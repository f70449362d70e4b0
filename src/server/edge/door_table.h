// Who may ask what on the one port: one table, and the one function that reads it. A web page can
// make its reader's browser send simple requests anywhere (images, forms, links, fetch without
// CORS); none of them may read or change anything. docs/security.md tells it to people.
// Pure functions over values.
#pragma once

#include <span>
#include <string_view>

namespace gatehouse::server {

// What a request wants, as far as it matters to who may ask.
enum class Door {
  kUpgrade,      // a WebSocket to a stage
  kStageUrl,     // anything else on a stage's URL: 426, or 403 where nothing is
  kConnections,  // a stage's @connections
  kDynamoDb,
  kLambda,
  kCloudFormation,
  kApiGateway,
  kSts,
  kEvents,     // EventBridge
  kScheduler,  // EventBridge Scheduler
  kSsm,        // Systems Manager's parameters
  kOwn,        // /_gatehouse/…
  kOther,      // a service that is not served: 501
};

// Who sent a request, as far as its head tells.
enum class Asker {
  kProgram,        // nothing says that a browser did
  kOwnPage,        // a page of the very origin that was asked
  kAllowedPage,    // a page of an origin that --cors-origin names
  kForeignPage,    // any other page, one without an origin ("null") too
  kAddressLine,    // a person typed the URL or opened it from elsewhere (Sec-Fetch-Site: none)
  kSilentBrowser,  // a browser, by its User-Agent, that says no more: for whom is unknown
};

// The signature that it carries.
enum class Signed {
  kNo,        // none, or one in the URL by a key that nobody knows: any page can write that
  kHeader,    // in Authorization, which no page can send unasked, by a key that nobody knows
  kVerified,  // right, by a key that is known
};

struct Asking {
  Door door = Door::kOther;
  std::string_view method;
  Asker asker = Asker::kProgram;
  Signed signature = Signed::kNo;
  // Whether a browser would have said that it is one: it sends Sec-Fetch-Site over TLS and to
  // loopback hosts, not over plain HTTP to other names (as to AWS's, through a proxy). It matters
  // to what IsReading only.
  bool browsers_tell = false;
};

enum class Verdict {
  kOpen,
  kForeignPage,
  kAddressLine,
  kSilentBrowser,
  kMethod,      // the door takes POST, and GET
  kUnsigned,    // a GET that needs a signature
  kUnverified,  // a GET that needs the signature of a known key
};

// What GET and HEAD of a door need.
enum class Reading {
  kNothing,   // they tell what everybody may know
  kSigned,    // a signature, unless a browser would have told that it asks
  kVerified,  // the signature of a known key: here a GET can change something
};

struct DoorRow {
  Door door;
  std::string_view name;
  Reading reading;
  bool any_page;      // pages of every origin may ask, as on AWS
  bool address_line;  // a person may open it in a browser
  bool get_and_post;  // no other methods
};

// A row for each door, in their order.
std::span<const DoorRow> DoorTable();

Verdict Judge(const Asking& asking);

// GET and HEAD.
bool IsReading(std::string_view method);

// Why not, for the log: a sentence without its beginning; empty: kOpen.
std::string_view SentenceOf(Verdict verdict);

}  // namespace gatehouse::server
