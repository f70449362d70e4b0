// The default event bus: what is put on it goes to the targets of every rule whose pattern fits.
// Loop thread only.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "event/catalogue.h"
#include "event/deliveries.h"
#include "event/event_pattern.h"

namespace gatehouse::event {

class Bus {
 public:
  // Everything given outlives this.
  Bus(const Catalogue& catalogue, Deliveries& deliveries);

  // document: as Catalogue::OnChange gives it.
  void OnChange(const std::string& document);

  // event: JSON with all its members.
  void Put(const std::string& event);

 private:
  const Catalogue& catalogue_;
  Deliveries& deliveries_;
  std::map<std::string, EventPattern, std::less<>> patterns_;  // of enabled rules
};

}  // namespace gatehouse::event
