// Stacks over a provider that only remembers: order, failure, rollback, recovery.
#include "stack/engine/stacks.h"

#include <gtest/gtest.h>

#include "stack/engine/test_stacks.h"

namespace gatehouse::stack {
namespace {

using Lines = std::vector<std::string>;

// B needs A, C needs B.
constexpr const char* kThree = R"(
Resources:
  C: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: !Sub '${B}-c'}}
  B: {Type: AWS::Logs::LogGroup, Properties: {RetentionInDays: 5}, DependsOn: A}
  A: {Type: AWS::Logs::LogGroup}
Outputs:
  Name: {Value: !Ref B, Export: {Name: b-name}}
)";

std::string Replaced(std::string text, const std::string& what, const std::string& with) {
  return text.replace(text.find(what), what.size(), with);
}

struct StacksTest : testing::Test, StacksWorld {};

TEST_F(StacksTest, CreatesInOrderOfNeedAndDeletesBackwards) {
  auto id = Create(Request(kThree));
  ASSERT_TRUE(id) << id.error().message;
  EXPECT_TRUE(id->starts_with("arn:aws:cloudformation:us-east-1:000000000000:stack/s/"));
  EXPECT_EQ(provider.TakeLog(), (Lines{"create A", "create B", "create C"}));
  EXPECT_EQ(Status(), "CREATE_COMPLETE");
  const StackRecord& stack = *stacks->Find("s");
  ASSERT_EQ(stack.definition.outputs.size(), 1u);
  const std::string name = stack.definition.outputs[0].value;
  EXPECT_TRUE(name.starts_with("s-B-"));
  EXPECT_EQ(name.size(), 16u);
  EXPECT_EQ(stack.entries.at("C").now.physical_id, name + "-c");
  EXPECT_EQ(Events(), (Lines{"s CREATE_IN_PROGRESS", "A CREATE_IN_PROGRESS", "A CREATE_COMPLETE",
                             "B CREATE_IN_PROGRESS", "B CREATE_COMPLETE", "C CREATE_IN_PROGRESS",
                             "C CREATE_COMPLETE", "s CREATE_COMPLETE"}));
  EXPECT_EQ(Create(Request(kThree)).error().message, "Stack [s] already exists");
  ASSERT_TRUE(Delete("s"));
  EXPECT_EQ(provider.TakeLog(), (Lines{"delete C", "delete B", "delete A"}));
  EXPECT_EQ(Status("s"), "none");
  EXPECT_EQ(Status(*id), "DELETE_COMPLETE");
  EXPECT_TRUE(Delete("s"));
  EXPECT_TRUE(provider.there.empty());
}

TEST_F(StacksTest, AStackMadeAnewHasTheSameNames) {
  ASSERT_TRUE(Create(Request(kThree)));
  const std::string first = stacks->Find("s")->definition.outputs[0].value;
  ASSERT_TRUE(Delete("s"));
  ASSERT_TRUE(Create(Request(kThree)));
  EXPECT_EQ(stacks->Find("s")->definition.outputs[0].value, first);
}

TEST_F(StacksTest, AFailedCreateIsRolledBack) {
  provider.failing = {"create C"};
  ASSERT_TRUE(Create(Request(kThree)));
  EXPECT_EQ(Status(), "ROLLBACK_COMPLETE");
  EXPECT_EQ(provider.TakeLog(),
            (Lines{"create A", "create B", "create C", "delete C", "delete B", "delete A"}));
  EXPECT_TRUE(provider.there.empty());
  bool told = false;
  for (const StackEvent& event : stacks->Find("s")->events) {
    told = told || (event.status == "CREATE_FAILED" && event.reason == "create C was to fail");
  }
  EXPECT_TRUE(told);
  auto update = Update(Request(kThree));
  ASSERT_FALSE(update);
  EXPECT_NE(update.error().message.find(" is in ROLLBACK_COMPLETE state and can not be updated."),
            std::string::npos);
  ASSERT_TRUE(Delete("s"));
  EXPECT_EQ(Status(), "none");
}

TEST_F(StacksTest, EveryEndIsHeardOf) {
  std::vector<std::string> ends;
  options.on_end = [&](const StackRecord& stack, const std::string& why) {
    ends.push_back(stack.name + " " + stack.status + " " + why);
  };
  Open();
  provider.failing = {"create B"};
  ASSERT_TRUE(Create(Request(kThree)));
  provider.failing.clear();
  ASSERT_TRUE(Delete("s"));
  ASSERT_TRUE(Create(Request(kThree)));
  EXPECT_EQ(ends, (std::vector<std::string>{"s ROLLBACK_COMPLETE B: create B was to fail",
                                            "s DELETE_COMPLETE ", "s CREATE_COMPLETE "}));
}

TEST_F(StacksTest, WithoutRollbackWhatFailedStays) {
  provider.failing = {"create B"};
  StackRequest request = Request(kThree);
  request.disable_rollback = true;
  ASSERT_TRUE(Create(std::move(request)));
  EXPECT_EQ(Status(), "CREATE_FAILED");
  EXPECT_EQ(provider.there.size(), 1u);
  ASSERT_TRUE(Delete("s"));
  EXPECT_TRUE(provider.there.empty());
}

TEST_F(StacksTest, WhatIsThereAlreadyIsNotTouched) {
  Resource foreign;
  foreign.type = "AWS::Logs::LogGroup";
  foreign.physical_id = "taken";
  provider.there[PlaceOf(foreign)] = "not ours";
  ASSERT_TRUE(
      Create(Request("Resources:\n  A: {Type: AWS::Logs::LogGroup, Properties: "
                     "{LogGroupName: taken}}\n")));
  EXPECT_EQ(Status(), "ROLLBACK_COMPLETE");
  EXPECT_EQ(provider.there[PlaceOf(foreign)], "not ours");
  EXPECT_TRUE(provider.TakeLog().empty());
}

TEST_F(StacksTest, UpdatesWhatDiffers) {
  ASSERT_TRUE(Create(Request(kThree)));
  provider.TakeLog();
  EXPECT_EQ(Update(Request(kThree)).error().message, "No updates are to be performed.");
  auto updated = Update(Request(Replaced(kThree, "RetentionInDays: 5", "RetentionInDays: '7'")));
  ASSERT_TRUE(updated) << updated.error().message;
  EXPECT_EQ(provider.TakeLog(), Lines{"update B"});
  EXPECT_EQ(Status(), "UPDATE_COMPLETE");
}

TEST_F(StacksTest, ReplacesAndRemovesAfterTheRestIsThere) {
  ASSERT_TRUE(Create(Request(kThree)));
  provider.TakeLog();
  std::string changed = Replaced(kThree, "${B}-c", "${B}-d");
  changed = Replaced(changed, "  A: {Type: AWS::Logs::LogGroup}\n", "");
  changed = Replaced(changed, ", DependsOn: A", "");
  auto updated = Update(Request(changed));
  ASSERT_TRUE(updated) << updated.error().message;
  EXPECT_EQ(provider.TakeLog(), (Lines{"create C", "delete C", "delete A"}));
  EXPECT_EQ(provider.there.size(), 2u);
  EXPECT_EQ(Status(), "UPDATE_COMPLETE");
}

TEST_F(StacksTest, AFailedUpdateLeadsBack) {
  ASSERT_TRUE(Create(Request(kThree)));
  const auto before = provider.there;
  provider.TakeLog();
  provider.failing = {"create D"};
  std::string changed = Replaced(kThree, "${B}-c", "${B}-d");
  changed = Replaced(changed, "RetentionInDays: 5", "RetentionInDays: 7");
  changed = Replaced(changed, "Outputs", "  D: {Type: AWS::Logs::LogGroup, DependsOn: C}\nOutputs");
  ASSERT_TRUE(Update(Request(changed)));
  EXPECT_EQ(Status(), "UPDATE_ROLLBACK_COMPLETE");
  EXPECT_EQ(provider.TakeLog(),
            (Lines{"update B", "create C", "create D", "delete D", "delete C", "update B"}));
  EXPECT_EQ(provider.there, before);
  EXPECT_EQ(stacks->Find("s")->definition.template_text, kThree);
  EXPECT_EQ(stacks->Find("s")->entries.size(), 3u);
  provider.failing.clear();
  EXPECT_TRUE(Update(Request(changed)));
  EXPECT_EQ(Status(), "UPDATE_COMPLETE");
}

TEST_F(StacksTest, WhatIsRetainedStays) {
  const std::string text = Replaced(kThree, "  A: {Type: AWS::Logs::LogGroup",
                                    "  A: {Type: AWS::Logs::LogGroup, DeletionPolicy: Retain");
  ASSERT_TRUE(Create(Request(text)));
  const std::string name = stacks->Find("s")->entries.at("A").now.physical_id;
  ASSERT_TRUE(Delete("s"));
  EXPECT_EQ(provider.there.size(), 1u);
  ASSERT_TRUE(Create(Request(text)));  // under another name, as the first is taken
  EXPECT_NE(stacks->Find("s")->entries.at("A").now.physical_id, name);
  EXPECT_EQ(Status(), "CREATE_COMPLETE");
}

TEST_F(StacksTest, ExportsInUseStay) {
  ASSERT_TRUE(Create(Request(kThree)));
  auto importer =
      Create(Request("Resources:\n  A: {Type: AWS::Logs::LogGroup, Properties: "
                     "{LogGroupName: !ImportValue b-name}}\n",
                     "t"));
  // It has the very name of s's B.
  ASSERT_TRUE(importer) << importer.error().message;
  EXPECT_EQ(Status("t"), "ROLLBACK_COMPLETE");
  ASSERT_TRUE(Delete("t"));
  ASSERT_TRUE(
      Create(Request("Resources:\n  A: {Type: AWS::Logs::LogGroup, Properties: "
                     "{LogGroupName: !Join ['', [x, !ImportValue b-name]]}}\n",
                     "t")));
  EXPECT_EQ(stacks->ImportersOf("b-name"), Lines{"t"});
  EXPECT_EQ(Delete("s").error().message, "Export b-name cannot be deleted as it is in use by t");
  EXPECT_EQ(Create(Request(kThree, "u")).error().message,
            "Export with name b-name is already exported by stack s. Rename the export or delete "
            "the existing stack.");
  EXPECT_EQ(Create(Request("Resources: {A: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: "
                           "!ImportValue nothing}}}",
                           "u"))
                .error()
                .message,
            "No export named nothing found.");
}

TEST_F(StacksTest, OneOperationAtATime) {
  std::optional<Result<std::string>> first;
  stacks->Create(Request(kThree), [&](Result<std::string> r) { first.emplace(std::move(r)); });
  ASSERT_FALSE(first);
  EXPECT_EQ(Update(Request(kThree)).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(Delete("s").error().code, ErrorCode::kUnavailable);
  EXPECT_TRUE(executor->Wait(first));
}

TEST_F(StacksTest, RefusesBadNames) {
  EXPECT_EQ(Create(Request(kThree, "1s")).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(Create(Request(kThree, std::string(129, 's'))).error().code,
            ErrorCode::kInvalidArgument);
  options.stacks_max = 1;
  Open();
  ASSERT_TRUE(Create(Request(kThree, "a")));
  EXPECT_EQ(Create(Request("Resources: {A: {Type: AWS::Logs::LogGroup}}", "b")).error().code,
            ErrorCode::kLimitExceeded);
}

// Begins the operation and kills the process after each number of turns until it comes to its end.
// check is told whether it was killed before.
template <class Prepare, class Begin, class Check>
void KillEverywhere(Prepare prepare, Begin begin, Check check) {
  for (int turns = 0; turns < 100; ++turns) {
    SCOPED_TRACE("killed after " + std::to_string(turns) + " turns");
    StacksWorld world;
    prepare(world);
    world.provider.TakeLog();
    auto ended = std::make_shared<bool>(false);
    begin(world, ended);
    for (int i = 0; i < turns && !*ended; ++i) world.executor->RunOne();
    if (*ended) {
      EXPECT_GT(turns, 5);
      return;
    }
    world.Kill();
    Result<void> recovered = world.Recover();
    ASSERT_TRUE(recovered) << recovered.error().message;
    check(world);
  }
  ADD_FAILURE() << "it does not end";
}

TEST(Killed, ACreateLeadsToNothing) {
  KillEverywhere(
      [](StacksWorld&) {},
      [](StacksWorld& world, auto ended) {
        world.stacks->Create(world.Request(kThree),
                             [ended](Result<std::string>) { *ended = true; });
      },
      [](StacksWorld& world) {
        EXPECT_TRUE(world.Status() == "ROLLBACK_COMPLETE" || world.Status() == "CREATE_COMPLETE");
        const bool made = world.Status() == "CREATE_COMPLETE";
        EXPECT_EQ(world.provider.there.size(), made ? 3u : 0u);
        EXPECT_EQ(world.stacks->Find("s")->entries.size(), made ? 3u : 0u);
        EXPECT_TRUE(world.Deploy(world.Request(kThree)));
        EXPECT_EQ(world.provider.there.size(), 3u);
      });
}

std::string Changed() {
  std::string changed = Replaced(kThree, "${B}-c", "${B}-d");
  changed = Replaced(changed, "RetentionInDays: 5", "RetentionInDays: 7");
  return Replaced(changed, "Outputs", "  D: {Type: AWS::Logs::LogGroup, DependsOn: C}\nOutputs");
}

TEST(Killed, AnUpdateLeadsToTheOldOrTheNew) {
  std::map<std::string, std::string> old;
  KillEverywhere(
      [&](StacksWorld& world) {
        ASSERT_TRUE(world.Create(world.Request(kThree)));
        old = world.provider.there;
      },
      [](StacksWorld& world, auto ended) {
        world.stacks->Update(world.Request(Changed()),
                             [ended](Result<std::string>) { *ended = true; });
      },
      [&](StacksWorld& world) {
        const std::string& text = world.stacks->Find("s")->definition.template_text;
        if (world.Status() == "UPDATE_COMPLETE") {
          EXPECT_EQ(text, Changed());
          EXPECT_EQ(world.provider.there.size(), 4u);
        } else {
          EXPECT_EQ(world.Status(), "UPDATE_ROLLBACK_COMPLETE");
          EXPECT_EQ(text, kThree);
          EXPECT_EQ(world.provider.there, old);
          EXPECT_EQ(world.stacks->Find("s")->entries.size(), 3u);
        }
        auto again = world.Deploy(world.Request(Changed()));
        EXPECT_TRUE(again);
        EXPECT_EQ(world.provider.there.size(), 4u);
      });
}

TEST(Killed, ADeleteGoesOn) {
  KillEverywhere([&](StacksWorld& world) { ASSERT_TRUE(world.Create(world.Request(kThree))); },
                 [](StacksWorld& world, auto ended) {
                   world.stacks->Delete("s", [ended](Result<void>) { *ended = true; });
                 },
                 [&](StacksWorld& world) {
                   EXPECT_EQ(world.Status(), "none");
                   EXPECT_TRUE(world.provider.there.empty());
                 });
}

TEST_F(StacksTest, WhatIsStoredIsReadAgain) {
  StackRequest request = Request(kThree);
  request.tags = Tags{{"team", "chat"}};
  ASSERT_TRUE(Create(std::move(request)));
  const StackRecord before = *stacks->Find("s");
  Open();
  const StackRecord* after = stacks->Find("s");
  ASSERT_TRUE(after);
  EXPECT_EQ(StackDocument(before), StackDocument(*after));
  EXPECT_EQ(before.events.size(), after->events.size());
  EXPECT_EQ(EntryDocument(before.entries.at("C")), EntryDocument(after->entries.at("C")));
  EXPECT_EQ(provider.restored, (std::set<std::string>{"A", "B", "C"}));
}

TEST_F(StacksTest, DeployCreatesUpdatesOrLeavesAlone) {
  auto first = Deploy(Request(kThree));
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_TRUE(first->changed);
  EXPECT_EQ(first->notices.size(), 3u);
  auto second = Deploy(Request(std::string(kThree) + "# a remark\n"));
  ASSERT_TRUE(second);
  EXPECT_FALSE(second->changed);
  EXPECT_EQ(second->status, "CREATE_COMPLETE");
  auto third = Deploy(Request(Replaced(kThree, "Days: 5", "Days: 7")));
  ASSERT_TRUE(third);
  EXPECT_EQ(third->status, "UPDATE_COMPLETE");
  EXPECT_EQ(Deploy(Request("Resources:\n  A: {Type: AWS::Logs::LogGroup, Properties: {X: 1}}"))
                .error()
                .message,
            "t.yaml:2: Properties validation failed for resource A with message: #: extraneous "
            "key [X] is not permitted");
  provider.failing = {"create D"};
  auto failed = Deploy(Request(std::string(kThree) + "", "t"));
  EXPECT_FALSE(failed);  // the export is s's
}

TEST_F(StacksTest, DeployStartsAnewAfterAFailedCreate) {
  provider.failing = {"create B"};
  auto failed = Deploy(Request(kThree));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().message, "stack s is ROLLBACK_COMPLETE: B: create B was to fail");
  provider.failing.clear();
  EXPECT_TRUE(Deploy(Request(kThree)));
  EXPECT_EQ(Status(), "CREATE_COMPLETE");
}

}  // namespace
}  // namespace gatehouse::stack
