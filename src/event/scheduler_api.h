// EventBridge Scheduler's HTTP API, REST-JSON 2021-06-30: schedules and their groups. Loop thread
// only. Who asks, and whether he may, was decided before.
//
// Sources: EventBridge Scheduler API reference; botocore's model scheduler/2021-06-30.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "event/catalogue.h"
#include "net/loop/loop.h"
#include "wire/service.h"

namespace gatehouse::event {

// Where a request leads, decoded.
struct SchedulerPath {
  std::string_view operation = {};  // "GetSchedule"; empty: none
  std::string name = {};            // of the path
  std::string group = {};           // of the query
};

class SchedulerApi {
 public:
  static constexpr std::size_t kBodyBytesMax = 4 * 1024 * 1024;  // an Input of 1 MB, escaped

  // All must outlive this and the last answer.
  SchedulerApi(Catalogue& catalogue, net::Loop& loop, base::Random& random, Place place)
      : catalogue_(catalogue), loop_(loop), random_(random), place_(std::move(place)) {}

  void Handle(const wire::ServiceRequest& request, wire::ServiceDone done);

  // Every operation that Handle knows, and what a request asks for.
  static std::vector<std::string_view> Operations();
  static SchedulerPath PathOf(std::string_view method, std::string_view target);

  struct Call;

 private:
  using CallPtr = std::shared_ptr<Call>;
  using Verb = void (SchedulerApi::*)(CallPtr);
  struct Row;
  static const Row kRows[];
  static const Row* FindRow(std::string_view method, std::string_view collection, bool named);

  void CreateSchedule(CallPtr call);
  void UpdateSchedule(CallPtr call);
  void GetSchedule(CallPtr call);
  void DeleteSchedule(CallPtr call);
  void ListSchedules(CallPtr call);
  void CreateScheduleGroup(CallPtr call);
  void GetScheduleGroup(CallPtr call);
  void DeleteScheduleGroup(CallPtr call);
  void ListScheduleGroups(CallPtr call);

  void Put(CallPtr call, bool only_new);
  std::map<std::string, ScheduleGroup, std::less<>> AllGroups() const;  // the default one too

  Catalogue& catalogue_;
  net::Loop& loop_;
  base::Random& random_;
  const Place place_;
};

}  // namespace gatehouse::event
