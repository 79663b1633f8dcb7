#include "store/kv_worker.h"

#include <pthread.h>

#include <algorithm>
#include <unordered_set>

namespace skerry::store {
namespace {

constexpr size_t batch_writes_max =
    1024;  // a transaction's length, and so the wait of who comes next
constexpr size_t batch_bytes_max = 8 * 1024 * 1024;
constexpr size_t batch_ops_max = 4096;
constexpr size_t queued_ops_max = 65'536;               // of one namespace; beyond: Code::busy
constexpr size_t queued_bytes_max = 128 * 1024 * 1024;  // values waiting in one namespace
constexpr std::chrono::milliseconds open_again_delay(
    250);  // a broken file is not tried for every read
constexpr std::chrono::microseconds company_wait_max(500);
constexpr int64_t sweep_rows = 200;  // small: callers wait behind it
constexpr std::chrono::milliseconds sweep_more_delay(20);

static_assert(queued_bytes_max >= 2 * kv_value_bytes_max && queued_ops_max >= batch_ops_max);

// A read between writes runs inside the transaction, in its turn. Its answer waits for the commit,
// and until then its operation stays whole, to be read again if the commit fails.
using InnerResult =
    std::variant<Result<KvValuePtr>, Result<std::vector<KvValuePtr>>, Result<KvPage>>;
struct InnerRead {
  size_t at;  // of its operation in the batch
  InnerResult result;
};

InnerResult inner_read(SqliteKvFile& file, const KvOp& op, int64_t now_s) {
  if (const auto* get = std::get_if<KvGetOp>(&op.what)) return file.get(get->key, now_s);
  if (const auto* list = std::get_if<KvListOp>(&op.what)) {
    return file.list(list->range, list->limit, now_s);
  }
  Result<std::vector<KvValuePtr>> values;
  for (const std::string& key : std::get<KvGetManyOp>(op.what).keys) {
    auto value = file.get(key, now_s);
    if (!value) return InnerResult(std::in_place_index<1>, fail(std::move(value.error())));
    values->push_back(std::move(*value));
  }
  return values;
}

size_t value_bytes(const KvOp& op) {
  const auto* write = std::get_if<KvWriteOp>(&op.what);
  return write != nullptr && write->value ? write->value->data.size() : 0;
}

}  // namespace

void kv_refuse(KvOp op, const Error& error) {
  std::visit(
      [&](auto& what) { kv_answer(*op.executor, std::move(what.done), {fail(error.clone())}); },
      op.what);
}

std::vector<KvOutbox::Job>& KvOutbox::jobs_for(Executor& executor) {
  for (auto& [known, jobs] : jobs_) {
    if (known == &executor) return jobs;
  }
  return jobs_.emplace_back(&executor, std::vector<Job>()).second;
}

void KvOutbox::send() {
  for (auto& [executor, jobs] : jobs_) {
    executor->post([batch = std::move(jobs)]() mutable {
      for (Job& job : batch) {
        job();
        job = {};  // values go as soon as their caller is done with them
      }
    });
  }
  jobs_.clear();
}

KvWorker::KvWorker(const KvWorkerSetup& setup)
    : setup_(setup), next_sweep_(Clock::now() + setup.sweep_interval), thread_([this] { run(); }) {}

void KvWorker::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void KvWorker::submit(KvFileState& state, KvOp op, size_t bytes) {
  std::optional<Error> refusal;
  bool wakes = false;
  {
    std::lock_guard lock(mutex_);
    if (stopping_) {
      refusal.emplace(Code::closed, "the KV store has shut down");
    } else if (state.queue.size() >= queued_ops_max ||
               state.queued_bytes + bytes > queued_bytes_max) {
      refusal.emplace(Code::busy,
                      "too many KV operations are waiting for the disk: try again later");
    } else {
      state.queue.push_back(std::move(op));
      state.queued_bytes += bytes;
      if (!state.scheduled) {
        state.scheduled = true;
        ready_.push_back(&state);
        wakes = true;
      } else {
        wakes = awaited_ == &state && state.queue.size() >= awaited_ops_;
      }
    }
  }
  if (refusal) return kv_refuse(std::move(op), *refusal);
  if (wakes) wake_.notify_one();
}

void KvWorker::run() {
  pthread_setname_np(pthread_self(), "skerry-kv");
  std::unique_lock lock(mutex_);
  for (;;) {
    if (ready_.empty() && !stopping_) wake_.wait_until(lock, next_sweep_);
    if (!ready_.empty()) {
      KvFileState& state = *ready_.front();
      ready_.pop_front();
      Taken taken;
      take(state, taken, false);
      lock.unlock();
      process(state, std::move(taken));
      lock.lock();
      finish_turn(state);
    } else if (stopping_) {
      break;
    }
    if (Clock::now() >= next_sweep_ && !stopping_) {
      lock.unlock();
      sweep();
      lock.lock();
    }
  }
  lock.unlock();
  for (KvFileState* state : open_) state->file.reset();
  open_.clear();
}

void KvWorker::take(KvFileState& state, Taken& taken, bool writes_only) {
  size_t bytes = 0;
  while (!state.queue.empty() && taken.ops.size() < batch_ops_max) {
    KvOp& op = state.queue.front();
    const size_t op_bytes = value_bytes(op);
    const bool is_write = std::holds_alternative<KvWriteOp>(op.what);
    if (writes_only && !is_write) break;
    if (taken.writes > 0 && is_write &&
        (taken.writes == batch_writes_max || taken.bytes + op_bytes > batch_bytes_max)) {
      break;
    }
    bytes += op_bytes;
    taken.bytes += op_bytes;
    taken.writes += is_write ? 1 : 0;
    taken.ops.push_back(std::move(op));
    state.queue.pop_front();
  }
  state.queued_bytes -= bytes;
}

// Callers answered by the last commit come back one after the other a moment later. Writing the
// rows of the first while the others come, and waiting a fraction of a sync for the last of them,
// saves a sync for a handful of writes.
bool KvWorker::take_company(KvFileState& state, Taken& taken, Clock::time_point until) {
  const size_t before = taken.writes;
  std::unique_lock lock(mutex_);
  while (state.queue.empty() && taken.writes < state.last_commit_writes && !stopping_ &&
         ready_.empty()) {
    awaited_ = &state;
    awaited_ops_ = std::max<size_t>((state.last_commit_writes - taken.writes) / 2, 1);
    const bool late = wake_.wait_until(lock, until) == std::cv_status::timeout;
    awaited_ = nullptr;
    if (late) break;
  }
  take(state, taken, true);
  return taken.writes > before;
}

void KvWorker::finish_turn(KvFileState& state) {
  if (state.queue.empty()) {
    state.scheduled = false;
  } else {
    ready_.push_back(&state);  // behind the other files: fair turns
  }
}

bool KvWorker::ensure_open(KvFileState& state) {
  const auto now = Clock::now();
  state.used_at = now;
  if (state.file && state.file->usable()) return true;
  if (state.file) close_file(state);
  if (state.open_error && now < state.open_again_at) return false;
  if (open_.size() >= setup_.open_files_max) {
    close_file(**std::min_element(open_.begin(), open_.end(),
                                  [](auto* a, auto* b) { return a->used_at < b->used_at; }));
  }
  auto opened = SqliteKvFile::open(state.path, setup_.pages_max,
                                   setup_.vfs.empty() ? nullptr : setup_.vfs.c_str());
  if (!opened) {
    state.open_error = std::move(opened.error());
    state.open_again_at = now + open_again_delay;
    return false;
  }
  state.open_error.reset();
  state.file = std::move(*opened);
  open_.push_back(&state);
  return true;
}

void KvWorker::close_file(KvFileState& state) {
  state.file.reset();
  std::erase(open_, &state);
  // Once closed, another process may change the file: what is cached of it counts no more.
  state.space.store(setup_.next_space->fetch_add(1), std::memory_order_release);
}

void KvWorker::process(KvFileState& state, Taken taken) {
  if (!ensure_open(state)) {
    for (KvOp& op : taken.ops) kv_refuse(std::move(op), *state.open_error);
    return;
  }
  if (taken.writes < taken.ops.size()) read_ahead(state, taken.ops);
  if (taken.writes == 0) return;
  if (!ensure_open(state)) {  // a read found the file broken
    for (KvOp& op : taken.ops) kv_refuse(std::move(op), *state.open_error);
    return;
  }
  KvOutbox after_commit;
  const auto begin = Clock::now();
  if (auto written = write_all(state, taken, after_commit); !written) {
    return settle_failure(state, std::move(taken.ops), written.error());
  }
  state.last_commit_time = Clock::now() - begin;
  state.last_commit_writes = taken.writes;
  setup_.counters->transactions.fetch_add(1, std::memory_order_relaxed);
  setup_.counters->writes.fetch_add(taken.writes, std::memory_order_relaxed);
  const uint32_t space = state.space.load(std::memory_order_relaxed);
  for (const KvOp& op : taken.ops) {
    const auto* write = std::get_if<KvWriteOp>(&op.what);
    if (write != nullptr) setup_.cache->set(space, write->key, write->value);
  }
  for (KvOp& op : taken.ops) {
    auto* write = std::get_if<KvWriteOp>(&op.what);
    if (write != nullptr) after_commit.add<void>(*op.executor, std::move(write->done), {});
  }
  after_commit.send();
}

void KvWorker::read_ahead(KvFileState& state, std::vector<KvOp>& ops) {
  std::unordered_set<std::string_view> written;  // keys lie in the heap of `later`, see below
  std::vector<KvOp> later;
  later.reserve(ops.size());  // so that it never moves its strings
  KvOutbox outbox;
  for (KvOp& op : ops) {
    const auto* get = std::get_if<KvGetOp>(&op.what);
    const bool is_write = std::holds_alternative<KvWriteOp>(op.what);
    const bool independent =
        !is_write && (written.empty() || (get != nullptr && !written.contains(get->key)));
    if (independent) {
      do_read(state, op, true, outbox);
      continue;
    }
    later.push_back(std::move(op));
    if (is_write) written.insert(std::get<KvWriteOp>(later.back().what).key);
  }
  ops = std::move(later);
  outbox.send();
}

Result<> KvWorker::write_all(KvFileState& state, Taken& taken, KvOutbox& after_commit) {
  std::vector<InnerRead> reads;
  SqliteKvFile& file = *state.file;
  const auto company_until =
      Clock::now() + std::min<Clock::duration>(company_wait_max, state.last_commit_time / 4);
  if (auto done = file.begin(); !done) return done;
  const int64_t now_s = setup_.now_s();
  size_t at = 0;
  do {
    for (; at < taken.ops.size(); ++at) {
      if (auto* write = std::get_if<KvWriteOp>(&taken.ops[at].what)) {
        auto done = write->value ? file.put(write->key, *write->value) : file.remove(write->key);
        if (!done) return done;
      } else {
        reads.push_back({at, inner_read(file, taken.ops[at], now_s)});
      }
    }
  } while (take_company(state, taken, company_until));
  if (auto done = file.commit(); !done) return done;
  for (auto& read : reads) {
    KvOp& op = taken.ops[read.at];
    if (auto* get = std::get_if<KvGetOp>(&op.what)) {
      after_commit.add(*op.executor, std::move(get->done), std::move(std::get<0>(read.result)));
    } else if (auto* many = std::get_if<KvGetManyOp>(&op.what)) {
      after_commit.add(*op.executor, std::move(many->done), std::move(std::get<1>(read.result)));
    } else if (auto* list = std::get_if<KvListOp>(&op.what)) {
      after_commit.add(*op.executor, std::move(list->done), std::move(std::get<2>(read.result)));
    }
  }
  return {};
}

void KvWorker::settle_failure(KvFileState& state, std::vector<KvOp> ops, const Error& error) {
  // Whether the writes are there is not known yet: forget them, and let the file itself say,
  // reopened if need be.
  const uint32_t space = state.space.load(std::memory_order_relaxed);
  for (const KvOp& op : ops) {
    const auto* write = std::get_if<KvWriteOp>(&op.what);
    if (write != nullptr) setup_.cache->erase(space, write->key);
  }
  const bool open = ensure_open(state);
  KvOutbox outbox;
  for (KvOp& op : ops) {
    if (auto* write = std::get_if<KvWriteOp>(&op.what)) {
      outbox.add<void>(*op.executor, std::move(write->done), fail(error.clone()));
    } else if (open) {
      do_read(state, op, true, outbox);
    } else {
      kv_refuse(std::move(op), *state.open_error);
    }
  }
  outbox.send();
}

Result<KvValuePtr> KvWorker::read_key(KvFileState& state, const std::string& key, bool may_cache) {
  const uint32_t space = state.space.load(std::memory_order_relaxed);
  const int64_t now_s = setup_.now_s();
  if (auto known = setup_.cache->find(space, key)) {
    if (*known && kv_expired((*known)->expires_at_s, now_s)) return nullptr;
    return std::move(*known);
  }
  setup_.counters->reads.fetch_add(1, std::memory_order_relaxed);
  auto value = state.file->get(key, now_s);
  if (value && may_cache) setup_.cache->set(space, key, *value);
  return value;
}

void KvWorker::do_read(KvFileState& state, KvOp& op, bool may_cache, KvOutbox& outbox) {
  if (auto* get = std::get_if<KvGetOp>(&op.what)) {
    outbox.add(*op.executor, std::move(get->done), read_key(state, get->key, may_cache));
  } else if (auto* many = std::get_if<KvGetManyOp>(&op.what)) {
    Result<std::vector<KvValuePtr>> values;
    for (const std::string& key : many->keys) {
      auto value = read_key(state, key, may_cache);
      if (value) {
        values->push_back(std::move(*value));
        continue;
      }
      values = fail(std::move(value.error()));
      break;
    }
    outbox.add(*op.executor, std::move(many->done), std::move(values));
  } else if (auto* list = std::get_if<KvListOp>(&op.what)) {
    outbox.add(*op.executor, std::move(list->done),
               state.file->list(list->range, list->limit, setup_.now_s()));
  }
}

void KvWorker::sweep() {
  const int64_t now_s = setup_.now_s();
  bool more = false;
  for (KvFileState* state : std::vector<KvFileState*>(open_)) {
    if (!state->file->usable()) continue;  // its next operation opens it again
    const auto gone = state->file->sweep(now_s, sweep_rows);
    if (!gone) continue;
    setup_.counters->swept.fetch_add(static_cast<uint64_t>(*gone), std::memory_order_relaxed);
    more = more || *gone == sweep_rows;
  }
  next_sweep_ = Clock::now() + (more ? sweep_more_delay : setup_.sweep_interval);
}

}  // namespace skerry::store
