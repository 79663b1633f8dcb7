// Makes a platform snapshot with the bindings, for this folder's tests.
#include "js/mksnapshot.h"

#include "parts.h"

int main(int argc, char** argv) {
  return skerry::js::mksnapshot_main(argc, argv, skerry::bindings::test_parts());
}
