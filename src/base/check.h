// CHECK(x): what only a bug of ours can break. On in release; says where and aborts.
#pragma once

namespace gatehouse::base {
[[noreturn]] void CheckFailed(const char* file, int line, const char* condition);
}  // namespace gatehouse::base

#define CHECK(condition)                                              \
  do {                                                                \
    if (!(condition)) [[unlikely]] {                                  \
      ::gatehouse::base::CheckFailed(__FILE__, __LINE__, #condition); \
    }                                                                 \
  } while (false)
