#include "web/parts.h"
#include "web/events/message_events.h"
#include "web/websocket/web_socket.h"

namespace skerry::web {

void add_websocket(js::SurfaceParts& parts) {
  parts.classes.insert(parts.classes.end(),
                       {&MessageEvent::info, &CloseEvent::info, &ErrorEvent::info, &WebSocket::info,
                        &WebSocketPair::info});
}

}  // namespace skerry::web
