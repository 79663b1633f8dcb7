// One worker's static assets: which requests are theirs, and what they are answered.
// https://developers.cloudflare.com/workers/static-assets/
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "assets/asset_store.h"
#include "assets/html_handling.h"
#include "assets/manifest.h"
#include "assets/rules_file.h"
#include "assets/site_options.h"
#include "types/exchange.h"
#include "types/header_list.h"
#include "types/http.h"

namespace skerry::assets {

// The headers of a request, however they are kept.
class HeaderLookup {
 public:
  virtual std::string_view header(std::string_view lower_name) const = 0;  // empty: absent

 protected:
  ~HeaderLookup() = default;
};

// A request as views. Path and query are in the normal form of the URL Standard; the host is
// without a port.
struct SiteRequest {
  types::Method method = types::Method::get;
  std::string_view origin;  // "https://host:8080"
  std::string_view hostname;
  std::string_view path;
  std::string_view query;  // with "?", or empty
  const HeaderLookup* headers = nullptr;
};

// Splits the target of a request. The result refers to `target`, or to `storage` where the target
// is not in the normal form.
struct TargetParts {
  std::string_view path;
  std::string_view query;
};
std::optional<TargetParts> split_target(std::string_view target, std::string& storage);

struct Decision {
  enum class Kind : uint8_t {
    nothing,
    not_found,
    redirect,
    wrong_method,
    asset
  } kind = Kind::nothing;
  uint16_t status = 200;
  Asset* asset = nullptr;
  std::string location;
  // Set by Site::choose_file().
  Asset* file = nullptr;
  std::optional<Coding> coding = {};
};

// A reply whose views refer to the site's assets, or to the strings beside them: to be sent at
// once. Not movable, since the views may refer to itself.
class Reply {
 public:
  Reply() = default;
  Reply(const Reply&) = delete;
  Reply& operator=(const Reply&) = delete;
  types::ResponseHead head() const { return {status, {}, {views_.data(), count_}}; }
  uint16_t status = 200;
  bool has_body = false;
  std::span<const uint8_t> bytes;   // of a small file
  std::shared_ptr<OpenFile> file;   // or a large one
  uint64_t offset = 0, length = 0;  // what to send of the file

 private:
  friend class Site;
  void add(std::string_view name, std::string_view value) { views_[count_++] = {name, value}; }
  std::array<types::HeaderView, 8> fixed_{};
  std::span<types::HeaderView> views_{fixed_};
  size_t count_ = 0;
  std::string range_;
  types::HeaderList list_;
  std::vector<types::HeaderView> listed_;
};

class Site {
 public:
  // Reads the directory; blocks on the disk. `store` outlives the site.
  static Result<std::shared_ptr<Site>> open(SiteOptions options, AssetStore& store,
                                            Warnings& warnings);
  ~Site();
  Site(const Site&) = delete;
  Site& operator=(const Site&) = delete;

  // Whether the request is answered here and not by the worker; then `decision` says with what.
  bool takes(const SiteRequest& request, Decision& decision) const;
  // As env.ASSETS.fetch() and a site without a worker have it: always an answer.
  Decision decide(const SiteRequest& request) const;
  // The file whose content the reply needs, null when it needs none: the asset, or a compressed one
  // beside it.
  Asset* choose_file(Decision& decision, const SiteRequest& request) const;
  // Fills `reply`. The chosen file is cached, or is given as it was read.
  void make_reply(const Decision& decision, const SiteRequest& request, const ReadFile* read,
                  Reply& reply) const;
  // Reads a file and keeps it if it is small; `done` gets it, with `content` empty if it was kept.
  void load(Asset& file, std::move_only_function<void(Result<ReadFile>)> done);
  AssetStore& store() const { return store_; }
  size_t size() const { return manifest_.size(); }
  size_t header_rules() const { return headers_.size(); }
  size_t redirects() const { return redirects_.size(); }
  bool has_redirects() const { return !redirects_.empty(); }

 private:
  Site(SiteOptions options, AssetStore& store) : options_(std::move(options)), store_(store) {}
  Decision decide(const SiteRequest& request, NotFoundHandling not_found) const;
  void add_custom_headers(const SiteRequest& request, Reply& reply) const;
  void add_content(const Decision& decision, const SiteRequest& request, const ReadFile* read,
                   Reply& reply) const;

  SiteOptions options_;
  AssetStore& store_;
  std::shared_ptr<Directory> directory_;
  Manifest manifest_;
  HeaderRules headers_;
  RedirectRules redirects_;
  std::weak_ptr<Site> self_;
};

}  // namespace skerry::assets
