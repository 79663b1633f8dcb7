// Which Web APIs there are, by specification: each folder of web adds its classes, functions and
// singletons. A new folder adds one line here and one in surface.cpp.
#pragma once

#include "js/surface.h"

namespace skerry::web {

void add_events(js::SurfaceParts&
                    parts);  // DOM: Event, EventTarget, AbortController, AbortSignal; DOMException
void add_url(js::SurfaceParts& parts);          // URL
void add_encoding(js::SurfaceParts& parts);     // Encoding; atob, btoa
void add_clone(js::SurfaceParts& parts);        // structuredClone, queueMicrotask
void add_timers(js::SurfaceParts& parts);       // setTimeout and friends
void add_console(js::SurfaceParts& parts);      // Console; performance, navigator
void add_crypto(js::SurfaceParts& parts);       // WebCrypto
void add_file(js::SurfaceParts& parts);         // File API; FormData
void add_streams(js::SurfaceParts& parts);      // Streams, written in JavaScript
void add_compression(js::SurfaceParts& parts);  // Compression Streams
void add_fetch(js::SurfaceParts& parts);        // Fetch: Headers, Request, Response, fetch
void add_websocket(
    js::SurfaceParts& parts);  // WebSocket, WebSocketPair; Message-, Close- and ErrorEvent

// All of them, in a fixed order.
js::SurfaceParts platform_parts();

}  // namespace skerry::web
