// A connected TCP or Unix stream socket on a loop. Reads come from the loop's one shared buffer; a
// write first goes straight to the socket, and only what does not fit is queued. Loop thread only.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "base/error.h"
#include "loop/address.h"
#include "loop/loop.h"

namespace skerry::loop {

// Memory to be written; laid out like struct iovec.
struct IoSlice {
  const void* data;
  size_t size;
};

// May destroy the stream from any of its calls.
class StreamUser {
 public:
  // `data` belongs to the loop and is valid during this call only.
  virtual void on_read(std::span<const uint8_t> data) = 0;
  // The peer sent its last byte; reading has stopped.
  virtual void on_read_end() = 0;
  // The connection is broken.
  virtual void on_stream_error(Error error) = 0;
  // The queued write is out; the memory given to it is free again.
  virtual void on_write_done() = 0;

 protected:
  ~StreamUser() = default;
};

class Stream;

// Stands between a stream's socket and its user: TLS. Gets as a StreamUser what the socket has, and
// from the stream what its user writes, with the promises that Stream makes about it. Owned by its
// stream; streams without one pay a test of a pointer for each write.
class StreamFilter : public StreamUser {
 public:
  // Closes what it has open, as far as that goes without waiting.
  virtual ~StreamFilter() = default;
  StreamFilter(const StreamFilter&) = delete;
  StreamFilter& operator=(const StreamFilter&) = delete;
  virtual Result<size_t> try_write(std::span<const IoSlice> slices) = 0;
  virtual Result<> write(std::span<const IoSlice> slices) = 0;
  virtual size_t unsent_bytes() const = 0;
  virtual void end_writing() = 0;
  // The stream is about to be reset: nothing more is written, no farewell either.
  virtual void drop() = 0;
  void set_user(StreamUser* user) { user_ = user; }

 protected:
  StreamFilter() = default;
  // Null when nobody wants to know any more.
  StreamUser* user() const { return user_; }

 private:
  StreamUser* user_ = nullptr;
};

class ConnectUser {
 public:
  // Connected, or why not. Called once, never from inside connect().
  virtual void on_connect(Result<> result) = 0;

 protected:
  ~ConnectUser() = default;
};

class Stream {
 public:
  // Takes an open, connected socket.
  enum class Kind : uint8_t { tcp, unix_socket };
  static Result<std::unique_ptr<Stream>> adopt(Loop& loop, int fd, Kind kind);
  // Begins to connect; the stream may be used once `user` was told. Destroying it before gives up
  // silently.
  static Result<std::unique_ptr<Stream>> connect(Loop& loop, const SocketAddress& address,
                                                 ConnectUser& user);
  // Closes. Unsent bytes are lost; what the kernel has taken is still delivered.
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  void set_user(StreamUser* user);
  void start_reading();
  void stop_reading();
  bool is_reading() const { return reading_; }

  // How many bytes were taken now: 0 when the socket is full or a write is queued. What is left
  // goes into write(). Under TLS all may be taken and is_writing() true all the same, when the
  // socket has not room for it; on_write_done() follows then too. Fails when the connection is
  // broken. `slices` are at most 16.
  Result<size_t> try_write(std::span<const IoSlice> slices);
  // Queues a write; at most one is outstanding, and the memory stays untouched until
  // on_write_done() or the stream dies.
  Result<> write(std::span<const IoSlice> slices);
  bool is_writing() const { return writing_; }
  // Bytes of the queued write that the kernel has not taken.
  size_t unsent_bytes() const;
  // Sends the end of the stream; nothing may be written afterwards.
  void end_writing();
  // The peer will see a reset instead of an end; then destroy the stream.
  void reset();

  // From now on everything goes through `filter`. Before the first set_user().
  void attach(std::unique_ptr<StreamFilter> filter);
  // For the filter: the same on the socket itself.
  Result<size_t> socket_try_write(std::span<const IoSlice> slices);
  Result<> socket_write(std::span<const IoSlice> slices);
  size_t socket_unsent_bytes() const;
  void socket_end_writing();

  struct Box;

 private:
  friend struct StreamCallbacks;
  explicit Stream(Box* box) : box_(box) {}
  Box* box_;
  std::unique_ptr<StreamFilter> filter_;
  bool reading_ = false;
  bool writing_ = false;
};

}  // namespace skerry::loop
