#include "web/parts.h"
#include "builtins/builtins.h"
#include "web/pair_iterator.h"
#include "web/url/url.h"
#include "web/url/url_search_params.h"

namespace skerry::web {

void add_url(js::SurfaceParts& parts) {
  parts.classes.push_back(&Url::info);
  parts.classes.push_back(&UrlSearchParams::info);
  parts.classes.push_back(&PairIterator<UrlSearchParams>::info);
  parts.builtins.push_back({"urlpattern", builtins::text("urlpattern")});
  parts.exports.push_back(
      {"URLPattern", "urlpattern",
       "interface URLPatternComponentResult { input: string; groups: Record<string, string | "
       "undefined>; }\n"
       "interface URLPatternResult {\n  inputs: any[];\n"
       "  protocol: URLPatternComponentResult; username: URLPatternComponentResult; password: "
       "URLPatternComponentResult;\n"
       "  hostname: URLPatternComponentResult; port: URLPatternComponentResult; pathname: "
       "URLPatternComponentResult;\n"
       "  search: URLPatternComponentResult; hash: URLPatternComponentResult;\n}\n"
       "declare class URLPattern {\n"
       "  constructor(input?: string | Record<string, string>, base?: string | { ignoreCase?: "
       "boolean }, options?: { ignoreCase?: boolean });\n"
       "  test(input?: any, base?: string): boolean;\n"
       "  exec(input?: any, base?: string): URLPatternResult | null;\n"
       "  readonly protocol: string; readonly username: string; readonly password: string; "
       "readonly hostname: string;\n"
       "  readonly port: string; readonly pathname: string; readonly search: string; readonly "
       "hash: string;\n"
       "  readonly hasRegExpGroups: boolean;\n}"});
}

}  // namespace skerry::web
