// A table's row in the catalogue keyspace: key is its name, value an item in the item format, with
// AWS's member names. docs/table-format.md lists them.
#pragma once

#include <string>
#include <string_view>

#include "gatehouse/result.h"
#include "table/operation/table_catalogue.h"

namespace gatehouse::table {

inline constexpr int kCatalogueFormatVersion = 2;  // 1: before there were indexes

std::string EncodeTableEntry(const TableEntry& entry);

// Also of format 1. Errors: kIo (damaged), kUnsupported (a newer format).
Result<TableEntry> DecodeTableEntry(std::string_view bytes);

// Whether a row that can be decoded is of an older format than Encode's.
bool IsOlderFormat(std::string_view bytes);

// The row of a table, as a transaction sees it. Error besides: kNotFound, with the words of
// control-plane calls.
Result<TableEntry> ReadTableEntry(store::View& view, std::string_view name);

}  // namespace gatehouse::table
