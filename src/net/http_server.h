// The HTTP/1.1 server: listeners accept, a connection is a plain state machine on llhttp, and each request reaches the
// handler as an Exchange (types/exchange.h). One loop thread; nothing here knows V8. RFC 9112, RFC 9110.
#pragma once

#include "types/exchange.h"

namespace skerry::loop {
class Loop;
}

namespace skerry::net {

using types::Exchange;
using types::ExchangeObserver;
using types::HeaderView;
using types::RequestHandler;
using types::ResponseHead;

// Limits and time-outs of one server; defaults from base/limits.h.
struct HttpServerOptions;

}  // namespace skerry::net
