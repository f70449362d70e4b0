// What leaves one loop's sockets: queues, and the one write of each at the turn's end. A part of
// Sockets. Loop thread only.
//
// What waits for peers that do not read is counted when the kernel refuses it; the socket that
// needs more than there is room for is aborted.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/shared_bound.h"
#include "base/shared_bytes.h"
#include "net/socket/socket_slots.h"

namespace gatehouse::net {

struct OutputBatch;
class SocketDeadlines;
class SocketFilters;

class SocketOutput {
 public:
  SocketOutput(SocketSlots& slots, SocketDeadlines& deadlines, SocketFilters& filters,
               std::uint32_t write_stall_seconds, std::shared_ptr<base::SharedBound> stalled_bytes);
  ~SocketOutput();

  // Queue bytes; ignored once the socket is closing.
  void Send(std::uint32_t slot, std::string_view head, std::string_view body);
  void SendShared(std::uint32_t slot, const base::SharedBytes& bytes);
  std::size_t queued_bytes(std::uint32_t slot) const;
  void NotifyDrained(std::uint32_t slot);

  // The slot's queue, a new one if there is none.
  OutputQueue& QueueOf(SocketSlot& s);
  void Drop(SocketSlot& s);
  // At the turn's end, of each dirty slot. True: nothing is left to send.
  bool Flush(std::uint32_t slot);
  void EndTurn();  // after all of them

  static std::size_t MemoryOf(const SocketSlot& s);

 private:
  void CountStalled(std::uint32_t slot);
  std::optional<std::string_view> BatchOf(const OutputQueue& output);
  ssize_t SendPlain(SocketSlot& s, OutputQueue& output);

  SocketSlots& slots_;
  SocketDeadlines& deadlines_;
  SocketFilters& filters_;
  const std::uint32_t write_stall_seconds_;
  const std::shared_ptr<base::SharedBound> stalled_bytes_;
  std::vector<std::unique_ptr<OutputQueue>> spare_outputs_;
  std::unique_ptr<OutputBatch> batch_;
};

}  // namespace gatehouse::net
