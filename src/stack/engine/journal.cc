#include "stack/engine/journal.h"

#include <utility>

#include "aws/id.h"

namespace gatehouse::stack {

void Journal::Put(std::string name, std::string text) {
  changes_.push_back({std::move(name), std::move(text)});
}

void Journal::Save(const StackRecord& stack) { Put(StackKey(stack), StackDocument(stack)); }

void Journal::Save(const StackRecord& stack, const Entry& entry) {
  Put(EntryKey(stack, entry.now.logical_id), EntryDocument(entry));
}

void Journal::Save(const StackRecord& stack, const ChangeSet& change_set) {
  Put(ChangeSetKey(stack, change_set), ChangeSetDocument(change_set));
}

void Journal::Forget(const StackRecord& stack, const std::string& logical_id) {
  changes_.push_back({EntryKey(stack, logical_id), std::nullopt});
}

void Journal::Forget(const StackRecord& stack, const ChangeSet& change_set) {
  changes_.push_back({ChangeSetKey(stack, change_set), std::nullopt});
}

void Journal::ForgetAll(const StackRecord& stack) {
  for (const auto& [name, text] : documents_.all()) {
    if (name.find(stack.uuid) != std::string::npos) changes_.push_back({name, std::nullopt});
  }
}

void Journal::Add(StackRecord& stack, StackEvent event) {
  event.number = stack.events.empty() ? 1 : stack.events.back().number + 1;
  event.time = clock_.WallNow();
  Put(EventKey(stack, event), EventDocument(event));
  stack.events.push_back(std::move(event));
  if (stack.events.size() > kEventsMax) {
    changes_.push_back({EventKey(stack, stack.events.front()), std::nullopt});
    stack.events.pop_front();
  }
}

void Journal::Tell(StackRecord& stack, const std::string& status, const std::string& reason) {
  stack.status = status;
  stack.reason = reason;
  StackEvent event;
  event.id = aws::NewUuid(random_);
  event.logical_id = stack.name;
  event.physical_id = stack.id;
  event.type = "AWS::CloudFormation::Stack";
  event.status = status;
  event.reason = reason;
  Add(stack, std::move(event));
  Save(stack);
}

void Journal::Tell(StackRecord& stack, const Resource& resource, const std::string& status,
                   const std::string& reason) {
  StackEvent event;
  event.id = resource.logical_id + "-" + status + "-" + base::FormatIso8601(clock_.WallNow());
  event.logical_id = resource.logical_id;
  event.physical_id = resource.values.ref.empty() ? resource.physical_id : resource.values.ref;
  event.type = resource.type;
  event.status = status;
  event.reason = reason;
  event.properties = ToJson(resource.properties);
  Add(stack, std::move(event));
}

Task<Result<void>> Journal::Commit() {
  if (changes_.empty()) co_return Result<void>();
  Await<Result<void>> commit([this](Await<Result<void>>::Done done) {
    documents_.Commit(std::exchange(changes_, {}), loop_, std::move(done));
  });
  co_return co_await commit;
}

}  // namespace gatehouse::stack
