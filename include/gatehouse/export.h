// How a shared object offers its handlers to `gatehouse up --handlers FILE.so`. One line in one of
// its source files, in any namespace but an unnamed one:
//
//   GATEHOUSE_EXPORT_HANDLERS({"hello/greet", Greet}, {"hello/remind", Remind})
//
//   g++ -std=c++20 -O2 -fPIC -shared -I include hello.cc -o hello.so
//
// These headers are all that it needs; json.h's functions are in gatehouse's binary. It is loaded
// on the main thread before anything is served and stays until the process ends. Its handlers run
// on every loop's thread (`--threads`), so what they share beside their arguments needs a lock. It
// must be built for these very headers: another version's is refused.
#pragma once

#include <cstddef>
#include <cstdint>

#include "gatehouse/handler.h"

namespace gatehouse {

// Raised by a change here that the sizes below do not show: a virtual function that comes, goes or
// moves, a member that changes its type or meaning, json.h.
inline constexpr std::uint32_t kHandlerLayout = 2;

// Over the sizes of everything that handlers and gatehouse hand each other.
constexpr std::uint32_t HandlerSizes() {
  std::uint32_t sum = 2166136261;
  for (std::size_t bytes :
       {sizeof(Event), sizeof(RequestContext), sizeof(NameValue), sizeof(Answer),
        sizeof(HandlerEntry), sizeof(Error), sizeof(Result<void>), sizeof(AttributeValue),
        sizeof(Item), sizeof(ConnectionInfo), sizeof(BroadcastResult), sizeof(ScanOptions),
        sizeof(ScanPage), sizeof(InvokeResult), sizeof(Task<Answer>), sizeof(internal::PromiseBase),
        sizeof(internal::Promise<Answer>), sizeof(internal::Promise<Result<ScanPage>>)}) {
    sum = (sum ^ static_cast<std::uint32_t>(bytes)) * 16777619;
  }
  return sum;
}

#if defined(_LIBCPP_VERSION)
inline constexpr const char* kHandlerLibrary = "libc++";
#elif defined(_GLIBCXX_DEBUG)
inline constexpr const char* kHandlerLibrary = "libstdc++ with _GLIBCXX_DEBUG";
#elif !_GLIBCXX_USE_CXX11_ABI
inline constexpr const char* kHandlerLibrary = "libstdc++ with C++98's strings";
#else
inline constexpr const char* kHandlerLibrary = "libstdc++";
#endif

// What gatehouse_handlers_v1 returns; it and all that it points to live as long as the process. The
// first three say whether the other two can be read.
struct HandlerTable {
  std::uint32_t layout;  // kHandlerLayout
  std::uint32_t sizes;   // HandlerSizes()
  const char* library;   // kHandlerLibrary
  const HandlerEntry* entries;
  std::size_t count;
};

}  // namespace gatehouse

// The symbol that gatehouse looks for.
extern "C" const gatehouse::HandlerTable* gatehouse_handlers_v1();

// Defines it. The arguments are rows of HandlerEntry.
#define GATEHOUSE_EXPORT_HANDLERS(...)                                                    \
  extern "C" __attribute__((visibility("default"))) const gatehouse::HandlerTable*        \
  gatehouse_handlers_v1() {                                                               \
    static constexpr gatehouse::HandlerEntry kEntries[] = {__VA_ARGS__};                  \
    static constexpr gatehouse::HandlerTable kTable = {                                   \
        gatehouse::kHandlerLayout, gatehouse::HandlerSizes(), gatehouse::kHandlerLibrary, \
        kEntries, sizeof(kEntries) / sizeof(kEntries[0])};                                \
    return &kTable;                                                                       \
  }
