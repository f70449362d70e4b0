// Pages of the program that only the start has used.
#pragma once

namespace gatehouse::server {

// Takes this program's code out of the process's resident memory; what runs on comes back from the
// page cache as it is used, some hundred minor faults. Readers of templates and options, tables and
// checks do not. Only mappings that are executable, thus without relocations; nothing where
// /proc/self/maps cannot be read. Any thread.
void ReleaseStartupPages();

}  // namespace gatehouse::server
