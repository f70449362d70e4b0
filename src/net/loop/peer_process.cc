#include "net/loop/peer_process.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace gatehouse::net {
namespace {

struct Ends {
  sockaddr_in local{};
  sockaddr_in peer{};
  Ends Swapped() const { return {peer, local}; }
};

std::optional<Ends> EndsOf(int socket) {
  Ends ends;
  socklen_t size = sizeof ends.local;
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&ends.local), &size) != 0) return {};
  size = sizeof ends.peer;
  if (::getpeername(socket, reinterpret_cast<sockaddr*>(&ends.peer), &size) != 0) return {};
  if (ends.local.sin_family != AF_INET || ends.peer.sin_family != AF_INET) return {};
  return ends;
}

// What the kernel knows of the socket at ends.local. Its answer is there when send returns.
std::optional<PeerSocket> AskSockDiag(int netlink, const Ends& ends) {
  struct {
    nlmsghdr head{};
    inet_diag_req_v2 request{};
  } message;
  message.head.nlmsg_len = sizeof message;
  message.head.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  message.head.nlmsg_flags = NLM_F_REQUEST;
  inet_diag_req_v2& request = message.request;
  request.sdiag_family = AF_INET;
  request.sdiag_protocol = IPPROTO_TCP;
  request.idiag_states = ~0u;
  request.id.idiag_sport = ends.local.sin_port;
  request.id.idiag_dport = ends.peer.sin_port;
  request.id.idiag_src[0] = ends.local.sin_addr.s_addr;
  request.id.idiag_dst[0] = ends.peer.sin_addr.s_addr;
  request.id.idiag_cookie[0] = request.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
  if (::send(netlink, &message, sizeof message, 0) != sizeof message) return {};
  alignas(nlmsghdr) char answer[4096];
  ssize_t bytes = ::recv(netlink, answer, sizeof answer, MSG_DONTWAIT);
  if (bytes < static_cast<ssize_t>(NLMSG_LENGTH(sizeof(inet_diag_msg)))) return {};
  const auto* head = reinterpret_cast<const nlmsghdr*>(answer);
  if (head->nlmsg_type != SOCK_DIAG_BY_FAMILY) return {};
  const auto* found = static_cast<const inet_diag_msg*>(NLMSG_DATA(head));
  return PeerSocket{found->idiag_uid, found->idiag_inode};
}

// "0100007F:A1B2", as in /proc/net/tcp: the address as the machine's number, the port as a number.
std::string TableAddress(const sockaddr_in& address) {
  return fmt::format("{:08X}:{:04X}", address.sin_addr.s_addr, ntohs(address.sin_port));
}

// A process's number, or 0 if the name of the folder in /proc is none.
pid_t NumberOf(const char* name) {
  pid_t number = 0;
  const char* end = name + std::strlen(name);
  auto [rest, error] = std::from_chars(name, end, number);
  return error == std::errc{} && rest == end ? number : 0;
}

struct Relatives {
  pid_t parent = 0;
  pid_t group = 0;
};

std::optional<Relatives> RelativesOf(pid_t pid) {
  int file = ::open(fmt::format("/proc/{}/stat", pid).c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return {};
  char line[512];
  ssize_t bytes = ::read(file, line, sizeof line - 1);
  ::close(file);
  line[std::max<ssize_t>(bytes, 0)] = 0;
  const char* name_end = std::strrchr(line, ')');  // the name before may hold anything
  Relatives relatives;
  char state = 0;
  if (!name_end ||
      std::sscanf(name_end + 1, " %c %d %d", &state, &relatives.parent, &relatives.group) != 3) {
    return {};
  }
  return relatives;
}

// Without root, which is looked into first.
std::set<pid_t> TreeOf(pid_t root) {
  std::map<pid_t, Relatives> all;
  DIR* proc = ::opendir("/proc");
  if (!proc) return {};
  while (const dirent* entry = ::readdir(proc)) {
    pid_t pid = NumberOf(entry->d_name);
    if (pid == 0) continue;
    if (all.size() == kProcessesScannedMax) break;
    if (std::optional<Relatives> relatives = RelativesOf(pid)) all.emplace(pid, *relatives);
  }
  ::closedir(proc);
  std::set<pid_t> tree{root};
  for (std::size_t before = 0; before != tree.size() && tree.size() < kTreeProcessesMax;) {
    before = tree.size();
    for (const auto& [pid, relatives] : all) {
      if (tree.size() == kTreeProcessesMax) break;
      if (relatives.group == root || tree.contains(relatives.parent)) tree.insert(pid);
    }
  }
  tree.erase(root);
  return tree;
}

// Counts down how many descriptors may still be looked at.
bool Holds(pid_t pid, std::string_view link_wanted, std::size_t& descriptors_left) {
  std::string folder = fmt::format("/proc/{}/fd", pid);
  DIR* descriptors = ::opendir(folder.c_str());
  if (!descriptors) return errno == EACCES;
  bool found = false;
  char link[64];
  while (const dirent* entry = found ? nullptr : ::readdir(descriptors)) {
    if (descriptors_left == 0) break;
    --descriptors_left;
    ssize_t size = ::readlinkat(::dirfd(descriptors), entry->d_name, link, sizeof link);
    found = size > 0 && std::string_view(link, static_cast<std::size_t>(size)) == link_wanted;
  }
  ::closedir(descriptors);
  return found;
}

}  // namespace

std::optional<PeerSocket> FindPeerSocket(int socket) {
  std::optional<Ends> ends = EndsOf(socket);
  if (!ends) return {};
  int netlink = ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
  if (netlink < 0) return FindPeerSocketInTable(socket);
  std::optional<PeerSocket> peer = AskSockDiag(netlink, ends->Swapped());
  // It says the same of a socket that has gone and of a kernel without this; our own is there.
  bool works = peer || AskSockDiag(netlink, *ends);
  ::close(netlink);
  return works ? peer : FindPeerSocketInTable(socket);
}

std::optional<PeerSocket> FindPeerSocketInTable(int socket) {
  std::optional<Ends> ends = EndsOf(socket);
  std::FILE* table = ends ? std::fopen("/proc/net/tcp", "re") : nullptr;
  if (!table) return {};
  std::string wanted = TableAddress(ends->peer) + " " + TableAddress(ends->local) + " ";
  std::optional<PeerSocket> peer;
  char line[512];
  for (std::size_t read = 0; read < kTcpTableBytesMax && std::fgets(line, sizeof line, table);) {
    std::string_view text(line);
    read += text.size();
    std::size_t at = text.find(": ");
    if (at == text.npos || !text.substr(at + 2).starts_with(wanted)) continue;
    unsigned user = 0;
    unsigned long inode = 0;
    // state, queues, timer, retransmissions; then what we want
    if (std::sscanf(line + at + 2 + wanted.size(), "%*x %*x:%*x %*x:%*x %*x %u %*d %lu", &user,
                    &inode) == 2) {
      peer = PeerSocket{user, inode};
    }
    break;
  }
  std::fclose(table);
  return peer;
}

bool IsHeldByTree(std::uint64_t inode, pid_t root) {
  if (inode == 0) return false;
  std::string link = fmt::format("socket:[{}]", inode);
  std::size_t descriptors_left = kTreeDescriptorsMax;
  if (Holds(root, link, descriptors_left)) return true;  // nearly always
  for (pid_t pid : TreeOf(root)) {
    if (Holds(pid, link, descriptors_left)) return true;
  }
  return false;
}

}  // namespace gatehouse::net
