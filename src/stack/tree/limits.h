// How much a template may hold. Source: CloudFormation user guide, quotas.
#pragma once

#include <cstddef>

namespace gatehouse::stack {

inline constexpr std::size_t kTemplateBytesMax = 1 << 20;  // AWS: 51,200 in a request, 1 MB by S3
inline constexpr std::size_t kTemplateBodyBytesMax = 51'200;
inline constexpr std::size_t kParametersMax = 200;
inline constexpr std::size_t kMappingsMax = 200;
inline constexpr std::size_t kResourcesMax = 500;
inline constexpr std::size_t kOutputsMax = 200;
inline constexpr std::size_t kDescriptionBytesMax = 1024;

}  // namespace gatehouse::stack
