// Changes that templates and the wire have in common. Loop thread only.
#pragma once

#include "event/catalogue.h"

namespace gatehouse::event {

// Puts a rule whole, targets and all. A rate goes on counting if schedule and state are as before.
// only_new: kConflict if the name is taken. Else: kNotFound if there is none.
void PutRule(Catalogue& catalogue, Rule rule, bool only_new, base::Millis now,
             Catalogue::Done done);
void DeleteRule(Catalogue& catalogue, const std::string& name, Catalogue::Done done);

// The same for schedules; the errors' sentences are AWS's.
void PutSchedule(Catalogue& catalogue, Schedule schedule, bool only_new, base::Millis now,
                 Catalogue::Done done);
void DeleteSchedule(Catalogue& catalogue, const std::string& group, const std::string& name,
                    Catalogue::Done done);

void CreateGroup(Catalogue& catalogue, const std::string& name, base::Millis now,
                 Catalogue::Done done);
void DeleteGroup(Catalogue& catalogue, const std::string& name, Catalogue::Done done);

// Since when the rate of a rule counts that shall be like next and is like present (null: none).
base::Millis AnchorOf(const Rule& next, const Rule* present, base::Millis now);

Error NoRule(std::string_view name);  // kNotFound

}  // namespace gatehouse::event
