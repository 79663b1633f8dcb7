// The only door through which V8's headers enter. See third_party/README.md for the version.
#pragma once

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Weverything"
#include <v8-value-serializer.h>
#include <v8.h>
#pragma clang diagnostic pop
