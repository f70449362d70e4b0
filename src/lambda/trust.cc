#include "lambda/trust.h"

namespace gatehouse::lambda {

Result<std::string> CaBundle(const net::EnvironmentLookup& environment,
                             const std::function<bool(const std::string&)>& exists) {
  for (const char* variable : {"AWS_CA_BUNDLE", "SSL_CERT_FILE"}) {
    std::string file = environment(variable).value_or("");
    if (!file.empty()) return file;
  }
  for (const char* file : kBundles) {
    if (exists(file)) return std::string(file);
  }
  return Error{ErrorCode::kNotFound, std::string("there are no authorities in ") + kBundles[0] +
                                         "; SSL_CERT_FILE can name a file of them"};
}

}  // namespace gatehouse::lambda
