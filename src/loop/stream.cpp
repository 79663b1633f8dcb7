#include "loop/stream.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstddef>
#include <utility>

#include "base/check.h"
#include "loop/loop_impl.h"

namespace skerry::loop {

std::string SocketAddress::text() const {
  char host[INET6_ADDRSTRLEN] = "";
  if (is_v4()) {
    inet_ntop(AF_INET, ip + 12, host, sizeof host);
    return std::string(host) + ":" + std::to_string(port);
  }
  inet_ntop(AF_INET6, ip, host, sizeof host);
  return "[" + std::string(host) + "]:" + std::to_string(port);
}

Result<SocketAddress> SocketAddress::parse(std::string_view literal, uint16_t port) {
  SocketAddress address;
  address.port = port;
  std::string text(literal);
  if (inet_pton(AF_INET, text.c_str(), address.ip + 12) == 1) {
    address.ip[10] = address.ip[11] = 0xff;
    return address;
  }
  if (inet_pton(AF_INET6, text.c_str(), address.ip) == 1) return address;
  return fail(Code::invalid, "not an IP address: " + text);
}

SocketAddress SocketAddress::from(const sockaddr* address) {
  SocketAddress result;
  if (address->sa_family == AF_INET) {
    const auto* in = reinterpret_cast<const sockaddr_in*>(address);
    result.ip[10] = result.ip[11] = 0xff;
    std::memcpy(result.ip + 12, &in->sin_addr, 4);
    result.port = ntohs(in->sin_port);
  } else if (address->sa_family == AF_INET6) {
    const auto* in = reinterpret_cast<const sockaddr_in6*>(address);
    std::memcpy(result.ip, &in->sin6_addr, 16);
    result.port = ntohs(in->sin6_port);
    result.scope = in->sin6_scope_id;
  }
  return result;
}

// libuv needs the handle and its requests until the close callback; so they live here, and Stream
// only points at them.
struct Stream::Box {
  union Handle {
    uv_handle_t handle;
    uv_stream_t stream;
    uv_tcp_t tcp;
    uv_pipe_t pipe;
  } uv;
  uv_write_t write;
  uv_connect_t connect;
  Stream* owner = nullptr;
  StreamUser* user = nullptr;
  ConnectUser* connect_user = nullptr;
  Loop::Impl* loop = nullptr;
  Kind kind = Kind::tcp;

  static void close(Box* box) {
    box->owner = nullptr;
    if (uv_is_closing(&box->uv.handle)) return;
    uv_close(&box->uv.handle, on_closed);
  }
  static void on_closed(uv_handle_t* handle) { delete static_cast<Box*>(handle->data); }
};

struct StreamCallbacks {
  static void alloc(uv_handle_t* handle, size_t, uv_buf_t* buffer) {
    auto* box = static_cast<Stream::Box*>(handle->data);
    *buffer = uv_buf_init(box->loop->read_buffer.get(), kReadBufferBytes);
  }

  static void read(uv_stream_t* stream, ssize_t count, const uv_buf_t* buffer) {
    auto* box = static_cast<Stream::Box*>(stream->data);
    if (box->owner == nullptr || box->user == nullptr || count == 0) return;
    if (count > 0) {
      box->user->on_read({reinterpret_cast<const uint8_t*>(buffer->base), size_t(count)});
      return;
    }
    box->owner->stop_reading();
    if (count == UV_EOF) {
      box->user->on_read_end();
    } else {
      box->user->on_stream_error(uv_failure(static_cast<int>(count), "read from the connection"));
    }
  }

  static void written(uv_write_t* request, int status) {
    auto* box = static_cast<Stream::Box*>(request->handle->data);
    if (box->owner == nullptr) return;
    box->owner->writing_ = false;
    if (box->user == nullptr) return;
    if (status == 0) {
      box->user->on_write_done();
    } else {
      box->user->on_stream_error(uv_failure(status, "write to the connection"));
    }
  }

  static void connected(uv_connect_t* request, int status) {
    auto* box = static_cast<Stream::Box*>(request->handle->data);
    if (box->owner == nullptr) return;
    ConnectUser* user = std::exchange(box->connect_user, nullptr);
    if (status == 0) {
      user->on_connect({});
    } else {
      user->on_connect(fail(uv_failure(status, "connect")));
    }
  }
};

Result<std::unique_ptr<Stream>> Stream::adopt(Loop& loop, int fd, Kind kind) {
  auto* box = new Box;
  box->loop = &loop.impl();
  box->kind = kind;
  int status;
  if (kind == Kind::tcp) {
    uv_tcp_init(&box->loop->uv, &box->uv.tcp);
    box->uv.handle.data = box;
    status = uv_tcp_open(&box->uv.tcp, fd);
    if (status == 0) uv_tcp_nodelay(&box->uv.tcp, 1);
  } else {
    uv_pipe_init(&box->loop->uv, &box->uv.pipe, 0);
    box->uv.handle.data = box;
    status = uv_pipe_open(&box->uv.pipe, fd);
  }
  if (status != 0) {
    ::close(fd);
    Box::close(box);
    return fail(uv_failure(status, "use the accepted connection"));
  }
  auto stream = std::unique_ptr<Stream>(new Stream(box));
  box->owner = stream.get();
  return stream;
}

Result<std::unique_ptr<Stream>> Stream::connect(Loop& loop, const SocketAddress& address,
                                                ConnectUser& user) {
  auto* box = new Box;
  box->loop = &loop.impl();
  uv_tcp_init(&box->loop->uv, &box->uv.tcp);
  box->uv.handle.data = box;
  sockaddr_storage storage = {};
  if (address.is_v4()) {
    auto* in = reinterpret_cast<sockaddr_in*>(&storage);
    in->sin_family = AF_INET;
    in->sin_port = htons(address.port);
    std::memcpy(&in->sin_addr, address.ip + 12, 4);
  } else {
    auto* in = reinterpret_cast<sockaddr_in6*>(&storage);
    in->sin6_family = AF_INET6;
    in->sin6_port = htons(address.port);
    in->sin6_scope_id = address.scope;
    std::memcpy(&in->sin6_addr, address.ip, 16);
  }
  box->connect_user = &user;
  int status =
      uv_tcp_connect(&box->connect, &box->uv.tcp, reinterpret_cast<const sockaddr*>(&storage),
                     StreamCallbacks::connected);
  if (status != 0) {
    Box::close(box);
    return fail(uv_failure(status, "connect to " + address.text()));
  }
  uv_tcp_nodelay(&box->uv.tcp, 1);
  auto stream = std::unique_ptr<Stream>(new Stream(box));
  box->owner = stream.get();
  return stream;
}

Stream::~Stream() {
  box_->user = nullptr;
  filter_.reset();
  Box::close(box_);
}

void Stream::set_user(StreamUser* user) {
  if (filter_ != nullptr) {
    filter_->set_user(user);
  } else {
    box_->user = user;
  }
}

void Stream::attach(std::unique_ptr<StreamFilter> filter) {
  filter_ = std::move(filter);
  box_->user = filter_.get();
}

void Stream::start_reading() {
  if (reading_ || uv_is_closing(&box_->uv.handle)) return;
  reading_ = uv_read_start(&box_->uv.stream, StreamCallbacks::alloc, StreamCallbacks::read) == 0;
}

void Stream::stop_reading() {
  if (!reading_) return;
  reading_ = false;
  uv_read_stop(&box_->uv.stream);
}

static_assert(sizeof(IoSlice) == sizeof(uv_buf_t) &&
              offsetof(IoSlice, data) == offsetof(uv_buf_t, base) &&
              offsetof(IoSlice, size) == offsetof(uv_buf_t, len));

Result<size_t> Stream::try_write(std::span<const IoSlice> slices) {
  if (filter_ != nullptr) [[unlikely]]
    return filter_->try_write(slices);
  return socket_try_write(slices);
}

Result<size_t> Stream::socket_try_write(std::span<const IoSlice> slices) {
  const auto* buffers = reinterpret_cast<const uv_buf_t*>(slices.data());
  int count = uv_try_write(&box_->uv.stream, buffers, static_cast<unsigned>(slices.size()));
  if (count >= 0) return static_cast<size_t>(count);
  if (count == UV_EAGAIN || count == UV_ENOBUFS) return size_t{0};
  return fail(uv_failure(count, "write to the connection"));
}

Result<> Stream::write(std::span<const IoSlice> slices) {
  if (filter_ != nullptr) [[unlikely]]
    return filter_->write(slices);
  return socket_write(slices);
}

Result<> Stream::socket_write(std::span<const IoSlice> slices) {
  SKERRY_CHECK(!writing_);
  const auto* buffers = reinterpret_cast<const uv_buf_t*>(slices.data());
  int status = uv_write(&box_->write, &box_->uv.stream, buffers,
                        static_cast<unsigned>(slices.size()), StreamCallbacks::written);
  if (status != 0) return fail(uv_failure(status, "write to the connection"));
  writing_ = true;
  return {};
}

size_t Stream::unsent_bytes() const {
  return filter_ != nullptr ? filter_->unsent_bytes() : socket_unsent_bytes();
}

size_t Stream::socket_unsent_bytes() const {
  return uv_stream_get_write_queue_size(&box_->uv.stream);
}

void Stream::end_writing() {
  if (filter_ != nullptr) {
    filter_->end_writing();
  } else {
    socket_end_writing();
  }
}

void Stream::socket_end_writing() {
  uv_os_fd_t fd = -1;
  if (uv_fileno(&box_->uv.handle, &fd) == 0) ::shutdown(fd, SHUT_WR);
}

void Stream::reset() {
  stop_reading();
  box_->user = nullptr;
  if (filter_ != nullptr) filter_->drop();
  if (uv_is_closing(&box_->uv.handle) || box_->kind != Kind::tcp) return;
  // The linger option makes the close that follows a reset.
  uv_os_fd_t fd = -1;
  if (uv_fileno(&box_->uv.handle, &fd) != 0) return;
  linger now = {1, 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

}  // namespace skerry::loop
