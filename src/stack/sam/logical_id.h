// The logical ids that SAM makes of a hash: the name, and ten digits of the SHA-1 of what the
// resource is made of, so that another content is another resource.
#pragma once

#include <string>
#include <string_view>

#include "stack/tree/value.h"

namespace gatehouse::stack::sam {

// As Python's json.dumps writes it with sorted keys, without blanks and ASCII only: what is hashed.
// indent: 0 without blanks; else so many blanks a level, as definitions of state machines are.
std::string PythonJson(const Value& value, int indent = 0);

std::string Sha1Hex(std::string_view bytes);

// prefix and the hash of data; a string is hashed as it is, of an empty value nothing is added.
std::string HashedId(std::string_view prefix, const Value& data);

}  // namespace gatehouse::stack::sam
