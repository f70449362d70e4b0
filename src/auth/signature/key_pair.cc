#include "auth/signature/key_pair.h"

#include <algorithm>
#include <optional>
#include <span>

#include "base/encoding.h"
#include "gatehouse/json.h"

namespace gatehouse::auth {
namespace {

constexpr std::size_t kSecretBytes = 30;  // 40 characters of base64
constexpr std::size_t kTokenBytes = 96;
constexpr std::string_view kBase32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
static_assert(256 % kBase32.size() == 0, "each letter is as likely as the others");

std::string RandomBytes(base::Random& random, std::size_t size) {
  std::string bytes(size, '\0');
  random.Fill(std::as_writable_bytes(std::span(bytes)));
  return bytes;
}

KeyPair NewKey(std::string_view prefix, base::Random& random) {
  KeyPair key;
  key.access_key_id = prefix;
  for (const char c : RandomBytes(random, 16)) {
    key.access_key_id += kBase32[static_cast<unsigned char>(c) % kBase32.size()];
  }
  key.secret = base::EncodeBase64(RandomBytes(random, kSecretBytes));
  return key;
}

// IAM's bounds for an access key id: 16 to 128 word characters. "/" would break scopes.
bool IsAccessKeyId(std::string_view text) {
  return text.size() >= 16 && text.size() <= 128 &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                  c == '_';
         });
}

bool IsVisible(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

std::optional<std::string> StringMember(std::string_view object, std::string_view name) {
  const std::optional<std::string_view> value = json::Member(object, name);
  return value ? json::String(*value) : std::nullopt;
}

}  // namespace

KeyPair NewOwnerKey(base::Random& random) { return NewKey("AKIA", random); }

KeyPair NewRoleKey(base::Random& random) {
  KeyPair key = NewKey("ASIA", random);
  key.security_token = base::EncodeBase64(RandomBytes(random, kTokenBytes));
  return key;
}

std::string EncodeKeyPair(const KeyPair& key) {
  std::string out = "{\"accessKeyId\":" + json::Quoted(key.access_key_id);
  out += ",\"secretAccessKey\":" + json::Quoted(key.secret);
  if (!key.security_token.empty()) out += ",\"sessionToken\":" + json::Quoted(key.security_token);
  return out + "}\n";
}

Result<KeyPair> DecodeKeyPair(std::string_view text) {
  if (!json::IsObject(text)) return Error{ErrorCode::kInvalidArgument, "it is no JSON object"};
  const std::optional<std::string> id = StringMember(text, "accessKeyId");
  if (!id || !IsAccessKeyId(*id)) {
    return Error{ErrorCode::kInvalidArgument,
                 "accessKeyId must be 16 to 128 letters, digits and underscores"};
  }
  const std::optional<std::string> secret = StringMember(text, "secretAccessKey");
  if (!secret || secret->size() < 16 || secret->size() > 128 || !IsVisible(*secret)) {
    return Error{ErrorCode::kInvalidArgument,
                 "secretAccessKey must be 16 to 128 visible characters"};
  }
  KeyPair key{*id, *secret, {}};
  if (json::Member(text, "sessionToken")) {
    const std::optional<std::string> token = StringMember(text, "sessionToken");
    if (!token || token->size() > 4096 || !IsVisible(*token)) {
      return Error{ErrorCode::kInvalidArgument, "sessionToken must be visible characters"};
    }
    key.security_token = *token;
  }
  return key;
}

Result<KeyPair> LoadOwnerKey(const std::string& data, base::Files& files, base::Random& random) {
  if (data == ":memory:") return NewOwnerKey(random);
  const std::string path = data + "/credentials.json";
  if (files.Exists(path)) {
    Result<std::string> text = files.Read(path);
    if (!text) return text.error();
    Result<KeyPair> key = DecodeKeyPair(*text);
    if (!key) return Error{ErrorCode::kIo, path + " is damaged: " + key.error().message};
    return key;
  }
  KeyPair key = NewOwnerKey(random);
  if (auto written = files.WriteAtomically(path, EncodeKeyPair(key), 0600); !written) {
    return written.error();
  }
  return key;
}

}  // namespace gatehouse::auth
