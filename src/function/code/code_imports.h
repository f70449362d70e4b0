// What a source file imports when it is loaded, by its lines that are not indented. Pure text; no
// parser: an import that is written in another way is not seen.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::function {

// Whether Python's text imports boto3 or botocore.
bool ImportsBoto3(std::string_view text);

// "@aws-sdk/client-dynamodb" and such of JavaScript's text.
std::vector<std::string> NodeSdkImports(std::string_view text);

// The files that may be what the text, which is that of `source`, imports of its own code: paths
// below the task root, of which some will not exist.
std::vector<std::string> PythonLocalImports(std::string_view text, const std::string& source);
std::vector<std::string> NodeLocalImports(std::string_view text, const std::string& source);

}  // namespace gatehouse::function
