// Content types of files by their ending.
#pragma once

#include <string>
#include <string_view>

namespace skerry::assets {

// "text/css; charset=utf-8"; text is UTF-8. Empty where the ending is not known: then the reply has
// no content-type, as with wrangler.
std::string content_type_of(std::string_view path);

}  // namespace skerry::assets
