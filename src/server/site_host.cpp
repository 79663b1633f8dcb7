#include "server/site_host.h"

#include <time.h>

#include "types/header_list.h"

namespace skerry::server {

namespace {

class HeadLookup final : public assets::HeaderLookup {
 public:
  explicit HeadLookup(const types::RequestHead& head) : head_(head) {}
  std::string_view header(std::string_view lower_name) const override {
    return head_.header(lower_name);
  }

 private:
  const types::RequestHead& head_;
};

std::string_view without_port(std::string_view host) {
  size_t colon = host.rfind(':');
  return colon == std::string_view::npos || host.ends_with(']') ? host : host.substr(0, colon);
}

uint64_t monotonic_ns() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(now.tv_nsec);
}

}  // namespace

// A request that the assets answer. Lives on the stack unless a file must be read first.
struct SiteHost::Pending {
  std::shared_ptr<assets::Site> site;
  std::string_view worker;
  std::unique_ptr<types::Exchange> exchange;
  Ref<types::RequestHead> head;
  std::string origin;
  std::string target;  // in its normal form, if it came in another
  assets::Decision decision;
  uint64_t started_ms = 0;
  uint64_t turn_began_ns = 0;
  uint64_t cpu_ns = 0;      // of earlier turns
  std::string worker_name;  // what `worker` refers to after the first turn
};

void SiteHost::stop() {
  store_.stop();
  transfers_.clear();
}

bool SiteHost::serve(const std::shared_ptr<assets::Site>& site, std::string_view worker,
                     std::string_view scheme, std::unique_ptr<types::Exchange>& exchange) {
  Pending pending;
  pending.head = exchange->head();
  const types::RequestHead& head = *pending.head;
  std::optional<assets::TargetParts> parts = assets::split_target(head.target(), pending.target);
  if (!parts) return false;
  if (site->has_redirects())
    pending.origin = std::string(scheme) + "://" + std::string(head.host());
  HeadLookup headers(head);
  assets::SiteRequest request{head.method, pending.origin, without_port(head.host()),
                              parts->path, parts->query,   &headers};
  if (!site->takes(request, pending.decision)) return false;
  pending.turn_began_ns = monotonic_ns();
  pending.started_ms = loop_.now_ms();
  pending.worker = worker;
  pending.exchange = std::move(exchange);
  pending.site = site;
  assets::Asset* file = site->choose_file(pending.decision, request);
  if (file == nullptr || file->cached != nullptr) {
    send(pending, request, nullptr);
    return true;
  }
  auto kept = std::make_unique<Pending>(std::move(pending));
  kept->worker_name = kept->worker;
  kept->worker = kept->worker_name;
  kept->cpu_ns = monotonic_ns() - kept->turn_began_ns;
  assets::Site& target = *site;
  target.load(*file, [this, kept = std::move(kept)](Result<assets::ReadFile> read) {
    kept->turn_began_ns = monotonic_ns();
    const types::RequestHead& then = *kept->head;
    std::string storage;
    std::optional<assets::TargetParts> again = assets::split_target(then.target(), storage);
    HeadLookup lookup(then);
    assets::SiteRequest same{then.method, kept->origin, without_port(then.host()),
                             again->path, again->query, &lookup};
    if (!read) {
      bool gone = read.error().code == Code::not_found;
      types::HeaderView type[] = {{"content-type", "text/plain;charset=UTF-8"}};
      std::string_view text = gone ? "" : "The file could not be read.\n";
      kept->exchange->respond({static_cast<uint16_t>(gone ? 404 : 500), {}, type},
                              {reinterpret_cast<const uint8_t*>(text.data()), text.size()});
      return report(*kept, gone ? 404 : 500);
    }
    send(*kept, same, read->open ? &*read : nullptr);
  });
  return true;
}

void SiteHost::send(Pending& pending, const assets::SiteRequest& request,
                    const assets::ReadFile* read) {
  assets::Reply reply;
  pending.site->make_reply(pending.decision, request, read, reply);
  if (!reply.has_body || !reply.file) {
    pending.exchange->respond(reply.head(), reply.bytes);
    return report(pending, reply.status);
  }
  std::unique_ptr<ByteSink> sink = pending.exchange->respond_stream(reply.head(), reply.length);
  report(pending, reply.status);
  if (!sink) return;
  // The key is known only after the pump was made, and its end comes no sooner than start().
  auto key = std::make_shared<worker::Pump*>(nullptr);
  auto pump = std::make_unique<worker::Pump>(
      store_.source(std::move(reply.file), reply.offset, reply.length), std::move(sink),
      [this, key](bool) { loop_.defer([this, key] { transfers_.erase(*key); }); });
  worker::Pump& started = *pump;
  *key = pump.get();
  transfers_.emplace(pump.get(), std::move(pump));
  started.start();
}

void SiteHost::report(const Pending& pending, uint16_t status) {
  if (!host_.wants_records()) return;
  host_.on_fetch(pending.worker, *pending.head,
                 {status, pending.cpu_ns + monotonic_ns() - pending.turn_began_ns,
                  loop_.now_ms() - pending.started_ms});
}

}  // namespace skerry::server
