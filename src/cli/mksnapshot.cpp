// Runs while building: makes the platform snapshot that the skerry binary embeds, and the
// TypeScript declarations.
#include "js/mksnapshot.h"
#include "server/parts.h"

int main(int argc, char** argv) {
  return skerry::js::mksnapshot_main(argc, argv, skerry::server::all_parts());
}
