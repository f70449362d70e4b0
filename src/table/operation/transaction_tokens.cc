#include "table/operation/transaction_tokens.h"

#include <array>
#include <cstdint>
#include <vector>

#include <openssl/sha.h>

namespace gatehouse::table {
namespace {

constexpr std::string_view kTokensKeyspace = "transaction tokens";
constexpr std::size_t kExpiryBytes = 8;

std::string Sha256Of(std::string_view text) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

std::string ExpiryBytes(base::Millis time) {
  auto ms = static_cast<std::uint64_t>(time.count());
  std::string bytes(kExpiryBytes, '\0');
  for (std::size_t i = kExpiryBytes; i-- > 0; ms >>= 8) bytes[i] = static_cast<char>(ms & 0xff);
  return bytes;
}

std::string TokenRow(std::string_view token) { return "k" + std::string(token); }

Result<store::KeyspaceId> FindOrCreateTokens(store::Transaction& transaction) {
  auto found = transaction.FindKeyspace(kTokensKeyspace);
  if (!found) return found.error();
  if (*found) return **found;
  return transaction.CreateKeyspace(kTokensKeyspace);
}

Result<void> TakeExpired(store::Transaction& transaction, store::KeyspaceId tokens,
                         const std::string& now) {
  store::ScanRange range;
  range.start = "t";
  range.end = "t" + now;
  range.rows_max = kExpiredTokensTaken;
  std::vector<std::string> expired;
  auto end = transaction.Scan(tokens, range, [&](std::string_view key, std::string_view) {
    expired.emplace_back(key);
    return true;
  });
  if (!end) return end.error();
  for (const std::string& row : expired) {
    std::string token = TokenRow(std::string_view(row).substr(1 + kExpiryBytes));
    // A token that was used anew has a later expiry, which the row of that time will find.
    auto held = transaction.Get(tokens, token);
    if (!held) return held.error();
    if (*held && (*held)->substr(0, kExpiryBytes) == row.substr(1, kExpiryBytes)) {
      if (auto deleted = transaction.Delete(tokens, token); !deleted) return deleted;
    }
    if (auto deleted = transaction.Delete(tokens, row); !deleted) return deleted;
  }
  return {};
}

}  // namespace

Result<TokenState> NoteTransactionToken(store::Transaction& transaction, std::string_view token,
                                        std::string_view request, base::Millis now) {
  auto tokens = FindOrCreateTokens(transaction);
  if (!tokens) return tokens.error();
  const std::string digest = Sha256Of(request);
  auto held = transaction.Get(*tokens, TokenRow(token));
  if (!held) return held.error();
  if (*held && (*held)->substr(0, kExpiryBytes) > ExpiryBytes(now)) {
    return (*held)->substr(kExpiryBytes) == digest ? TokenState::kSeen : TokenState::kOtherRequest;
  }
  if (auto taken = TakeExpired(transaction, *tokens, ExpiryBytes(now)); !taken) {
    return taken.error();
  }
  const std::string expiry = ExpiryBytes(now + kTransactionTokenLife);
  auto put = transaction.Put(*tokens, TokenRow(token), expiry + digest);
  if (put) put = transaction.Put(*tokens, "t" + expiry + std::string(token), "");
  if (!put) return put.error();
  return TokenState::kNew;
}

}  // namespace gatehouse::table
