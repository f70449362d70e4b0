// A stack as it is kept: plain values, and their form in the documents of the keyspace "stacks":
//   stack/UUID            all but what follows
//   resource/UUID/LOGICAL one Entry
//   event/UUID/NUMBER     one StackEvent, NUMBER of ten digits
//   changeset/UUID/UUID   one ChangeSet
// Each text is a JSON object whose member "v" is 1.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "stack/engine/plan.h"

namespace gatehouse::stack {

// What a template and its parameters came to when they were last applied in full.
struct StackDefinition {
  std::string template_text;
  ParameterTexts parameters;
  std::vector<std::string> no_echo;
  std::vector<std::string> capabilities;
  std::vector<std::pair<std::string, std::string>> tags;
  std::string description;
  std::vector<Output> outputs;
  std::vector<std::string> imports;
  std::string source_directory;
};

// A resource on its way. While an operation runs, `before` is what it was when the operation
// touched it first (nothing: it was not there), so that the operation can be undone.
struct Entry {
  Resource now;
  std::string status;  // "CREATE_COMPLETE", …
  std::string reason;
  base::Millis time{};
  int touched = 0;  // 0: not by this operation; else in which place
  std::optional<Resource> before;
};

struct StackEvent {
  std::uint64_t number = 0;
  std::string id;
  std::string logical_id;
  std::string physical_id;
  std::string type;
  std::string status;
  std::string reason;
  std::string properties;  // JSON
  base::Millis time{};
};

struct ResourceChange {
  std::string action;  // "Add", "Modify", "Remove"
  std::string logical_id;
  std::string physical_id;
  std::string type;
  std::string replacement;  // "True", "False"; empty: not said
};

struct ChangeSet {
  std::string name;
  std::string id;    // ARN
  std::string type;  // "CREATE", "UPDATE"
  std::string description;
  std::string status;  // "CREATE_COMPLETE", "FAILED"
  std::string reason;
  std::string execution;  // "AVAILABLE", "UNAVAILABLE", "EXECUTE_COMPLETE", …
  base::Millis time{};
  StackDefinition definition;  // template, parameters, capabilities, tags
  std::vector<ResourceChange> changes;
};

struct StackRecord {
  std::string name;
  std::string uuid;
  std::string id;  // ARN
  std::string status;
  std::string reason;
  base::Millis created{}, updated{}, deleted{};  // 0: never
  StackDefinition definition;
  bool disable_rollback = false;
  bool termination_protection = false;
  // Last deployed by a gatehouse that denies functions what their roles do not allow.
  bool has_roles_enforced = false;
  std::string change_set_id;      // the one executed last
  std::vector<Resource> garbage;  // to be deleted now that an operation is past undoing

  std::map<std::string, Entry, std::less<>> entries;          // by logical id
  std::deque<StackEvent> events;                              // oldest first
  std::map<std::string, ChangeSet, std::less<>> change_sets;  // by name

  bool busy = false;  // an operation runs; not kept

  bool is_deleted() const { return status == "DELETE_COMPLETE"; }
  bool in_review() const { return status == "REVIEW_IN_PROGRESS"; }
  Resources resources() const;
};

std::string StackDocument(const StackRecord& stack);
std::string EntryDocument(const Entry& entry);
std::string EventDocument(const StackEvent& event);
std::string ChangeSetDocument(const ChangeSet& change_set);

std::string StackKey(const StackRecord& stack);
std::string EntryKey(const StackRecord& stack, const std::string& logical_id);
std::string EventKey(const StackRecord& stack, const StackEvent& event);
std::string ChangeSetKey(const StackRecord& stack, const ChangeSet& change_set);

// All stacks, by uuid, from all documents of the keyspace. Error: kIo (damaged; which),
// kUnsupported (of a newer gatehouse).
Result<std::map<std::string, StackRecord>> ReadRecords(
    const std::map<std::string, std::string, std::less<>>& documents);

}  // namespace gatehouse::stack
