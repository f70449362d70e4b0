#include "net/loop/network.h"

namespace gatehouse::net {

std::string Address::ToString() const {
  bool v6 = ip.find(':') != std::string::npos;
  return (v6 ? "[" + ip + "]" : ip) + ":" + std::to_string(port);
}

bool Address::IsLoopback() const { return ip.starts_with("127.") || ip == "::1"; }

}  // namespace gatehouse::net
