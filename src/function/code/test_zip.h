// For tests: makes zip files. Names ending in '/' are folders; mode 0 means none is written, and a
// mode of a link makes the text its target.
#pragma once

#include <string>
#include <vector>

#include <zip.h>

#include "base/check.h"

namespace gatehouse::function {

struct ZipEntry {
  std::string name;
  std::string text;
  unsigned mode = 0100644;
};

inline void WriteZip(const std::string& path, const std::vector<ZipEntry>& entries) {
  int error = 0;
  zip_t* zip = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &error);
  CHECK(zip);
  for (const ZipEntry& entry : entries) {
    zip_int64_t index = 0;
    if (entry.name.ends_with('/')) {
      index = zip_dir_add(zip, entry.name.c_str(), 0);
    } else {
      zip_source_t* source = zip_source_buffer(zip, entry.text.data(), entry.text.size(), 0);
      index = zip_file_add(zip, entry.name.c_str(), source, 0);
    }
    CHECK(index >= 0);
    if (entry.mode != 0) {
      zip_file_set_external_attributes(zip, static_cast<zip_uint64_t>(index), 0, ZIP_OPSYS_UNIX,
                                       entry.mode << 16);
    }
  }
  CHECK(zip_close(zip) == 0);
}

}  // namespace gatehouse::function
