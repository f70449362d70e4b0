#include "server/command/port_owner.h"

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <system_error>

#include <fmt/format.h>

namespace gatehouse::server {
namespace {

constexpr const char* kListening = "0A";  // of a row's fourth field

// The inodes of sockets that listen on the port. A row: sl, local address:PORT (hexadecimal),
// remote, state, queues, timers, retransmits, uid, timeout, inode.
void AddInodes(const std::string& table, std::uint16_t port, std::set<std::string>& inodes) {
  std::ifstream rows(table);
  std::string wanted = fmt::format(":{:04X}", port);
  for (std::string row; std::getline(rows, row);) {
    std::istringstream fields(row);
    std::string sl, local, remote, state, skipped, inode;
    fields >> sl >> local >> remote >> state;
    for (int i = 0; i < 5; ++i) fields >> skipped;
    fields >> inode;
    if (state == kListening && local.ends_with(wanted)) inodes.insert(inode);
  }
}

bool HoldsOneOf(const std::filesystem::path& process, const std::set<std::string>& inodes) {
  std::error_code error;
  std::filesystem::directory_iterator files(process / "fd", error);
  for (; !error && files != std::filesystem::directory_iterator(); files.increment(error)) {
    std::error_code unreadable;
    std::string target = std::filesystem::read_symlink(files->path(), unreadable).string();
    if (!target.starts_with("socket:[") || !target.ends_with(']')) continue;
    if (inodes.contains(target.substr(8, target.size() - 9))) return true;
  }
  return false;
}

}  // namespace

std::string PortOwner(std::uint16_t port, const std::string& proc) {
  std::set<std::string> inodes;
  AddInodes(proc + "/net/tcp", port, inodes);
  AddInodes(proc + "/net/tcp6", port, inodes);
  if (inodes.empty()) return {};
  std::string us;
  std::error_code error;
  std::filesystem::directory_iterator processes(proc, error);
  for (; !error && processes != std::filesystem::directory_iterator(); processes.increment(error)) {
    std::string pid = processes->path().filename().string();
    bool is_pid = std::all_of(pid.begin(), pid.end(), [](unsigned char c) { return isdigit(c); });
    if (!is_pid || !HoldsOneOf(processes->path(), inodes)) continue;
    std::string name;
    std::ifstream comm(processes->path() / "comm");
    std::getline(comm, name);
    std::string owner = fmt::format("{} (process {})", name, pid);
    if (pid != std::to_string(::getpid())) return owner;
    us = std::move(owner);  // on one address of the port; who has the other is meant
  }
  return us;
}

}  // namespace gatehouse::server
