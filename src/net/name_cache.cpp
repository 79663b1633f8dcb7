#include "net/name_cache.h"

#include <algorithm>
#include <utility>

#include "base/limits.h"

namespace skerry::net {

NameCache::Waiter::Waiter(NameCache& cache, std::string host, Done done)
    : cache_(&cache), host_(std::move(host)), done_(std::move(done)) {}

NameCache::Waiter::~Waiter() {
  if (cache_ == nullptr) return;
  // The look-up goes on without anybody: its answer will serve the next one.
  cache_->telling_.remove(this);
  if (auto found = cache_->entries_.find(host_); found != cache_->entries_.end())
    found->second.waiters.remove(this);
}

const Result<NameCache::Addresses>* NameCache::find(const std::string& host) {
  auto found = entries_.find(host);
  if (found == entries_.end() || !found->second.answer) return nullptr;
  if (found->second.expires_ms > loop_.now_ms()) return &*found->second.answer;
  entries_.erase(found);
  return nullptr;
}

std::unique_ptr<NameCache::Waiter> NameCache::look_up(const std::string& host, Done done) {
  auto waiter = std::make_unique<Waiter>(*this, host, std::move(done));
  auto known = entries_.find(host);
  if (known == entries_.end()) {
    make_room();
    known = entries_.try_emplace(host).first;
  }
  known->second.waiters.push_back(waiter.get());
  if (known->second.lookup == nullptr) {
    known->second.answer.reset();
    known->second.lookup = loop::DnsLookup::start(
        loop_, host, 0,
        [this, host](Result<Addresses> answer) { answered(host, std::move(answer)); });
  }
  return waiter;
}

void NameCache::answered(const std::string& host, Result<Addresses> answer) {
  auto found = entries_.find(host);
  if (found == entries_.end()) return;
  Entry& entry = found->second;
  uint64_t kept_ms = answer ? limits::name_cache_ms : limits::name_cache_failure_ms;
  entry.expires_ms = loop_.now_ms() + kept_ms;
  entry.lookup.reset();
  auto held = std::make_shared<const Result<Addresses>>(
      answer ? Result<Addresses>(*answer) : Result<Addresses>(fail(answer.error().clone())));
  telling_ = std::move(entry.waiters);
  entry.answer = std::move(answer);
  // Each may destroy others, who then leave the list, and have the entry forgotten.
  while (!telling_.empty()) {
    Waiter* waiter = telling_.front();
    telling_.pop_front();
    waiter->cache_ = nullptr;
    Done done = std::move(waiter->done_);
    done(*held);
  }
}

void NameCache::forget(const std::string& host) {
  auto found = entries_.find(host);
  if (found != entries_.end() && found->second.lookup == nullptr) entries_.erase(found);
}

void NameCache::make_room() {
  if (entries_.size() < limits::name_cache_max) return;
  uint64_t now = loop_.now_ms();
  std::erase_if(entries_, [now](const auto& each) {
    return each.second.lookup == nullptr && each.second.expires_ms <= now;
  });
  for (auto each = entries_.begin();
       entries_.size() >= limits::name_cache_max && each != entries_.end();) {
    each = each->second.lookup == nullptr ? entries_.erase(each) : std::next(each);
  }
}

NameCache::Addresses interleave_families(const NameCache::Addresses& addresses) {
  NameCache::Addresses first, second, all;
  for (const loop::SocketAddress& address : addresses)
    (address.is_v4() == addresses.front().is_v4() ? first : second).push_back(address);
  for (size_t i = 0; i < std::max(first.size(), second.size()); ++i) {
    if (i < first.size()) all.push_back(first[i]);
    if (i < second.size()) all.push_back(second[i]);
  }
  return all;
}

}  // namespace skerry::net
