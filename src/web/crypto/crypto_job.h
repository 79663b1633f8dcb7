// A computation that would hold up the loop, on the loop's background thread, with a promise.
#pragma once

#include <functional>

#include "context/request_context.h"
#include "js/convert.h"

namespace skerry::web {

// What the computation gives back: run on the loop inside the request, its result settles the
// promise.
using CryptoFinish = std::move_only_function<js::Js<v8::Local<v8::Value>>(js::Env&)>;
// Runs on another thread: touches no V8 and nothing of the loop's.
using CryptoWork = std::move_only_function<CryptoFinish()>;

// Computes at once where there is no request (module scope, whose time is limited anyway). Rejects
// with OperationError past limits::crypto_jobs_per_request_max.
js::Js<v8::Local<v8::Promise>> run_crypto_job(js::Env& env, CryptoWork work);

}  // namespace skerry::web
