// What packages link instead of what a Lambda environment does not have: simdjson, of which Debian
// has no archive, and functions of a glibc newer than 2.34.
#include <dlfcn.h>
#include <link.h>

#include <cstdint>

#include "lambda/plain_utf8.h"
#include "wire/utf8.h"

namespace gatehouse::wire {

bool IsUtf8(std::string_view text) { return lambda::IsPlainUtf8(text); }

}  // namespace gatehouse::wire

// libgcc's unwinder asks which object an address lies in: glibc 2.35 answers at once, older ones
// are searched.
#if defined(DLFO_EH_SEGMENT_TYPE)
namespace {

struct Search {
  std::uintptr_t address;
  dl_find_object* result;
};

int Look(dl_phdr_info* info, std::size_t /*bytes*/, void* argument) {
  auto& search = *static_cast<Search*>(argument);
  std::uintptr_t begin = UINTPTR_MAX, end = 0, eh_frame = 0;
  bool is_inside = false;
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const ElfW(Phdr)& header = info->dlpi_phdr[i];
    std::uintptr_t at = info->dlpi_addr + header.p_vaddr;
    if (header.p_type == DLFO_EH_SEGMENT_TYPE) eh_frame = at;
    if (header.p_type != PT_LOAD) continue;
    if (at < begin) begin = at;
    if (at + header.p_memsz > end) end = at + header.p_memsz;
    is_inside = is_inside || (search.address >= at && search.address - at < header.p_memsz);
  }
  if (!is_inside || eh_frame == 0) return 0;
  *search.result = {};
  search.result->dlfo_map_start = reinterpret_cast<void*>(begin);
  search.result->dlfo_map_end = reinterpret_cast<void*>(end);
  search.result->dlfo_eh_frame = reinterpret_cast<void*>(eh_frame);
  return 1;
}

}  // namespace

extern "C" __attribute__((visibility("hidden"))) int _dl_find_object(
    void* address, dl_find_object* result) noexcept {
  Search search{reinterpret_cast<std::uintptr_t>(address), result};
  return ::dl_iterate_phdr(Look, &search) == 1 ? 0 : -1;
}
#endif
