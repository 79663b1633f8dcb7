// A sink and a source joined by one chunk of memory: what is written on one end is read on the
// other.
#pragma once

#include <memory>

#include "base/byte_stream.h"

namespace skerry::web {

struct ByteChannel {
  std::unique_ptr<ByteSink> sink;
  std::unique_ptr<ByteSource> source;
};

// Dropping the sink before end() gives the reader an error; dropping the source gives the writer
// one.
ByteChannel make_byte_channel();

}  // namespace skerry::web
