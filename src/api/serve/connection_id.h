// Connection ids: 16 characters shaped as AWS's (11 bytes in URL-safe base64 with one "="), that
// carry where a connection lives, mixed by a keyed permutation so that they cannot be guessed. A
// post finds its connection without a map; an id of a former life of the process never names a new
// connection. Immutable after construction; any thread. Source: design §7.6;
// docs/aws/websocket-api.md §2.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/siphash.h"
#include "gatehouse/result.h"

namespace gatehouse::api {

struct ConnectionPlace {
  std::uint32_t incarnation = 0;  // 26 bits, random per start; a legal one (below)
  std::uint32_t loop = 0;         // 6 bits
  std::uint32_t slot = 0;         // 24 bits
  std::uint32_t generation = 0;   // counted from 1
  bool operator==(const ConnectionPlace&) const = default;
};

class ConnectionIdCodec {
 public:
  explicit ConnectionIdCodec(const base::SipKey& key) : key_(key) {}

  // No id begins with "-": the AWS CLI would take it for an option. What would begin so is permuted
  // again until it does not (cycle-walking: 1.016 permutations an id), which stays a permutation of
  // the places whose own highest bits are not those of "-", that is, of all legal incarnations.
  std::string Encode(const ConnectionPlace& place) const;
  // Nothing unless id has the form of an id; any such id decodes to some place, and one that was
  // never issued by its form alone to generation 0.
  std::optional<ConnectionPlace> Decode(std::string_view id) const;

  // A legal incarnation from any number, the same one from a legal one.
  static std::uint32_t LegalIncarnation(std::uint32_t any);

  // ^[A-Za-z0-9_-]{15}=$
  static bool IsWellFormed(std::string_view id);

 private:
  struct Halves {
    std::uint64_t left = 0;  // 44 bits each
    std::uint64_t right = 0;
  };
  std::uint64_t Round(int round, std::uint64_t half) const;
  Halves Permute(Halves halves) const;
  Halves Unpermute(Halves halves) const;

  base::SipKey key_;
};

inline constexpr std::string_view kIdAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

// What is answered to an id without the form of one (AWS: 400).
Error InvalidId(std::string_view id);

// 88 bits as 16 characters of URL-safe base64: the form of connection, message and request ids.
std::string FormatId(std::uint64_t high44, std::uint64_t low44);

}  // namespace gatehouse::api
