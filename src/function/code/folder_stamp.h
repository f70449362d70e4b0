// Whether a function's folder is still what it was: folders are used where they lie, and edited
// while their functions run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace gatehouse::function {

constexpr std::size_t kStampEntriesMax = 1'000;  // of a folder; those beyond are not looked at

// Another number after a file below the folder was written, added, removed or renamed. What is
// hidden or installed (node_modules, __pycache__) does not count. Costs a stat for each entry.
std::uint64_t FolderStamp(const std::string& folder);

}  // namespace gatehouse::function
