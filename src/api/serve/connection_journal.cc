#include "api/serve/connection_journal.h"

#include <charconv>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "gatehouse/json.h"
#include "wire/websocket_frame.h"

namespace gatehouse::api {
namespace {

constexpr std::string_view kJournalKeyspace = "connections";
constexpr std::int64_t kFormatVersion = 1;
constexpr std::chrono::seconds kRetryInterval{1};

void AppendText(std::string& out, std::string_view name, std::string_view value) {
  out.append(",\"").append(name).append("\":");
  json::AppendQuoted(out, value);
}

std::optional<std::int64_t> IntegerOf(std::string_view object, std::string_view name) {
  std::optional<std::string_view> text = json::Member(object, name);
  std::int64_t value = 0;
  if (!text) return std::nullopt;
  auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc() || end != text->data() + text->size()) return std::nullopt;
  return value;
}

// Empty: absent, or no string.
std::string TextOfMember(std::string_view object, std::string_view name) {
  std::optional<std::string_view> value = json::Member(object, name);
  return value ? json::String(*value).value_or("") : "";
}

Result<store::KeyspaceId> FindOrCreate(store::Transaction& transaction) {
  auto found = transaction.FindKeyspace(kJournalKeyspace);
  if (!found) return found.error();
  if (*found) return **found;
  return transaction.CreateKeyspace(kJournalKeyspace);
}

}  // namespace

std::string EncodeJournalEntry(const Connection& connection, const Stage& stage) {
  std::string out =
      fmt::format(R"({{"v":{},"connectedAt":{})", kFormatVersion, connection.connected_at);
  AppendText(out, "apiId", stage.api_id());
  AppendText(out, "stage", stage.name());
  AppendText(out, "domainName", connection.domain_name);
  AppendText(out, "sourceIp", connection.source_ip);
  if (!connection.user_agent.empty()) AppendText(out, "userAgent", connection.user_agent);
  return out + "}";
}

Result<JournalEntry> DecodeJournalEntry(std::string_view id, std::string_view text) {
  std::optional<std::int64_t> version = IntegerOf(text, "v");
  if (version && *version > kFormatVersion) {
    return Error{ErrorCode::kUnsupported,
                 fmt::format("the journal of connections has rows of format {}, which a newer "
                             "gatehouse wrote: start that one, or --journal off",
                             *version)};
  }
  JournalEntry entry;
  entry.api_id = TextOfMember(text, "apiId");
  entry.stage = TextOfMember(text, "stage");
  if (!version || entry.api_id.empty() || entry.stage.empty()) {
    return Error{ErrorCode::kInvalidArgument, "a row of the journal of connections is damaged"};
  }
  Departure& departure = entry.departure;
  departure.id = id;
  departure.code = wire::kCloseAbnormal;
  departure.is_journaled = true;
  departure.connected_at = IntegerOf(text, "connectedAt").value_or(0);
  departure.domain_name = TextOfMember(text, "domainName");
  departure.source_ip = TextOfMember(text, "sourceIp");
  departure.user_agent = TextOfMember(text, "userAgent");
  return entry;
}

Result<ConnectionJournal::Opened> ConnectionJournal::Open(store::Store& store) {
  Opened opened;
  Result<void> read = store.WriteAndWait([&](store::Transaction& transaction) -> Result<void> {
    Result<store::KeyspaceId> keyspace = FindOrCreate(transaction);
    if (!keyspace) return keyspace.error();
    opened.keyspace = *keyspace;
    store::ScanRange all;
    all.bytes_max = std::numeric_limits<std::size_t>::max();
    std::vector<std::string> damaged;
    Result<void> fine;
    auto scanned =
        transaction.Scan(*keyspace, all, [&](std::string_view id, std::string_view text) {
          Result<JournalEntry> entry = DecodeJournalEntry(id, text);
          if (entry) {
            opened.left_over.push_back(*std::move(entry));
          } else if (entry.error().code == ErrorCode::kUnsupported) {
            fine = entry.error();
          } else {
            damaged.emplace_back(id);
          }
          return fine.has_value();
        });
    if (!scanned) return scanned.error();
    if (!fine) return fine;
    opened.damaged = damaged.size();
    for (const std::string& id : damaged) {
      if (Result<void> gone = transaction.Delete(*keyspace, id); !gone) return gone;
    }
    return {};
  });
  if (!read) return read.error();
  return opened;
}

ConnectionJournal::ConnectionJournal(store::Store& store, store::KeyspaceId keyspace,
                                     net::Loop& loop, base::Log& log)
    : store_(store), keyspace_(keyspace), loop_(loop), log_(log) {}

ConnectionJournal::~ConnectionJournal() {
  *alive_ = false;
  if (retry_) loop_.Cancel(*retry_);
}

void ConnectionJournal::Add(const std::string& id, std::string text, Done done) {
  waiting_.push_back({id, std::move(text)});
  dones_.push_back(std::move(done));
  WriteSoon();
}

void ConnectionJournal::Remove(const std::string& id) {
  waiting_.push_back({id, std::nullopt});
  WriteSoon();
}

void ConnectionJournal::Flush() {
  if (!waiting_.empty()) Write();
}

void ConnectionJournal::WriteSoon() {
  if (!is_writing_ && !retry_) Write();
}

void ConnectionJournal::Write() {
  is_writing_ = true;
  auto changes = std::make_shared<const std::vector<Change>>(std::move(waiting_));
  waiting_.clear();
  store_.Write<void>(
      [keyspace = keyspace_, changes](store::Transaction& transaction) -> Result<void> {
        for (const Change& change : *changes) {
          Result<void> applied = change.text ? transaction.Put(keyspace, change.id, *change.text)
                                             : transaction.Delete(keyspace, change.id);
          if (!applied) return applied;
        }
        return {};
      },
      loop_,
      [this, alive = alive_, changes,
       dones = std::exchange(dones_, {})](const Result<void>& written) mutable {
        if (*alive) OnWritten(*changes, std::move(dones), written);
      });
}

// Rows that could not be added are not tried again: who asked is told. Rows to be removed are.
void ConnectionJournal::OnWritten(const std::vector<Change>& changes, std::vector<Done> dones,
                                  const Result<void>& written) {
  is_writing_ = false;
  if (!written) {
    log_.Error("the journal of connections cannot be written: " + written.error().message);
    std::vector<Change> again;
    for (const Change& change : changes) {
      if (!change.text) again.push_back(change);
    }
    waiting_.insert(waiting_.begin(), again.begin(), again.end());
    retry_ = loop_.After(kRetryInterval, [this] {
      retry_.reset();
      if (!waiting_.empty()) Write();
    });
  } else if (!waiting_.empty()) {
    Write();
  }
  std::shared_ptr<bool> alive = alive_;
  for (Done& done : dones) {
    done(written);
    if (!*alive) return;
  }
}

}  // namespace gatehouse::api
