// An access key, and the file that keeps the owner's. Plain values; any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/file.h"
#include "base/random.h"
#include "gatehouse/result.h"

namespace gatehouse::auth {

struct KeyPair {
  std::string access_key_id;
  std::string secret;
  std::string security_token;  // empty: none was issued with it
};

// Of AWS's shapes: "AKIA" and 16 of A-Z2-7, a secret of 40 characters, no token. random must be
// fit for keys.
KeyPair NewOwnerKey(base::Random& random);
// "ASIA…" with a token, as credentials of a role have.
KeyPair NewRoleKey(base::Random& random);

// {"accessKeyId":"AKIA…","secretAccessKey":"…"}; "sessionToken" only where there is one.
std::string EncodeKeyPair(const KeyPair& key);
// Errors: kInvalidArgument, naming the member that is missing or malformed; never the secret.
Result<KeyPair> DecodeKeyPair(std::string_view text);

// The owner's key of a data directory, made on first use (`credentials.json`, mode 0600);
// ":memory:": a new one. Errors: kIo, also for a damaged file, naming it.
Result<KeyPair> LoadOwnerKey(const std::string& data, base::Files& files, base::Random& random);

}  // namespace gatehouse::auth
