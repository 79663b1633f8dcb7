#include "assets/site.h"

#include <algorithm>

#include "assets/negotiation.h"
#include "types/ascii.h"
#include "types/percent_encoding.h"
#include "types/url.h"
#include "types/utf8.h"

namespace skerry::assets {

namespace {

constexpr std::string_view kCacheControl = "public, max-age=0, must-revalidate";

bool is_plain(char c) {
  return types::is_ascii_alphanumeric(c) || c == '/' || c == '-' || c == '_' || c == '.' ||
         c == '~';
}

// Decodes each segment by itself, where that gives UTF-8, and makes one slash of several.
std::string decode_path(std::string_view path) {
  std::string out;
  for (size_t at = 0; at <= path.size();) {
    size_t end = std::min(path.find('/', at), path.size());
    std::string_view segment = path.substr(at, end - at);
    bool malformed = false;
    for (size_t i = segment.find('%'); i != std::string_view::npos; i = segment.find('%', i + 1))
      malformed = malformed || i + 2 >= segment.size() || !types::is_ascii_hex(segment[i + 1]) ||
                  !types::is_ascii_hex(segment[i + 2]);
    std::string decoded = malformed ? std::string(segment) : types::percent_decode(segment);
    if (!types::is_valid_utf8(decoded)) decoded = segment;
    out += decoded;
    if (end < path.size()) out += '/';
    at = end + 1;
  }
  auto doubled =
      std::unique(out.begin(), out.end(), [](char a, char b) { return a == '/' && b == '/'; });
  out.erase(doubled, out.end());
  return out;
}

// As encodeURIComponent() has it, segment by segment.
std::string encode_path(std::string_view path) {
  std::string out;
  for (char c : path) {
    auto byte = static_cast<unsigned char>(c);
    if (is_plain(c) || c == '!' || c == '*' || c == '\'' || c == '(' || c == ')') {
      out += c;
    } else {
      out += '%';
      out += "0123456789ABCDEF"[byte >> 4];
      out += "0123456789ABCDEF"[byte & 15];
    }
  }
  return out;
}

// What needs neither decoding nor encoding: nearly every request.
bool is_canonical(std::string_view path) {
  char before = 0;
  for (char c : path) {
    if (!is_plain(c) || (c == '/' && before == '/')) return false;
    before = c;
  }
  return true;
}

// A path of plain characters without "." and ".." segments is in the normal form.
bool is_normal(std::string_view path) {
  if (path.empty() || path[0] != '/') return false;
  for (size_t i = 0; i < path.size(); ++i) {
    if (!is_plain(path[i])) return false;
    if (path[i] == '.' && path[i - 1] == '/') return false;
  }
  return true;
}

// Where a rule of _redirects leads, relative to the request; its query counts before that of the
// request.
std::string redirect_location(const std::string& to, const SiteRequest& request) {
  std::optional<types::Url> base =
      types::parse_url(std::string(request.origin) + std::string(request.path));
  std::optional<types::Url> url = types::parse_url(to, base ? &*base : nullptr);
  if (!url) return to;
  std::string_view query = url->search().empty() ? request.query : url->search();
  std::string_view href = url->href();
  std::string out(base && url->origin() == base->origin()
                      ? url->pathname()
                      : href.substr(0, href.size() - url->search().size() - url->hash().size()));
  return out.append(query).append(url->hash());
}

}  // namespace

std::optional<TargetParts> split_target(std::string_view target, std::string& storage) {
  size_t question = std::min(target.find('?'), target.size());
  std::string_view path = target.substr(0, question), query = target.substr(question);
  auto plain_query = [](std::string_view text) {
    return types::needs_no_encoding(text, types::PercentSet::special_query);
  };
  if (is_normal(path) && plain_query(query))
    return TargetParts{path, query.size() > 1 ? query : ""};
  std::optional<types::Url> url = types::parse_url(
      target.starts_with('/') ? "http://host" + std::string(target) : std::string(target));
  if (!url) return std::nullopt;
  storage = url->pathname();
  size_t path_size = storage.size();
  storage += url->search();
  return TargetParts{std::string_view(storage).substr(0, path_size),
                     std::string_view(storage).substr(path_size)};
}

Result<std::shared_ptr<Site>> Site::open(SiteOptions options, AssetStore& store,
                                         Warnings& warnings) {
  std::shared_ptr<Site> site(new Site(std::move(options), store));
  Result<std::shared_ptr<Directory>> directory = Directory::open(site->options_.directory);
  if (!directory) return fail(std::move(directory.error()));
  site->directory_ = std::move(*directory);
  Result<Manifest> manifest = Manifest::read(site->options_.directory, warnings);
  if (!manifest) return fail(std::move(manifest.error()));
  site->manifest_ = std::move(*manifest);
  Result<std::string> headers = read_rules_file(site->options_.directory, "_headers");
  if (!headers) return fail(std::move(headers.error()));
  site->headers_ = HeaderRules::parse(*headers, warnings);
  Result<std::string> redirects = read_rules_file(site->options_.directory, "_redirects");
  if (!redirects) return fail(std::move(redirects.error()));
  site->redirects_ = RedirectRules::parse(*redirects, site->options_.html_handling, warnings);
  site->self_ = site;
  return site;
}

Site::~Site() {
  for (const auto& asset : manifest_.assets()) store_.cache().drop(*asset);
}

bool Site::takes(const SiteRequest& request, Decision& decision) const {
  if (options_.has_worker) {
    auto covered = [&](const std::vector<std::string>& globs) {
      return std::ranges::any_of(
          globs, [&](const std::string& glob) { return glob_covers(glob, request.path); });
    };
    bool is_static = !options_.worker_first_globs.empty() || !options_.assets_first_globs.empty();
    if (is_static && covered(options_.assets_first_globs)) {
      decision = decide(request);
      return true;
    }
    if (is_static && covered(options_.worker_first_globs)) return false;
    if (options_.worker_first) return false;
    // Otherwise the worker has what no file matches; but a browser that opens a page gets the
    // not-found page of the site.
    bool keeps_not_found = is_static || (options_.navigation_prefers_assets &&
                                         options_.not_found_handling != NotFoundHandling::none &&
                                         request.headers->header("sec-fetch-mode") == "navigate");
    decision =
        decide(request, keeps_not_found ? options_.not_found_handling : NotFoundHandling::none);
    if (decision.kind == Decision::Kind::nothing) return false;
    // A rewritten path that leads nowhere is the assets', with the page for that.
    if (decision.kind == Decision::Kind::not_found) decision = decide(request);
    return true;
  }
  decision = decide(request);
  return true;
}

Decision Site::decide(const SiteRequest& request) const {
  Decision decision = decide(request, options_.not_found_handling);
  if (decision.kind == Decision::Kind::nothing) decision.kind = Decision::Kind::not_found;
  return decision;
}

Decision Site::decide(const SiteRequest& request, NotFoundHandling not_found) const {
  using Kind = Decision::Kind;
  std::string rewritten;
  std::string_view path = request.path;
  bool is_rewritten = false;
  if (!redirects_.empty()) {
    if (std::optional<Redirect> redirect = redirects_.find(request.hostname, path)) {
      if (redirect->status != 200)
        return {Kind::redirect, redirect->status, nullptr,
                redirect_location(redirect->to, request)};
      std::optional<types::Url> url = types::parse_url("http://host" + redirect->to);
      rewritten = url ? url->pathname() : redirect->to;
      path = rewritten;
      is_rewritten = true;
    }
  }
  bool canonical = is_canonical(path);
  std::string decoded_storage = canonical ? std::string() : decode_path(path);
  std::string_view decoded = canonical ? path : std::string_view(decoded_storage);
  Intent intent = resolve_path(decoded, options_.html_handling, not_found, manifest_);
  if (intent.asset == nullptr && !intent.redirect)
    return {is_rewritten ? Kind::not_found : Kind::nothing, 404, nullptr, {}};
  if (request.method != types::Method::get && request.method != types::Method::head)
    return {Kind::wrong_method, 405, nullptr, {}};
  if (intent.redirect)
    return {Kind::redirect, 307, nullptr,
            encode_path(*intent.redirect) + std::string(request.query)};
  // One spelling of each path.
  if (!canonical) {
    std::string encoded = encode_path(decoded);
    if (encoded != path)
      return {Kind::redirect, 307, nullptr, encoded + std::string(request.query)};
  }
  return {Kind::asset, intent.status, intent.asset, {}};
}

Asset* Site::choose_file(Decision& decision, const SiteRequest& request) const {
  if (decision.kind != Decision::Kind::asset) return nullptr;
  decision.file = decision.asset;
  if (decision.asset->has_encoded) {
    Chosen chosen = choose_coding(*decision.asset, request.headers->header("accept-encoding"));
    decision.file = chosen.file;
    decision.coding = chosen.coding;
  }
  return decision.file;
}

void Site::make_reply(const Decision& decision, const SiteRequest& request, const ReadFile* read,
                      Reply& reply) const {
  switch (decision.kind) {
    case Decision::Kind::nothing:
    case Decision::Kind::not_found: reply.status = 404; break;
    case Decision::Kind::wrong_method: reply.status = 405; break;
    case Decision::Kind::redirect:
      reply.status = decision.status;
      reply.add("location", decision.location);
      break;
    case Decision::Kind::asset: add_content(decision, request, read, reply); break;
  }
  if (!headers_.empty()) add_custom_headers(request, reply);
}

void Site::add_content(const Decision& decision, const SiteRequest& request, const ReadFile* read,
                       Reply& reply) const {
  Asset& asset = *decision.asset;
  const Asset* file = decision.file;
  const HeaderLookup& headers = *request.headers;
  reply.status = decision.status;
  if (!asset.content_type.empty()) reply.add("content-type", asset.content_type);
  if (asset.has_encoded) {
    if (decision.coding) reply.add("content-encoding", coding_name(*decision.coding));
    reply.add("vary", "accept-encoding");
  }
  reply.add("etag", file->etag);
  std::string_view range = headers.header("range");
  if (range.empty() && headers.header("authorization").empty())
    reply.add("cache-control", kCacheControl);
  std::string_view if_none_match = headers.header("if-none-match");
  if (!if_none_match.empty() && etag_matches(if_none_match, file->etag)) {
    reply.status = 304;
    return;
  }
  reply.has_body = true;
  reply.length = read != nullptr ? read->state.size : file->cached->bytes.size();
  if (!range.empty() && request.method == types::Method::get && decision.status == 200) {
    std::string_view if_range = headers.header("if-range");
    ByteRange part =
        if_range.empty() || if_range == file->etag ? parse_range(range, reply.length) : ByteRange{};
    std::string whole = std::to_string(reply.length);
    if (part.kind == ByteRange::Kind::unsatisfiable) {
      reply.status = 416;
      reply.has_body = false;
      reply.range_ = "bytes */" + whole;
      return reply.add("content-range", reply.range_);
    }
    if (part.kind == ByteRange::Kind::part) {
      reply.status = 206;
      reply.offset = part.offset;
      reply.length = part.length;
      reply.range_ = "bytes " + std::to_string(part.offset) + "-" +
                     std::to_string(part.offset + part.length - 1) + "/" + whole;
      reply.add("content-range", reply.range_);
    }
  }
  if (read != nullptr && read->open) {
    reply.file = read->open;
    return;
  }
  std::span<const uint8_t> all =
      read != nullptr && !read->content.empty() ? read->content.span() : file->cached->bytes.span();
  if (file->cached != nullptr) file->cached->used = true;
  reply.bytes = all.subspan(static_cast<size_t>(reply.offset), static_cast<size_t>(reply.length));
}

void Site::add_custom_headers(const SiteRequest& request, Reply& reply) const {
  for (const types::HeaderView& header : reply.views_.first(reply.count_))
    reply.list_.append(header.name, header.value);
  headers_.apply(request.hostname, request.path, reply.list_);
  for (const types::Header& header : reply.list_.entries())
    reply.listed_.push_back({header.name, header.value});
  reply.views_ = reply.listed_;
  reply.count_ = reply.listed_.size();
}

void Site::load(Asset& file, std::move_only_function<void(Result<ReadFile>)> done) {
  store_.read(directory_, file.file, file.state, file.etag,
              [self = self_.lock(), &file, done = std::move(done)](Result<ReadFile> read) mutable {
                if (read) {
                  file.state = read->state;
                  file.etag = read->etag;
                  if (!read->open) self->store_.cache().put(file, std::move(read->content));
                }
                done(std::move(read));
              });
}

}  // namespace skerry::assets
