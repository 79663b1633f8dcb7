// Answers requests for static assets: from memory in the same turn, else when the file was read.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>

#include "assets/asset_store.h"
#include "assets/site.h"
#include "loop/loop.h"
#include "types/exchange.h"
#include "worker/pump.h"
#include "worker/worker.h"

namespace skerry::server {

class SiteHost {
 public:
  // `host` is told of every request that was answered. Both outlive this.
  SiteHost(loop::Loop& loop, worker::WorkerHost& host) : loop_(loop), host_(host), store_(loop) {}
  // Before the loop dies: ends the reading of files, and what is being sent. Sites may end later.
  void stop();
  assets::AssetStore& store() { return store_; }
  // Takes the exchange and answers it, if the site's rules give it to the assets; false and
  // untouched if the worker is to answer. `scheme` is that of the client.
  bool serve(const std::shared_ptr<assets::Site>& site, std::string_view worker,
             std::string_view scheme, std::unique_ptr<types::Exchange>& exchange);

 private:
  struct Pending;
  void send(Pending& pending, const assets::SiteRequest& request, const assets::ReadFile* read);
  void report(const Pending& pending, uint16_t status);

  loop::Loop& loop_;
  worker::WorkerHost& host_;
  assets::AssetStore store_;
  // Large files on their way to clients.
  std::unordered_map<worker::Pump*, std::unique_ptr<worker::Pump>> transfers_;
};

}  // namespace skerry::server
