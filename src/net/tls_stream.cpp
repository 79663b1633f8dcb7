#include "net/tls_stream.h"

#include <openssl/err.h>

#include <algorithm>
#include <deque>
#include <mutex>
#include <utility>

#include "base/limits.h"

namespace skerry::net {

namespace {

// The most plaintext of one TLS record.
constexpr size_t kRecordBytes = 16 * 1024;
// Plaintext encrypted at a time, before the socket is asked to take it: fills a buffer of the pool.
constexpr size_t kEncryptBytes = 6 * kRecordBytes;
// How often that happens in one go; then the loop serves others.
constexpr int kRounds = 8;

// Both texts are static memory of OpenSSL; one entry for each pair that was ever seen.
const types::TlsFacts* facts_of(SSL* ssl) {
  static std::mutex lock;
  static std::deque<types::TlsFacts> known;
  const char* version = SSL_get_version(ssl);
  const char* cipher = SSL_CIPHER_get_name(SSL_get_current_cipher(ssl));
  std::lock_guard hold(lock);
  for (const types::TlsFacts& each : known)
    if (each.version == version && each.cipher == cipher) return &each;
  return &known.emplace_back(version, cipher);
}

}  // namespace

std::string take_openssl_error() {
  unsigned long code = ERR_peek_last_error();
  const char* data = nullptr;
  int flags = 0;
  ERR_peek_last_error_data(&data, &flags);
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  std::string text = reason == nullptr ? "unknown error" : reason;
  if (data != nullptr && (flags & ERR_TXT_STRING) != 0 && *data != '\0') {
    text += " (";
    text += data;
    text += ")";
  }
  ERR_clear_error();
  return text;
}

// OpenSSL's way to the bytes: reads what the loop has just brought, and writes into the buffer.
struct TlsBio {
  static int read(BIO* bio, char* out, int size) {
    auto* stream = static_cast<TlsStream*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    size_t count = std::min(static_cast<size_t>(size), stream->in_.size());
    if (count == 0) {
      BIO_set_retry_read(bio);
      return -1;
    }
    std::memcpy(out, stream->in_.data(), count);
    stream->in_ = stream->in_.subspan(count);
    return static_cast<int>(count);
  }
  static int write(BIO* bio, const char* data, int size) {
    auto* stream = static_cast<TlsStream*>(BIO_get_data(bio));
    if (stream->out_ == nullptr) stream->out_ = stream->setup_.shared->buffers.take();
    stream->out_->append(data, static_cast<size_t>(size));
    return size;
  }
  static long control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }
  static int create(BIO* bio) {
    BIO_set_init(bio, 1);
    return 1;
  }
  static BIO_METHOD* method() {
    static BIO_METHOD* const made = [] {
      BIO_METHOD* fresh = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "skerry");
      BIO_meth_set_read(fresh, read);
      BIO_meth_set_write(fresh, write);
      BIO_meth_set_ctrl(fresh, control);
      BIO_meth_set_create(fresh, create);
      return fresh;
    }();
    return made;
  }
};

TlsStream::TlsStream(loop::Stream& stream, SslPointer ssl, Setup setup)
    : stream_(stream), ssl_(std::move(ssl)), setup_(std::move(setup)) {
  BIO* bio = BIO_new(TlsBio::method());
  SKERRY_CHECK(bio != nullptr);
  BIO_set_data(bio, this);
  SSL_set_bio(ssl_.get(), bio, bio);
  if (++setup_.shared->streams > TlsShared::keep_buffers_max)
    SSL_set_mode(ssl_.get(), SSL_MODE_RELEASE_BUFFERS);
  if (setup_.role == Role::server) {
    SSL_set_accept_state(ssl_.get());
  } else {
    SSL_set_connect_state(ssl_.get());
  }
}

TlsStream::~TlsStream() {
  if (gone_ != nullptr) *gone_ = true;
  --setup_.shared->streams;
  if (state_ == State::open && !ended_ && !stream_.is_writing() && waiting_bytes() == 0) {
    SSL_shutdown(ssl_.get());
    (void)flush();
  }
  // Without this OpenSSL takes the session for one of a broken connection and forgets it.
  SSL_set_shutdown(ssl_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  setup_.shared->buffers.give_back(std::move(out_));
  // What the kernel has not taken is read by libuv until its close: it may not be used again.
}

Result<> TlsStream::begin() {
  if (ERR_peek_error() != 0) ERR_clear_error();
  int status = SSL_do_handshake(ssl_.get());
  if (SSL_get_error(ssl_.get(), status) != SSL_ERROR_WANT_READ)
    return fail(Code::internal, "begin TLS: " + take_openssl_error());
  if (Result<> flushed = flush(); !flushed) return flushed;
  return queue_rest();
}

void TlsStream::on_read(std::span<const uint8_t> data) {
  if (state_ == State::failed) return;
  // SSL_get_error() looks at the queue of the thread, where others may have left something.
  if (ERR_peek_error() != 0) [[unlikely]]
    ERR_clear_error();
  bool gone = false;
  gone_ = &gone;
  in_ = data;
  if (state_ == State::handshake) {
    handshake_bytes_ += data.size();
    if (!shake_hands()) return;
  }
  if (state_ == State::open && !read_records()) return;
  gone_ = nullptr;
  in_ = {};
  if (stream_.is_writing()) return;
  Result<> written = flush();
  if (written) written = queue_rest();
  if (!written) failed(std::move(written.error()));
}

bool TlsStream::shake_hands() {
  int status = SSL_do_handshake(ssl_.get());
  if (status == 1) {
    opened();
    bool* gone = gone_;
    if (setup_.observer != nullptr) std::exchange(setup_.observer, nullptr)->on_tls_open();
    return !*gone;
  }
  if (SSL_get_error(ssl_.get(), status) == SSL_ERROR_WANT_READ) {
    if (handshake_bytes_ <= limits::tls_handshake_bytes_max) return true;
    return failed(Error(Code::too_large, "the TLS handshake is too long"));
  }
  int reason = ERR_GET_REASON(ERR_peek_last_error());
  if (setup_.role == Role::server && reason == SSL_R_HTTP_REQUEST) {
    refuse_plain_http();
  } else {
    (void)flush();  // the alert that tells the peer
  }
  std::string detail = take_openssl_error();
  if (setup_.explain) return failed(setup_.explain(ssl_.get(), reason, std::move(detail)));
  return failed(Error(Code::refused, "TLS handshake: " + detail));
}

void TlsStream::opened() {
  state_ = State::open;
  facts_ = facts_of(ssl_.get());
}

// Whoever types http: in front of a TLS port should learn why nothing comes.
void TlsStream::refuse_plain_http() {
  static constexpr std::string_view kReply =
      "HTTP/1.1 400 Bad Request\r\nconnection: close\r\n"
      "content-type: text/plain;charset=UTF-8\r\ncontent-length: 67\r\n\r\n"
      "400 Bad Request: this port speaks TLS; the address needs https://.\n";
  setup_.shared->buffers.give_back(std::move(out_));
  loop::IoSlice slice{kReply.data(), kReply.size()};
  (void)stream_.socket_try_write({&slice, 1});
  stream_.socket_end_writing();
}

bool TlsStream::read_records() {
  uint8_t* plain = setup_.shared->plain.get();
  size_t used = 0;
  while (true) {
    size_t got = 0;
    int status = SSL_read_ex(ssl_.get(), plain + used, TlsShared::plain_bytes - used, &got);
    if (status == 1) {
      used += got;
      // To ask once more only to hear that there is no more costs as much as a small copy.
      if (in_.empty() && SSL_has_pending(ssl_.get()) == 0) return hand_on(used);
      if (used == TlsShared::plain_bytes && !hand_on(std::exchange(used, 0))) return false;
      continue;
    }
    int why = SSL_get_error(ssl_.get(), status);
    std::string detail =
        why == SSL_ERROR_WANT_READ || why == SSL_ERROR_ZERO_RETURN ? "" : take_openssl_error();
    if (used > 0 && !hand_on(used)) return false;
    if (why == SSL_ERROR_WANT_READ) return true;
    if (why != SSL_ERROR_ZERO_RETURN) {
      if (!stream_.is_writing()) (void)flush();
      return failed(Error(Code::closed, "the TLS connection broke: " + detail));
    }
    in_ = {};
    stream_.stop_reading();
    bool* gone = gone_;
    if (user() != nullptr) user()->on_read_end();
    return !*gone;
  }
}

bool TlsStream::hand_on(size_t size) {
  bool* gone = gone_;
  if (user() != nullptr) user()->on_read({setup_.shared->plain.get(), size});
  return !*gone;
}

bool TlsStream::failed(Error error) {
  state_ = State::failed;
  gone_ = nullptr;
  in_ = {};
  stream_.stop_reading();
  if (user() != nullptr) user()->on_stream_error(std::move(error));
  return false;
}

void TlsStream::on_read_end() {
  if (state_ == State::failed) return;
  if (state_ == State::handshake) {
    failed(Error(Code::closed, "the connection was closed during the TLS handshake"));
  } else if (setup_.role == Role::server) {
    if (user() != nullptr) user()->on_read_end();
  } else {
    // RFC 8446 section 6.1: without close_notify this may be somebody who cuts the reply short.
    failed(Error(Code::closed, "the TLS connection was cut off without an end"));
  }
}

void TlsStream::on_stream_error(Error error) {
  if (state_ == State::failed) return;
  if (state_ == State::handshake)
    error = Error(error.code, "the connection broke during the TLS handshake", std::move(error));
  failed(std::move(error));
}

size_t TlsStream::waiting_bytes() const {
  size_t total = 0;
  for (size_t i = slice_; i < slice_count_; ++i) total += slices_[i].size;
  return total;
}

void TlsStream::encrypt(const char* data, size_t size) {
  size_t written = 0;
  if (SSL_write_ex(ssl_.get(), data, size, &written) != 1) {
    ERR_clear_error();
    state_ = State::failed;
  }
}

// A slice that fills records goes as it is; smaller ones are put together, so that a head and its
// body are one record.
void TlsStream::encrypt_waiting() {
  size_t budget = kEncryptBytes;
  while (budget > 0 && slice_ < slice_count_ && state_ == State::open) {
    loop::IoSlice& first = slices_[slice_];
    const char* data = static_cast<const char*>(first.data);
    if (first.size >= kRecordBytes || slice_ + 1 == slice_count_) {
      size_t count = std::min(first.size, budget);
      if (slice_ + 1 < slice_count_) count -= count % kRecordBytes;
      if (count == 0 && first.size > 0) break;
      if (count > 0) encrypt(data, count);
      budget -= count;
      first = {data + count, first.size - count};
      if (first.size == 0) ++slice_;
      continue;
    }
    uint8_t* staged = setup_.shared->staging.get();
    size_t used = 0;
    while (used < kRecordBytes && slice_ < slice_count_) {
      loop::IoSlice& slice = slices_[slice_];
      size_t count = std::min(slice.size, kRecordBytes - used);
      if (count > 0) std::memcpy(staged + used, slice.data, count);
      used += count;
      slice = {static_cast<const char*>(slice.data) + count, slice.size - count};
      if (slice.size == 0) ++slice_;
    }
    if (used > 0) encrypt(reinterpret_cast<const char*>(staged), used);
    budget -= std::min(budget, used);
  }
}

Result<size_t> TlsStream::try_write(std::span<const loop::IoSlice> slices) {
  if (state_ == State::failed || ended_) return fail(Code::closed, "the TLS connection has ended");
  if (state_ != State::open || stream_.is_writing() || slices.size() > kSlicesMax) return size_t{0};
  std::copy(slices.begin(), slices.end(), slices_);
  slice_ = 0;
  slice_count_ = slices.size();
  size_t total = waiting_bytes();
  size_t left = total;
  for (int round = 0; left > 0 && round < kRounds; ++round) {
    encrypt_waiting();
    left = waiting_bytes();
    if (state_ != State::open) return fail(Code::internal, "TLS cannot encrypt");
    if (Result<> flushed = flush(); !flushed) return fail(std::move(flushed.error()));
    if (out_ != nullptr) break;
  }
  slice_count_ = 0;
  // With plaintext left the caller comes back with it, and the ciphertext goes along.
  if (left == 0)
    if (Result<> queued = queue_rest(); !queued) return fail(std::move(queued.error()));
  return total - left;
}

Result<> TlsStream::write(std::span<const loop::IoSlice> slices) {
  if (state_ != State::open || ended_) return fail(Code::closed, "the TLS connection has ended");
  SKERRY_CHECK(waiting_bytes() == 0 && slices.size() <= kSlicesMax);
  std::copy(slices.begin(), slices.end(), slices_);
  slice_ = 0;
  slice_count_ = slices.size();
  if (stream_.is_writing()) return {};
  encrypt_waiting();
  if (state_ != State::open) return fail(Code::internal, "TLS cannot encrypt");
  return queue_rest();
}

// What the socket takes at once of what is gathered.
Result<> TlsStream::flush() {
  if (out_ == nullptr || stream_.is_writing()) return {};
  loop::IoSlice slice{out_->data(), out_->size()};
  Result<size_t> taken = stream_.socket_try_write({&slice, 1});
  if (!taken) return fail(std::move(taken.error()));
  if (*taken == slice.size) {
    setup_.shared->buffers.give_back(std::move(out_));
  } else {
    out_->drop_front(*taken);
  }
  return {};
}

Result<> TlsStream::queue_rest() {
  if (out_ == nullptr) return {};
  queued_ = std::move(out_);
  loop::IoSlice slice{queued_->data(), queued_->size()};
  return stream_.socket_write({&slice, 1});
}

void TlsStream::on_write_done() {
  setup_.shared->buffers.give_back(std::move(queued_));
  if (state_ == State::failed) return;
  for (int round = 0; round < kRounds; ++round) {
    if (state_ == State::open) encrypt_waiting();
    if (out_ == nullptr && waiting_bytes() == 0) break;
    Result<> flushed = flush();
    if (flushed && (out_ != nullptr || round + 1 == kRounds)) {
      if (out_ == nullptr) encrypt_waiting();
      flushed = queue_rest();
    }
    if (!flushed) {
      failed(std::move(flushed.error()));
      return;
    }
    if (stream_.is_writing()) return;
  }
  slice_count_ = 0;
  if (std::exchange(end_socket_, false)) stream_.socket_end_writing();
  if (state_ == State::open && user() != nullptr) user()->on_write_done();
}

size_t TlsStream::unsent_bytes() const {
  return waiting_bytes() + (out_ == nullptr ? 0 : out_->size()) + stream_.socket_unsent_bytes();
}

void TlsStream::end_writing() {
  if (state_ == State::open && !std::exchange(ended_, true)) SSL_shutdown(ssl_.get());
  (void)flush();
  if (out_ == nullptr && !stream_.is_writing()) {
    stream_.socket_end_writing();
    return;
  }
  end_socket_ = true;
  if (!stream_.is_writing()) (void)queue_rest();
}

void TlsStream::drop() {
  ended_ = true;
}

}  // namespace skerry::net
