// TLS between a socket and its user: a filter of loop::Stream on OpenSSL, which never touches the
// socket itself. Ciphertext goes in as the loop read it and comes out gathered, so that a reply is
// one record and one system call. Private to net.
//
// Nothing is left behind after a read: all that came is decrypted and handed on in one call, or in
// few. Bounded: what is encrypted ahead of the socket (kEncryptBytes), what a handshake may bring.
#pragma once

#include <functional>
#include <memory>

#include "loop/stream.h"
#include "net/out_buffer.h"
#include "net/tls_openssl.h"
#include "types/http.h"

namespace skerry::net {

// What the TLS streams of one owner share. Loop thread only.
struct TlsShared {
  // Everything one read of the loop can decrypt to, with the part of a record that came before.
  static constexpr size_t plain_bytes = 96 * 1024;
  std::unique_ptr<uint8_t[]> plain = std::make_unique_for_overwrite<uint8_t[]>(plain_bytes);
  // One record that is put together from pieces.
  std::unique_ptr<uint8_t[]> staging = std::make_unique_for_overwrite<uint8_t[]>(16 * 1024);
  OutBufferPool buffers;
  // OpenSSL keeps 34 KiB a connection for records, or makes them anew for each; that costs a tenth
  // of a small reply's encryption, so only those who come when there are many do it.
  static constexpr size_t keep_buffers_max = 512;
  size_t streams = 0;
};

// Told about the handshake, once: its success. A failure goes to the stream's user as an error.
class TlsObserver {
 public:
  // May write, and may destroy the stream.
  virtual void on_tls_open() = 0;

 protected:
  ~TlsObserver() = default;
};

class TlsStream final : public loop::StreamFilter {
 public:
  enum class Role : uint8_t { server, client };
  // Where a client's handshake failed: makes the error that its user sees, from OpenSSL's reason
  // (SSL_R_...) and its text.
  using Explain = std::function<Error(SSL* ssl, int reason, std::string detail)>;
  struct Setup {
    Role role = Role::server;
    TlsShared* shared = nullptr;
    std::shared_ptr<const void> keep;  // what the callbacks of `ssl` refer to
    TlsObserver* observer = nullptr;   // may be null
    Explain explain;                   // may be null
  };
  // `stream` owns what is made here after attach(), and outlives it.
  TlsStream(loop::Stream& stream, SslPointer ssl, Setup setup);
  ~TlsStream() override;
  // A client sends its hello. The stream must be reading.
  Result<> begin();

  // Null before the end of the handshake. Static memory.
  const types::TlsFacts* facts() const { return facts_; }

 private:
  friend struct TlsBio;
  enum class State : uint8_t { handshake, open, failed };

  void on_read(std::span<const uint8_t> data) override;
  void on_read_end() override;
  void on_stream_error(Error error) override;
  void on_write_done() override;

  Result<size_t> try_write(std::span<const loop::IoSlice> slices) override;
  Result<> write(std::span<const loop::IoSlice> slices) override;
  size_t unsent_bytes() const override;
  void end_writing() override;
  void drop() override;

  bool shake_hands();
  void opened();
  // Each gives false when this object is gone or has failed, with the user told.
  bool read_records();
  bool hand_on(size_t size);
  bool failed(Error error);
  void refuse_plain_http();

  size_t waiting_bytes() const;
  void encrypt_waiting();
  void encrypt(const char* data, size_t size);
  Result<> flush();
  Result<> queue_rest();

  loop::Stream& stream_;
  SslPointer ssl_;
  Setup setup_;
  const types::TlsFacts* facts_ = nullptr;
  State state_ = State::handshake;
  bool ended_ = false;  // our close_notify is made
  bool end_socket_ = false;
  size_t handshake_bytes_ = 0;
  bool* gone_ = nullptr;

  // Ciphertext: being read; gathered; with the kernel's queue.
  std::span<const uint8_t> in_;
  std::unique_ptr<OutBuffer> out_;
  std::unique_ptr<OutBuffer> queued_;
  // Plaintext of a write() that is not encrypted yet.
  static constexpr size_t kSlicesMax = 16;
  loop::IoSlice slices_[kSlicesMax];
  size_t slice_ = 0;
  size_t slice_count_ = 0;
};

}  // namespace skerry::net
