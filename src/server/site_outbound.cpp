#include "server/site_outbound.h"

#include <utility>

#include "types/url.h"
#include "web/fetch/body.h"

namespace skerry::server {

namespace {

class ListLookup final : public assets::HeaderLookup {
 public:
  explicit ListLookup(const types::HeaderList& list) : list_(list) {}
  std::string_view header(std::string_view lower_name) const override {
    const std::string* value = list_.find(lower_name);
    return value == nullptr ? std::string_view() : std::string_view(*value);
  }

 private:
  const types::HeaderList& list_;
};

types::Method method_of(std::string_view name) {
  return name == "GET"    ? types::Method::get
         : name == "HEAD" ? types::Method::head
                          : types::Method::other;
}

}  // namespace

// A call under way. What answers it later finds it through `shared_`, or not, if it was cancelled.
class SiteOutbound::Call final : public web::OutboundCall {
 public:
  Call(std::shared_ptr<assets::Site> site, web::OutboundRequest request,
       web::OutboundObserver& observer)
      : site_(std::move(site)),
        request_(std::move(request)),
        url_(types::parse_url(request_.url)),
        observer_(observer),
        shared_(std::make_shared<Call*>(this)) {}
  ~Call() override { *shared_ = nullptr; }

  void begin(loop::Loop& loop) {
    if (!url_) {
      loop.defer([shared = shared_] {
        if (*shared != nullptr)
          (*shared)->observer_.on_error(Error(Code::invalid, "the URL cannot be parsed"));
      });
      return;
    }
    origin_ = url_->origin();
    decision_ = site_->decide(site_request());
    assets::Asset* file = site_->choose_file(decision_, site_request());
    // A file in memory may be gone when the loop comes to it, so it is asked for again then.
    if (file == nullptr || file->cached != nullptr) {
      loop.defer([shared = shared_] {
        if (*shared != nullptr) (*shared)->answer_or_load();
      });
      return;
    }
    load(*file);
  }

 private:
  assets::SiteRequest site_request() const {
    return {method_of(request_.method), origin_,        url_->hostname(),
            url_->pathname(),           url_->search(), &lookup_};
  }

  void answer_or_load() {
    assets::Asset* file = decision_.file;
    if (file != nullptr && file->cached == nullptr) return load(*file);
    answer(nullptr);
  }

  void load(assets::Asset& file) {
    site_->load(file, [shared = shared_](Result<assets::ReadFile> read) {
      if (*shared == nullptr) return;
      if (!read) return (*shared)->observer_.on_error(std::move(read.error()));
      (*shared)->answer(read->open ? &*read : nullptr);
    });
  }

  void answer(const assets::ReadFile* read) {
    assets::Reply reply;
    site_->make_reply(decision_, site_request(), read, reply);
    web::OutboundResponse response;
    response.status = reply.status;
    for (const types::HeaderView& header : reply.head().headers)
      response.headers.append(header.name, header.value);
    if (reply.has_body) response.headers.set("content-length", std::to_string(reply.length));
    if (reply.has_body && request_.method != "HEAD") {
      if (reply.file)
        response.body = site_->store().source(std::move(reply.file), reply.offset, reply.length);
      else
        response.body = web::source_of_bytes(
            std::string(reinterpret_cast<const char*>(reply.bytes.data()), reply.bytes.size()));
    }
    observer_.on_response(std::move(response));
  }

  std::shared_ptr<assets::Site> site_;
  web::OutboundRequest request_;
  std::optional<types::Url> url_;
  std::string origin_;
  ListLookup lookup_{request_.headers};
  assets::Decision decision_;
  web::OutboundObserver& observer_;
  std::shared_ptr<Call*> shared_;
};

std::unique_ptr<web::OutboundCall> SiteOutbound::start(web::OutboundRequest request,
                                                       std::unique_ptr<ByteSource>,
                                                       std::optional<uint64_t>,
                                                       web::OutboundObserver& observer) {
  auto call = std::make_unique<Call>(site_, std::move(request), observer);
  call->begin(loop_);
  return call;
}

}  // namespace skerry::server
