// What may stand between the kernel's bytes and a protocol's: encryption (tls.h). One per socket,
// owned by its slot. Called by Sockets only, on the loop's thread.
//
// "Sealed" is what goes over the wire, "plain" what the protocol sees. A filter keeps no output: it
// appends what the peer must get to the string it is given, and Sockets sends it.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace gatehouse::net {

class Filter {
 public:
  enum class State {
    kHandshake,  // Seal must not be called yet
    kOpen,
    kEnded,   // the peer has said that it sends no more; Seal still works
    kFailed,  // error() says why; what Unseal or Start appended last is the alert for the peer
  };
  // What a filter may hold back of earlier bytes: part of one record.
  static constexpr std::size_t kHeldBytesMax = 17 * 1024;

  virtual ~Filter() = default;

  State state() const { return state_; }
  bool is_secured() const { return secured_; }  // the handshake was done, whatever came after
  // A client's first flight; a server waits.
  virtual void Start(std::string& sealed) = 0;
  // Takes all bytes that arrived. Writes the plain ones to the front of `plain`, which has room for
  // as many as arrived and kHeldBytesMax more, and returns their number.
  virtual std::size_t Unseal(std::string_view bytes, std::span<char> plain,
                             std::string& sealed) = 0;
  // One record's worth or more. False: the filter failed.
  virtual bool Seal(std::string_view plain, std::string& sealed) = 0;
  // We send no more.
  virtual void End(std::string& sealed) = 0;
  // One sentence for a person; empty unless kFailed.
  virtual std::string error() const = 0;

 protected:
  State state_ = State::kHandshake;
  bool secured_ = false;
};

}  // namespace gatehouse::net
