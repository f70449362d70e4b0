// Unpacks the zip file of a function's code. Blocks: never on a loop's thread.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "gatehouse/result.h"

namespace gatehouse::function {

inline constexpr std::size_t kZipEntriesMax = 100'000;

// Writes files and folders below `directory`, which exists, with their mode bits; others and group
// never get to write. Errors: kInvalidArgument (no zip, a path that leaves the directory, an
// encrypted entry, neither file nor folder nor a link that stays inside), kPayloadTooLarge (more
// than bytes_max unpacked, too many entries), kIo.
Result<void> Unzip(const std::string& zip, const std::string& directory, std::size_t bytes_max);

// The paths of its entries. Errors: kInvalidArgument (no zip), kIo, kPayloadTooLarge (too many).
Result<std::vector<std::string>> ZipNames(const std::string& zip);

// The beginning of the entry of that path, at most bytes_max; empty: it cannot be read.
std::string ZipText(const std::string& zip, const std::string& path, std::size_t bytes_max);

}  // namespace gatehouse::function
