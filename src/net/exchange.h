// The objects a handler holds of a request: they point at the connection while it lives and their
// request is the one in flight, and are inert afterwards. Private to net.
#pragma once

#include <memory>
#include <utility>

#include "net/http_connection.h"

namespace skerry::net {

class ExchangeImpl;
class BodySource;
class ReplySink;

// What is still there while the ends of a request are told: each of them may destroy the others.
struct Releasing {
  ExchangeImpl* exchange;
  BodySource* source;
  ReplySink* sink;
};

class ExchangeImpl final : public Exchange {
 public:
  ExchangeImpl(HttpConnection* connection, Ref<types::RequestHead> head, bool has_body)
      : connection_(connection), head_(std::move(head)), has_body_(has_body) {}
  ~ExchangeImpl() override {
    if (connection_ != nullptr) connection_->exchange_dropped();
    if (releasing_ != nullptr) releasing_->exchange = nullptr;
  }
  // From a free-list of the thread: one is made for each request.
  static void* operator new(size_t size);
  static void operator delete(void* memory, size_t size);

  const Ref<types::RequestHead>& head() const override { return head_; }
  bool has_body() const override { return has_body_; }
  std::unique_ptr<ByteSource> take_body() override {
    return connection_ == nullptr ? nullptr : connection_->take_body();
  }
  void respond(const ResponseHead& head, std::span<const uint8_t> body) override {
    if (connection_ != nullptr) connection_->respond(head, body);
  }
  std::unique_ptr<ByteSink> respond_stream(const ResponseHead& head,
                                           std::optional<uint64_t> length) override {
    return connection_ == nullptr ? nullptr : connection_->respond_stream(head, length);
  }
  std::unique_ptr<types::WebSocket> accept_web_socket(const ResponseHead& head) override {
    return connection_ == nullptr ? nullptr : connection_->accept_web_socket(head);
  }
  void set_observer(ExchangeObserver* observer) override { observer_ = observer; }

  HttpConnection* connection_;
  Releasing* releasing_ = nullptr;
  ExchangeObserver* observer_ = nullptr;

 private:
  Ref<types::RequestHead> head_;
  bool has_body_;
};

class BodySource final : public ByteSource {
 public:
  explicit BodySource(HttpConnection* connection) : connection_(connection) {}
  ~BodySource() override {
    if (connection_ != nullptr) connection_->source_dropped();
    if (releasing_ != nullptr) releasing_->source = nullptr;
  }
  void read(ByteReader& reader) override {
    if (connection_ != nullptr) {
      connection_->read_body(reader);
    } else if (!rest_.empty()) {
      reader.on_chunk(std::move(rest_));
    } else if (complete_) {
      reader.on_end();
    } else {
      reader.on_error(Error(Code::closed, "the request body ended before it was complete"));
    }
  }
  std::optional<uint64_t> length() const override {
    if (connection_ != nullptr) return connection_->body_left();
    return complete_ ? std::optional<uint64_t>(rest_.size()) : std::nullopt;
  }

  HttpConnection* connection_;
  Releasing* releasing_ = nullptr;
  // What had arrived when the connection went on to the next request.
  Bytes rest_;
  bool complete_ = false;
};

class ReplySink final : public ByteSink {
 public:
  explicit ReplySink(HttpConnection* connection) : connection_(connection) {}
  ~ReplySink() override {
    if (connection_ != nullptr) connection_->close(HttpConnection::Cut::reset);
    if (releasing_ != nullptr) releasing_->sink = nullptr;
  }
  void write(Bytes chunk, ByteWriter& writer) override {
    if (connection_ != nullptr) {
      connection_->sink_write(std::move(chunk), writer);
    } else {
      writer.on_error(Error(Code::closed, "the client has left"));
    }
  }
  bool write_now(std::span<const uint8_t> bytes) override {
    return connection_ != nullptr && connection_->sink_write_now(bytes);
  }
  void end() override {
    if (connection_ != nullptr) connection_->sink_end();
  }

  HttpConnection* connection_;
  Releasing* releasing_ = nullptr;
};

}  // namespace skerry::net
