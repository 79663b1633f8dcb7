// Makes a platform snapshot of the binary's whole surface, for this folder's tests.
#include "js/mksnapshot.h"
#include "server/parts.h"

int main(int argc, char** argv) {
  return skerry::js::mksnapshot_main(argc, argv, skerry::server::all_parts());
}
