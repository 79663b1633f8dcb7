// The opening handshake, both sides: https://www.rfc-editor.org/rfc/rfc6455#section-4. Private to
// net.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "types/header_list.h"
#include "types/http.h"

namespace skerry::net {

// Why a server cannot accept; `status` 0: it can.
struct HandshakeRefusal {
  uint16_t status = 0;
  const char* reason = "";
};
HandshakeRefusal check_web_socket_request(const types::RequestHead& head);
// Sec-WebSocket-Accept for a key.
std::string accept_for_key(std::string_view key);
// A fresh Sec-WebSocket-Key.
std::string make_web_socket_key();
// Empty when the reply with status 101 is the answer to `key`; else what is wrong with it.
std::string_view check_web_socket_reply(const types::HeaderList& headers, std::string_view key);
// Sec-WebSocket-Key, -Version, -Extensions and -Accept: written by whoever opens the connection.
// The protocol is left to those above.
bool is_web_socket_connection_header(std::string_view name);

}  // namespace skerry::net
