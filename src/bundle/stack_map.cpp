#include "bundle/stack_map.h"

#include <charconv>

namespace skerry::bundle {

namespace {

constexpr size_t kFramesMax = 1000;
constexpr size_t kLineMax = 4096;  // a longer one is no frame

// ":12" at the end of a text, taken off.
std::optional<int> take_number(std::string_view& text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view digits = text.substr(colon + 1);
  int number = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size() || number < 1)
    return std::nullopt;
  text = text.substr(0, colon);
  return number;
}

}  // namespace

std::optional<FramePlace> find_frame_place(std::string_view line) {
  const size_t first = line.find_first_not_of(' ');
  if (line.size() > kLineMax || first == std::string_view::npos ||
      !line.substr(first).starts_with("at "))
    return std::nullopt;
  size_t begin = first + 3, end = line.size();
  if (line.ends_with(')')) {
    begin = line.rfind('(');
    if (begin == std::string_view::npos) return std::nullopt;
    ++begin;
    --end;
  } else if (line.substr(begin).starts_with("async ")) {
    begin += 6;
  }
  std::string_view place = line.substr(begin, end - begin);
  std::optional<int> column = take_number(place);
  std::optional<int> row = column ? take_number(place) : std::nullopt;
  if (!row || place.empty()) return std::nullopt;
  return FramePlace{{std::string(place), *row, *column}, begin, end};
}

std::string map_stack(std::string_view text, const PlaceMapper& mapper) {
  std::string out;
  out.reserve(text.size() + 256);
  size_t frames = 0;
  for (size_t start = 0; start <= text.size();) {
    const size_t end = std::min(text.find('\n', start), text.size());
    const std::string_view line = text.substr(start, end - start);
    std::optional<FramePlace> frame;
    if (frames < kFramesMax) frame = find_frame_place(line);
    std::optional<Place> mapped;
    if (frame) {
      ++frames;
      mapped = mapper(frame->place);
    }
    if (mapped) {
      out += line.substr(0, frame->begin);
      out +=
          mapped->file + ":" + std::to_string(mapped->line) + ":" + std::to_string(mapped->column);
      out += line.substr(frame->end);
    } else {
      out += line;
    }
    if (end < text.size()) out += '\n';
    start = end + 1;
  }
  return out;
}

}  // namespace skerry::bundle
