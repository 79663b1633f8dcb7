// V8's inspector, for src/inspect only: as js/v8.h, the door for its header.
#pragma once

#include "js/v8.h"

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Weverything"
#include <v8-inspector.h>
#pragma clang diagnostic pop
