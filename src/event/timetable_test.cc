// Rules and schedules over a clock that the test moves, a store in memory and a caller that counts.
#include "event/timetable.h"

#include <gtest/gtest.h>

#include "event/changes.h"
#include "event/time_zone.h"
#include "net/loop/test_peer.h"

namespace gatehouse::event {
namespace {

class Caller final : public FunctionCaller {
 public:
  void Send(const std::string&, std::string payload,
            base::UniqueFunction<void(Result<void>)> accepted,
            base::UniqueFunction<void()> ended) override {
    payloads.push_back(std::move(payload));
    accepted({});
    ended();
  }
  std::vector<std::string> payloads;
};

store::StoreOptions MemoryStore() {
  store::StoreOptions options;
  options.path = ":memory:";
  options.threads = false;
  return options;
}

class TimetableTest : public testing::Test {
 protected:
  TimetableTest() { Open(); }
  ~TimetableTest() override {
    timetable_.reset();
    store_->Close();
    world_.Settle();
  }

  void Open() {
    timetable_.reset();
    catalogue_ = Catalogue::Open(*store_, world_.loop).value();
    timetable_ = std::make_unique<Timetable>(*catalogue_, deliveries_, world_.loop, random_, log_);
    catalogue_->OnChange([this](const std::string& name) { timetable_->OnChange(name); });
    timetable_->Start();
  }
  void Put(Schedule schedule) {
    schedule.name = "s";
    schedule.target.role_arn = "arn:aws:iam::000000000000:role/r";
    schedule.target.arn = "arn:aws:lambda:us-east-1:000000000000:function:f";
    if (!schedule.target.input) schedule.target.input = "<aws.scheduler.scheduled-time>";
    bool only_new = !catalogue_->FindSchedule(schedule.group, "s");
    PutSchedule(*catalogue_, std::move(schedule), only_new, world_.clock.WallNow(),
                [](const Result<void>& put) { EXPECT_TRUE(put); });
    world_.Settle();
  }
  std::vector<std::string> Take() { return std::exchange(caller_.payloads, {}); }
  static base::Millis Wall(const std::string& text) {
    absl::Time time;
    std::string error;
    EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, &error)) << text;
    return ToWall(time);
  }

  using Times = std::vector<std::string>;
  net::TestWorld world_;  // begins at 2026-01-01T10:10:10Z
  std::unique_ptr<store::Store> store_ = store::Store::Open(MemoryStore()).value();
  base::SeededRandom random_{1};
  std::string lines_;
  base::Log log_{{}, world_.clock, [this](std::string_view lines) { lines_ += lines; }};
  Caller caller_;
  AllowAll allow_;
  Deliveries deliveries_{caller_, allow_, world_.loop, log_, {}};
  std::unique_ptr<Catalogue> catalogue_;
  std::unique_ptr<Timetable> timetable_;
};

TEST_F(TimetableTest, StartAndEndBoundASchedule) {
  Schedule schedule;
  schedule.expression = "rate(1 hour)";
  schedule.start = Wall("2026-01-01T12:30:00Z");
  schedule.end = Wall("2026-01-01T14:30:00Z");
  Put(schedule);
  world_.Advance(24 * 3600);
  EXPECT_EQ(Take(),
            (Times{"2026-01-01T12:30:00Z", "2026-01-01T13:30:00Z", "2026-01-01T14:30:00Z"}));
  EXPECT_EQ(timetable_->NextDue(), std::nullopt);
}

TEST_F(TimetableTest, DaysPassInAZoneOverTheChangeToSummerTime) {
  Schedule schedule;
  schedule.expression = "cron(30 2 ? * SUN *)";
  schedule.zone = "Europe/Berlin";
  schedule.start = Wall("2026-03-20T00:00:00Z");
  Put(schedule);
  for (int day = 0; day < 100; ++day) world_.Advance(24 * 3600);
  EXPECT_EQ(Take(), (Times{"2026-03-22T01:30:00Z", "2026-04-05T00:30:00Z"}));
}

TEST_F(TimetableTest, OnceIsOnce) {
  Schedule schedule;
  schedule.expression = "at(2026-01-02T00:00:00)";
  Put(schedule);
  world_.Advance(48 * 3600);
  EXPECT_EQ(Take(), Times{"2026-01-02T00:00:00Z"});
  EXPECT_TRUE(catalogue_->FindSchedule("default", "s")) << "it stays, as on AWS";
}

TEST_F(TimetableTest, ChangesCountAtOnce) {
  Schedule schedule;
  schedule.expression = "rate(1 minute)";
  Put(schedule);
  world_.Advance(150);
  EXPECT_EQ(Take().size(), 3u);
  schedule.enabled = false;
  Put(schedule);
  world_.Advance(600);
  EXPECT_TRUE(Take().empty());
  schedule.enabled = true;
  schedule.expression = "rate(1 hour)";
  Put(schedule);
  world_.Advance(10);
  EXPECT_EQ(Take().size(), 1u) << "begins anew";
  DeleteSchedule(*catalogue_, "default", "s", [](const Result<void>& r) { EXPECT_TRUE(r); });
  world_.Advance(24 * 3600);
  EXPECT_TRUE(Take().empty());
  EXPECT_EQ(timetable_->entries(), 0u);
}

TEST_F(TimetableTest, ARestartGoesOnAndMakesUpForNothing) {
  Schedule schedule;
  schedule.expression = "rate(1 hour)";
  Put(schedule);
  EXPECT_EQ(Take(), Times{"2026-01-01T10:10:10Z"});
  timetable_.reset();
  world_.Advance(3.5 * 3600);
  Open();
  world_.Advance(3600);
  EXPECT_EQ(Take(), Times{"2026-01-01T14:10:10Z"});
}

TEST_F(TimetableTest, WhatComesTooLateIsLeftOutAndSaid) {
  Schedule schedule;
  schedule.expression = "rate(10 minutes)";
  Put(schedule);
  Take();
  world_.clock.Advance(std::chrono::minutes{45});  // nobody had a turn: the machine slept
  world_.Settle();
  EXPECT_TRUE(Take().empty());
  log_.Flush();
  EXPECT_NE(lines_.find("an occurrence was missed"), std::string::npos) << lines_;
  world_.Advance(300);
  EXPECT_EQ(Take(), Times{"2026-01-01T11:00:10Z"});
}

TEST_F(TimetableTest, ARuleCallsAllItsTargetsWithTheirInput) {
  Rule rule;
  rule.name = "r";
  rule.schedule = "rate(5 minutes)";
  Target target;
  target.arn = "arn:aws:lambda:us-east-1:000000000000:function:f";
  target.id = "1";
  target.input = R"({"a":1})";
  rule.targets.push_back(target);
  target.id = "2";
  target.input.reset();
  target.input_path = "$.time";
  rule.targets.push_back(target);
  PutRule(*catalogue_, rule, true, world_.clock.WallNow(),
          [](const Result<void>& put) { EXPECT_TRUE(put); });
  world_.Advance(299);
  EXPECT_TRUE(Take().empty()) << "a rule's rate begins one period after it was made";
  world_.Advance(2);
  EXPECT_EQ(Take(), (Times{R"({"a":1})", R"("2026-01-01T10:15:10Z")"}));
}

}  // namespace
}  // namespace gatehouse::event
