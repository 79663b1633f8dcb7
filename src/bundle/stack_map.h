// Places in stacks, mapped: "    at f (index.js:12:3)" becomes "    at f (src/a.ts:4:9)".
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace skerry::bundle {

struct Place {
  std::string file;
  int line = 0;    // from 1
  int column = 0;  // from 1
};

// Where a place of what runs was written; nothing if that is not known.
using PlaceMapper = std::function<std::optional<Place>(const Place&)>;

// Whether a text may hold a stack at all: cheap.
inline bool may_hold_stack(std::string_view text) {
  return text.contains("    at ");
}
// Each line that is a frame of V8's gets its mapped place; the rest stays as it is. Linear; at most
// 1,000 frames of a text are mapped.
std::string map_stack(std::string_view text, const PlaceMapper& mapper);

// The place at the end of a frame: "at f (a.js:1:2)", "at async a.js:1:2". Its file has no ")" and
// no blank at its ends.
struct FramePlace {
  Place place;
  size_t begin = 0, end = 0;  // where it stands in the line
};
std::optional<FramePlace> find_frame_place(std::string_view line);

}  // namespace skerry::bundle
