// The tokens by which a TransactWriteItems that is sent again is known again, for ten minutes. They
// are rows of a keyspace of their own, written in the transaction they stand for:
//
//   'k' token            → expiry (8 bytes, big-endian, ms since 1970), SHA-256 of the request
//   't' expiry token     → nothing; by it those that have expired are found
//
// Each new token takes kExpiredTokensTaken expired ones with it. Writer thread only.
// Source: TransactWriteItems, ClientRequestToken.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "gatehouse/result.h"
#include "store/transaction.h"

namespace gatehouse::table {

inline constexpr base::Millis kTransactionTokenLife{600'000};
inline constexpr std::size_t kExpiredTokensTaken = 4;

enum class TokenState { kNew, kSeen, kOtherRequest };

// Whether the token was used within its life, and for the same request. A new one is noted.
// Error: kIo.
Result<TokenState> NoteTransactionToken(store::Transaction& transaction, std::string_view token,
                                        std::string_view request, base::Millis now);

}  // namespace gatehouse::table
