// In-process handlers from shared objects: `--handlers FILE.so`. gatehouse/export.h is what their
// authors see. Called before anything is served; main thread.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "gatehouse/export.h"
#include "gatehouse/result.h"

namespace gatehouse::server {

// What functions may name as InProcess: this binary's own handlers, then those of each file.
// Loading runs the files' static constructors. They stay loaded until the process ends, and so does
// what the entries point to.
//   paths  from the folder of the start if relative; never looked for elsewhere
// Errors: kInvalidArgument, a sentence with the option and the file: it is missing, no shared
// object of this machine, exports no handlers, was built for other headers, or has a handler
// without a name, without a function or with a name that is taken (by whom).
Result<std::vector<HandlerEntry>> LoadHandlers(std::span<const HandlerEntry> own,
                                               const std::vector<std::string>& paths);

// The rows of what a file's gatehouse_handlers_v1 returned, which may be null. Errors: the rest of
// a sentence that begins with the file ("it was built …").
Result<std::span<const HandlerEntry>> ReadHandlerTable(const HandlerTable* table);

}  // namespace gatehouse::server
