#include "net/web_socket_handshake.h"

#include <openssl/evp.h>
#include <sys/random.h>

#include "types/base64.h"
#include "types/web_socket.h"

namespace skerry::net {

HandshakeRefusal check_web_socket_request(const types::RequestHead& head) {
  if (!types::asks_for_web_socket(head)) return {400, "the request does not ask for a WebSocket"};
  bool upgrades = false;
  unsigned keys = 0, versions = 0;
  for (const types::HeaderSlice& header : head.headers) {
    std::string_view name = head.name(header);
    if (types::equals_ignoring_case(name, "connection"))
      upgrades = upgrades || types::has_list_token(head.value(header), "upgrade");
    keys += types::equals_ignoring_case(name, "sec-websocket-key");
    versions += types::equals_ignoring_case(name, "sec-websocket-version");
  }
  if (!upgrades) return {400, "Upgrade is not named in Connection"};
  if (versions != 1 || head.header("sec-websocket-version") != "13")
    return {426, "only version 13 of the WebSocket protocol is spoken here"};
  std::string_view key = head.header("sec-websocket-key");
  auto decoded = types::base64_decode(key);
  if (keys != 1 || key.size() != 24 || !decoded || decoded->size() != 16)
    return {400, "Sec-WebSocket-Key is not 16 bytes in Base64"};
  return {};
}

std::string accept_for_key(std::string_view key) {
  std::string text(key);
  text += "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_Digest(text.data(), text.size(), digest, &size, EVP_sha1(), nullptr);
  return types::base64_encode({reinterpret_cast<const char*>(digest), size});
}

std::string make_web_socket_key() {
  char bytes[16];
  while (getrandom(bytes, sizeof bytes, 0) != static_cast<ssize_t>(sizeof bytes)) {
  }
  return types::base64_encode({bytes, sizeof bytes});
}

std::string_view check_web_socket_reply(const types::HeaderList& headers, std::string_view key) {
  const std::string* upgrade = headers.find("upgrade");
  const std::string* connection = headers.find("connection");
  const std::string* accept = headers.find("sec-websocket-accept");
  if (upgrade == nullptr || !types::has_list_token(*upgrade, "websocket"))
    return "it does not name websocket in Upgrade";
  if (connection == nullptr || !types::has_list_token(*connection, "upgrade"))
    return "it does not name Upgrade in Connection";
  if (accept == nullptr || *accept != accept_for_key(key))
    return "its Sec-WebSocket-Accept does not fit the key";
  if (const std::string* extensions = headers.find("sec-websocket-extensions");
      extensions != nullptr && !extensions->empty())
    return "it uses an extension that was not offered";
  return {};
}

bool is_web_socket_connection_header(std::string_view name) {
  for (std::string_view known : {"sec-websocket-key", "sec-websocket-version",
                                 "sec-websocket-extensions", "sec-websocket-accept"})
    if (types::equals_ignoring_case(name, known)) return true;
  return false;
}

}  // namespace skerry::net
