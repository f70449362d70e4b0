// One request to EventBridge's HTTP API, taken apart, and its answer. Inside this room only.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "event/events_api.h"
#include "event/members.h"

namespace gatehouse::event {

struct EventsApi::Call {
  std::string request_id;
  boost::json::object body;
  std::optional<Members> members;
  wire::ServiceDone done;

  void Answer(const boost::json::object& answer);
  void AnswerNothing();
  void Refuse(std::string_view type, std::string_view message, int status = 400);
  void Refuse(const Error& error);

  // What was read is fine, and the bus is the default one; else it was answered why not.
  bool Fine();
  // A rule's name of the member; nothing: it was answered what is wrong.
  std::optional<std::string> RuleName(std::string_view member);

 private:
  void Reply(int status, std::string text);
};

}  // namespace gatehouse::event
