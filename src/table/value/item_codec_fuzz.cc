// Whatever decodes must encode to the same bytes again, and cost no more than its size suggests.
#include "table/value/item_codec.h"

#include <string_view>

#include "base/check.h"
#include "base/fuzz.h"
#include "table/value/item_size.h"

namespace gatehouse::base {

void FuzzOne(std::span<const std::byte> input) {
  std::string_view bytes(reinterpret_cast<const char*>(input.data()), input.size());
  Result<Item> item = table::DecodeItem(bytes);
  if (!item) return;
  CHECK(table::EncodeItem(*item) == bytes);
  CHECK(table::ItemSize(*item) <= 8 * bytes.size());
}

}  // namespace gatehouse::base
