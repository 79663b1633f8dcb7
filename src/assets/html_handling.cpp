#include "assets/html_handling.h"

#include <span>

namespace skerry::assets {

namespace {

// A path made from the one asked for: whole, or without its ending, and something after it.
struct Made {
  enum class From : uint8_t { whole, cut } from;
  std::string_view ending;
};
using enum Made::From;

// One try: serve the file, or redirect to another path if that path would serve the file.
struct Try {
  Made file;
  std::optional<Made> redirect;
};

constexpr Try serve(Made::From from, std::string_view ending) {
  return {{from, ending}, std::nullopt};
}
constexpr Try redirect(Made file, Made to) {
  return {file, to};
}

struct Tries {
  std::string_view path;    // only this path, or any
  std::string_view ending;  // what the path ends in, and what `cut` cuts off
  std::span<const Try> tries;
};

constexpr Try auto_index[] = {serve(whole, ""), redirect({whole, ".html"}, {cut, "/"}),
                              redirect({cut, ".html"}, {cut, ""})};
constexpr Try auto_index_html[] = {redirect({whole, ""}, {cut, "/"}),
                                   redirect({cut, ".html"}, {cut, ""})};
constexpr Try auto_slash[] = {serve(whole, "index.html"), redirect({cut, ".html"}, {cut, ""})};
constexpr Try auto_html[] = {redirect({whole, ""}, {cut, ""}),
                             redirect({cut, "/index.html"}, {cut, "/"})};
constexpr Try auto_rest[] = {serve(whole, ""), serve(whole, ".html"),
                             redirect({whole, "/index.html"}, {whole, "/"})};
constexpr Tries auto_table[] = {{"", "/index", auto_index},
                                {"", "/index.html", auto_index_html},
                                {"", "/", auto_slash},
                                {"", ".html", auto_html}};

constexpr Try force_index[] = {serve(whole, ""), redirect({whole, ".html"}, {cut, "/"}),
                               redirect({cut, ".html"}, {cut, "/"})};
constexpr Try force_index_html[] = {redirect({whole, ""}, {cut, "/"}),
                                    redirect({cut, ".html"}, {cut, "/"})};
constexpr Try force_slash[] = {serve(whole, "index.html"), serve(cut, ".html")};
constexpr Try force_html[] = {redirect({whole, ""}, {cut, "/"}), serve(whole, ""),
                              redirect({cut, "/index.html"}, {cut, "/"})};
constexpr Try force_rest[] = {serve(whole, ""), redirect({whole, ".html"}, {whole, "/"}),
                              redirect({whole, "/index.html"}, {whole, "/"})};
constexpr Tries force_table[] = {{"", "/index", force_index},
                                 {"", "/index.html", force_index_html},
                                 {"", "/", force_slash},
                                 {"", ".html", force_html}};

// The root keeps its slash.
constexpr Try drop_root_index[] = {serve(whole, ""), redirect({whole, ".html"}, {cut, "/"})};
constexpr Try drop_root_index_html[] = {redirect({whole, ""}, {cut, "/"})};
constexpr Try drop_root[] = {serve(whole, "index.html")};
constexpr Try drop_index[] = {serve(whole, ""), redirect({cut, ".html"}, {cut, ""}),
                              redirect({whole, ".html"}, {cut, ""})};
constexpr Try drop_index_html[] = {redirect({whole, ""}, {cut, ""}), serve(whole, ""),
                                   redirect({cut, ".html"}, {cut, ""})};
constexpr Try drop_slash[] = {redirect({cut, ".html"}, {cut, ""}),
                              redirect({cut, "/index.html"}, {cut, ""})};
constexpr Try drop_html[] = {redirect({whole, ""}, {cut, ""}),
                             redirect({cut, "/index.html"}, {cut, ""})};
constexpr Try drop_rest[] = {serve(whole, ""), serve(whole, ".html"), serve(whole, "/index.html")};
constexpr Tries drop_table[] = {{"/index", "/index", drop_root_index},
                                {"/index.html", "/index.html", drop_root_index_html},
                                {"/", "/", drop_root},
                                {"", "/index", drop_index},
                                {"", "/index.html", drop_index_html},
                                {"", "/", drop_slash},
                                {"", ".html", drop_html}};

constexpr Try plain_rest[] = {serve(whole, "")};

struct Mode {
  std::span<const Tries> table;  // the first that fits, then `rest`
  std::span<const Try> rest;
};

Mode mode_of(HtmlHandling html) {
  switch (html) {
    case HtmlHandling::auto_trailing_slash: return {auto_table, auto_rest};
    case HtmlHandling::force_trailing_slash: return {force_table, force_rest};
    case HtmlHandling::drop_trailing_slash: return {drop_table, drop_rest};
    case HtmlHandling::none: break;
  }
  return {{}, plain_rest};
}

class Resolver {
 public:
  Resolver(HtmlHandling html, NotFoundHandling not_found, const AssetFinder& finder)
      : html_(html), not_found_(not_found), finder_(finder) {}

  enum class Redirects : uint8_t { allowed, none };

  Intent resolve(std::string_view path, Redirects redirects) const {
    Mode mode = mode_of(html_);
    Intent intent;
    for (const Tries& tries : mode.table) {
      if (!tries.path.empty() ? path != tries.path : !path.ends_with(tries.ending)) continue;
      std::string_view cut_path = path.substr(0, path.size() - tries.ending.size());
      if (run(tries.tries, path, cut_path, redirects, intent)) return intent;
      break;
    }
    if (run(mode.rest, path, path, redirects, intent)) return intent;
    return missing(path);
  }

 private:
  bool run(std::span<const Try> tries, std::string_view path, std::string_view cut_path,
           Redirects redirects, Intent& intent) const {
    auto make = [&](const Made& made) {
      std::string_view from = made.from == whole ? path : cut_path;
      return std::string(from) + std::string(made.ending);
    };
    for (const Try& each : tries) {
      if (each.redirect && redirects == Redirects::none) continue;
      // The common case, the path itself, needs no new string.
      Asset* file = each.file.from == whole && each.file.ending.empty()
                        ? finder_.find(path)
                        : finder_.find(make(each.file));
      if (file == nullptr) continue;
      if (!each.redirect) {
        intent.asset = file;
        return true;
      }
      // Only to a path that is no file itself and serves just this one.
      std::string to = make(*each.redirect);
      if (finder_.find(to) != nullptr || resolve(to, Redirects::none).asset != file) continue;
      intent.redirect = std::move(to);
      return true;
    }
    return false;
  }

  Intent missing(std::string_view path) const {
    Intent intent;
    if (not_found_ == NotFoundHandling::single_page_application) {
      intent.asset = finder_.find("/index.html");
    } else if (not_found_ == NotFoundHandling::not_found_page) {
      while (intent.asset == nullptr && !path.empty()) {
        size_t slash = path.rfind('/');
        path = path.substr(0, slash == std::string_view::npos ? 0 : slash);
        intent.asset = finder_.find(std::string(path) + "/404.html");
      }
      intent.status = 404;
    }
    return intent;
  }

  HtmlHandling html_;
  NotFoundHandling not_found_;
  const AssetFinder& finder_;
};

}  // namespace

Intent resolve_path(std::string_view path, HtmlHandling html, NotFoundHandling not_found,
                    const AssetFinder& finder) {
  return Resolver(html, not_found, finder).resolve(path, Resolver::Redirects::allowed);
}

}  // namespace skerry::assets
