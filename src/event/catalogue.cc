#include "event/catalogue.h"

#include <utility>

#include <fmt/format.h>

#include "event/definition_json.h"

namespace gatehouse::event {
namespace {

constexpr std::string_view kRuleDocument = "rule/";
constexpr std::string_view kScheduleDocument = "schedule/";
constexpr std::string_view kGroupDocument = "group/";

std::string Named(std::string_view prefix, std::string_view key) {
  return std::string(prefix).append(key);
}

std::string ScheduleKey(std::string_view group, std::string_view name) {
  return std::string(group).append("/").append(name);
}

template <class T>
Result<void> ReadInto(Result<T> read, std::map<std::string, T, std::less<>>& into,
                      std::string_view key) {
  if (!read) return read.error();
  into.emplace(key, *std::move(read));
  return {};
}

}  // namespace

Result<std::unique_ptr<Catalogue>> Catalogue::Open(store::Store& store, base::Executor& loop) {
  Result<store::Documents> documents = store::Documents::Open(store, "events");
  if (!documents) return documents.error();
  std::unique_ptr<Catalogue> catalogue(new Catalogue(*std::move(documents), loop));
  for (const auto& [name, text] : catalogue->documents_.all()) {
    if (Result<void> read = catalogue->Read(name, text); !read) {
      return Error{ErrorCode::kIo, fmt::format("the stored definition {} is damaged: {}", name,
                                               read.error().message)};
    }
  }
  return catalogue;
}

Result<void> Catalogue::Read(const std::string& document, const std::string& text) {
  std::string_view name = document;
  if (name.starts_with(kRuleDocument)) {
    return ReadInto(DecodeRule(text), rules_, name.substr(kRuleDocument.size()));
  }
  if (name.starts_with(kScheduleDocument)) {
    return ReadInto(DecodeSchedule(text), schedules_, name.substr(kScheduleDocument.size()));
  }
  if (name.starts_with(kGroupDocument)) {
    return ReadInto(DecodeGroup(text), groups_, name.substr(kGroupDocument.size()));
  }
  return Error{ErrorCode::kInvalidArgument, "its kind is not known"};
}

template <class T>
Result<Catalogue::Commit> Catalogue::Prepare(Map<T>& all, const std::string& key,
                                             const std::string& document, std::size_t max,
                                             Change<T>& change, std::string (*encode)(const T&)) {
  auto found = all.find(key);
  const T* present = found == all.end() ? nullptr : &found->second;
  Result<std::optional<T>> next = change(present);
  if (!next) return next.error();
  if (*next && !present && all.size() >= max) {
    return Error{ErrorCode::kLimitExceeded,
                 "The requested resource exceeds the maximum number allowed."};
  }
  Commit commit;
  commit.documents.push_back({document, *next ? std::optional(encode(**next)) : std::nullopt});
  commit.publish = [this, &all, key, document, next = *std::move(next)]() mutable {
    if (next) {
      all.insert_or_assign(key, *std::move(next));
    } else {
      all.erase(key);
    }
    if (listener_) listener_(document);
  };
  return commit;
}

void Catalogue::ChangeRule(std::string name, Change<Rule> change, Done done) {
  Submit({[this, name = std::move(name), change = std::move(change)]() mutable {
            return Prepare(rules_, name, Named(kRuleDocument, name), kRulesMax, change, EncodeRule);
          },
          std::move(done)});
}

void Catalogue::ChangeSchedule(std::string group, std::string name, Change<Schedule> change,
                               Done done) {
  Submit({[this, group = std::move(group), name = std::move(name),
           change = std::move(change)]() mutable -> Result<Commit> {
            if (!HasGroup(group)) {
              return Error{ErrorCode::kNotFound,
                           fmt::format("Schedule group {} does not exist.", group)};
            }
            std::string key = ScheduleKey(group, name);
            return Prepare(schedules_, key, Named(kScheduleDocument, key), kSchedulesMax, change,
                           EncodeSchedule);
          },
          std::move(done)});
}

void Catalogue::ChangeGroup(std::string name, Change<ScheduleGroup> change, Done done) {
  Submit({[this, name = std::move(name), change = std::move(change)]() mutable -> Result<Commit> {
            auto commit = Prepare(groups_, name, Named(kGroupDocument, name), kScheduleGroupsMax,
                                  change, EncodeGroup);
            if (!commit || commit->documents.front().text) return commit;
            std::vector<std::string> keys;
            for (const auto& [key, schedule] : schedules_) {
              if (schedule.group == name) keys.push_back(key);
            }
            for (const std::string& key : keys) {
              commit->documents.push_back({Named(kScheduleDocument, key), std::nullopt});
            }
            auto publish = [this, keys, group = std::move(commit->publish)]() mutable {
              group();
              for (const std::string& key : keys) {
                schedules_.erase(key);
                if (listener_) listener_(Named(kScheduleDocument, key));
              }
            };
            commit->publish = std::move(publish);
            return commit;
          },
          std::move(done)});
}

void Catalogue::Submit(Waiting waiting) {
  if (changes_.size() >= kChangesWaitingMax) {
    return waiting.done(Error{ErrorCode::kLimitExceeded, "too many changes of rules wait"});
  }
  changes_.push_back(std::move(waiting));
  RunNext();
}

// One change at a time: what a change may do depends on what the one before it did.
void Catalogue::RunNext() {
  while (!committing_ && !changes_.empty()) {
    Result<Commit> commit = changes_.front().prepare();
    if (!commit) {
      Done done = std::move(changes_.front().done);
      changes_.pop_front();
      done(commit.error());
      continue;
    }
    committing_ = true;
    documents_.Commit(std::move(commit->documents), loop_,
                      [this, publish = std::move(commit->publish)](Result<void> result) mutable {
                        Done done = std::move(changes_.front().done);
                        changes_.pop_front();
                        committing_ = false;
                        if (result) publish();
                        done(std::move(result));
                        RunNext();
                      });
  }
}

const Rule* Catalogue::FindRule(std::string_view name) const {
  auto found = rules_.find(name);
  return found == rules_.end() ? nullptr : &found->second;
}

const Schedule* Catalogue::FindSchedule(std::string_view group, std::string_view name) const {
  auto found = schedules_.find(ScheduleKey(group, name));
  return found == schedules_.end() ? nullptr : &found->second;
}

bool Catalogue::HasGroup(std::string_view name) const {
  return name == kDefaultGroup || groups_.contains(name);
}

}  // namespace gatehouse::event
