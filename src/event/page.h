// One page of a list that is ordered by name, and the token that leads to the next. Pure functions.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "base/encoding.h"

namespace gatehouse::event {

inline constexpr std::int64_t kPageMax = 100;  // AWS

// Calls take(name, value) for at most limit entries of a map behind the token that pass `wanted`;
// the token of the next page, empty: there is none. Nothing: the token is none of ours.
template <class Map, class Wanted, class Take>
std::optional<std::string> TakePage(const Map& all, std::int64_t limit,
                                    const std::optional<std::string>& token, Wanted wanted,
                                    Take take) {
  std::string last;
  if (token) {
    std::optional<std::string> decoded = base::DecodeBase64(*token);
    if (!decoded) return std::nullopt;
    last = *std::move(decoded);
  }
  auto at = token ? all.upper_bound(last) : all.begin();
  std::int64_t taken = 0;
  for (; at != all.end(); ++at) {
    if (!wanted(at->first, at->second)) continue;
    if (taken == limit) return base::EncodeBase64(last);
    take(at->first, at->second);
    last = at->first;
    ++taken;
  }
  return std::string();
}

}  // namespace gatehouse::event
