// A table's row in the catalogue keyspace: key is its name, value an item in the item format, with
// AWS's member names. docs/table-format.md lists them.
#pragma once

#include <string>
#include <string_view>

#include "gatehouse/result.h"
#include "table/operation/table_catalogue.h"

namespace gatehouse::table {

inline constexpr int kCatalogueFormatVersion = 1;

std::string EncodeTableEntry(const TableEntry& entry);

// Errors: kIo (damaged), kUnsupported (a newer format).
Result<TableEntry> DecodeTableEntry(std::string_view bytes);

}  // namespace gatehouse::table
