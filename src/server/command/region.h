// Which region an instance runs (design §7.18): --region, AWS_REGION, AWS_DEFAULT_REGION, the
// user's profile, us-east-1. Pure but for ReadUsersConfig.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/file.h"
#include "server/command/client_environment.h"

namespace gatehouse::server {

// The text of the AWS CLI's config file of this user; empty if there is none.
std::string ReadUsersConfig(const Variables& environment, base::Files& files);

// A profile's region in such a text ("[default]", "[profile name]"); nothing if it has none.
std::optional<std::string> ProfileRegion(std::string_view config_text, std::string_view profile);

// option: --region's text, or empty.
std::string ChooseRegion(const std::string& option, const Variables& environment,
                         std::string_view config_text);

}  // namespace gatehouse::server
