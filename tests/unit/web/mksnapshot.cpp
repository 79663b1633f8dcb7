// Makes a platform snapshot from the Web APIs alone, for the shell.
#include "js/mksnapshot.h"
#include "web/parts.h"

int main(int argc, char** argv) {
  return skerry::js::mksnapshot_main(argc, argv, skerry::web::platform_parts());
}
