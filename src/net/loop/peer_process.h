// Which process holds the other end of a loopback connection, as the kernel tells: its user and
// inode by sock_diag (one look-up, however many sockets there are), the process by its descriptors
// in /proc. Blocking system calls, with bounds on their number.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>

namespace gatehouse::net {

struct PeerSocket {
  uid_t user = 0;
  std::uint64_t inode = 0;  // 0: no process has it any more
};

// Of the other end of an accepted IPv4 socket, if it is on this machine. Where the kernel has no
// sock_diag, by /proc/net/tcp, of which at most kTcpTableBytesMax are read.
std::optional<PeerSocket> FindPeerSocket(int socket);
std::optional<PeerSocket> FindPeerSocketInTable(int socket);        // the second way alone
inline constexpr std::size_t kTcpTableBytesMax = 8u * 1024 * 1024;  // some 50,000 sockets

// Whether a process of the tree has a descriptor for the socket with that inode. The tree: root,
// processes of the group that it leads, and what came from any of them; not one whose parents have
// ended and that has a group of its own. A process that may not be looked into (it has more rights
// than its user) counts as the holder.
bool IsHeldByTree(std::uint64_t inode, pid_t root);
inline constexpr std::size_t kProcessesScannedMax = 8 * 1024;  // of the machine's
inline constexpr std::size_t kTreeProcessesMax = 256;          // of a tree, that are looked into
inline constexpr std::size_t kTreeDescriptorsMax = 16 * 1024;  // of them all

}  // namespace gatehouse::net
