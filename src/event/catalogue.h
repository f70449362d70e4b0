// The rules, schedules and schedule groups of this node, durable in the store. Templates and the
// two HTTP APIs write here. One loop's thread only.
//
// Stored: documents of the keyspace "events", named "rule/NAME", "schedule/GROUP/NAME" and
// "group/NAME"; definition_json.h tells the texts.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/executor.h"
#include "base/function.h"
#include "event/definition.h"
#include "gatehouse/result.h"
#include "store/documents.h"

namespace gatehouse::event {

class Catalogue {
 public:
  static constexpr std::size_t kChangesWaitingMax = 10'000;  // beyond: kLimitExceeded

  using Done = base::UniqueFunction<void(Result<void>)>;
  // Makes of what is there (null: nothing) what shall be (nothing: it goes), or says why not.
  // Called when all changes before have been made.
  template <class T>
  using Change = base::UniqueFunction<Result<std::optional<T>>(const T* present)>;

  // Reads what the store has. Blocks; for start-up. Everything given must outlive the catalogue.
  static Result<std::unique_ptr<Catalogue>> Open(store::Store& store, base::Executor& loop);

  // done comes once the change is durable, in the order of the calls. Errors: the change's own;
  // kLimitExceeded (too many rules or schedules); those of the store.
  void ChangeRule(std::string name, Change<Rule> change, Done done);
  // Error besides: kNotFound, the group.
  void ChangeSchedule(std::string group, std::string name, Change<Schedule> change, Done done);
  // A group that goes takes its schedules with it.
  void ChangeGroup(std::string name, Change<ScheduleGroup> change, Done done);

  template <class T>
  using Map = std::map<std::string, T, std::less<>>;
  const Map<Rule>& rules() const { return rules_; }
  const Map<Schedule>& schedules() const { return schedules_; }  // under "GROUP/NAME"
  const Map<ScheduleGroup>& groups() const { return groups_; }   // but the default one

  const Rule* FindRule(std::string_view name) const;
  const Schedule* FindSchedule(std::string_view group, std::string_view name) const;
  bool HasGroup(std::string_view name) const;

  // Called when something has changed, before its change's done: with the name of its document.
  void OnChange(base::UniqueFunction<void(const std::string& document)> listener) {
    listener_ = std::move(listener);
  }

 private:
  struct Commit {
    std::vector<store::Documents::Change> documents;
    base::UniqueFunction<void()> publish;
  };
  struct Waiting {
    base::UniqueFunction<Result<Commit>()> prepare;
    Done done;
  };

  Catalogue(store::Documents documents, base::Executor& loop)
      : documents_(std::move(documents)), loop_(loop) {}
  Result<void> Read(const std::string& document, const std::string& text);
  template <class T>
  Result<Commit> Prepare(Map<T>& all, const std::string& key, const std::string& document,
                         std::size_t max, Change<T>& change, std::string (*encode)(const T&));
  void Submit(Waiting waiting);
  void RunNext();

  store::Documents documents_;
  base::Executor& loop_;
  Map<Rule> rules_;
  Map<Schedule> schedules_;
  Map<ScheduleGroup> groups_;
  std::deque<Waiting> changes_;  // the first is being made durable if committing_
  bool committing_ = false;
  base::UniqueFunction<void(const std::string&)> listener_;
};

}  // namespace gatehouse::event
