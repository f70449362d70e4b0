// The default event bus: what is put on it goes to the targets of every rule whose pattern fits.
// Loop thread only.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/log.h"
#include "event/catalogue.h"
#include "event/deliveries.h"
#include "event/event_pattern.h"
#include "net/loop.h"

namespace gatehouse::event {

class Bus {
 public:
  // Everything given outlives this.
  Bus(const Catalogue& catalogue, Deliveries& deliveries, net::Loop& loop, base::Log& log);

  // document: as Catalogue::OnChange gives it.
  void OnChange(const std::string& document);

  // event: JSON with all its members.
  void Put(const std::string& event);

 private:
  void Deliver(const Rule& rule, const std::string& event);

  const Catalogue& catalogue_;
  Deliveries& deliveries_;
  net::Loop& loop_;
  base::Log& log_;
  std::map<std::string, EventPattern, std::less<>> patterns_;  // of enabled rules
};

}  // namespace gatehouse::event
