// The few ICU declarations that IDNA processing needs. With V8, ICU 77 lies inside V8's archive,
// which ships no ICU headers: its functions carry the version in their names. Without V8 the
// system's ICU and its headers serve.
#pragma once

#ifdef SKERRY_SYSTEM_ICU

#include <unicode/uidna.h>

#else

#include <cstdint>

extern "C" {

struct UIDNA;

// Status codes above zero are failures; U_BUFFER_OVERFLOW_ERROR says that the answer is longer than
// the room given.
typedef int UErrorCode;
#define U_ZERO_ERROR 0
#define U_BUFFER_OVERFLOW_ERROR 15
#define U_FAILURE(status) ((status) > U_ZERO_ERROR)

enum {
  UIDNA_USE_STD3_RULES = 2,
  UIDNA_CHECK_BIDI = 4,
  UIDNA_CHECK_CONTEXTJ = 8,
  UIDNA_NONTRANSITIONAL_TO_ASCII = 0x10,
  UIDNA_NONTRANSITIONAL_TO_UNICODE = 0x20
};

enum {
  UIDNA_ERROR_EMPTY_LABEL = 1,
  UIDNA_ERROR_LABEL_TOO_LONG = 2,
  UIDNA_ERROR_DOMAIN_NAME_TOO_LONG = 4,
  UIDNA_ERROR_LEADING_HYPHEN = 8,
  UIDNA_ERROR_TRAILING_HYPHEN = 0x10,
  UIDNA_ERROR_HYPHEN_3_4 = 0x20
};

// `size` must hold sizeof(UIDNAInfo) before each call.
typedef struct UIDNAInfo {
  int16_t size;
  int8_t isTransitionalDifferent;
  int8_t reservedB3;
  uint32_t errors;
  int32_t reservedI2;
  int32_t reservedI3;
} UIDNAInfo;
#define UIDNA_INFO_INITIALIZER {(int16_t)sizeof(UIDNAInfo), 0, 0, 0, 0, 0}

UIDNA* uidna_openUTS46_77(uint32_t options, UErrorCode* status);
int32_t uidna_nameToASCII_UTF8_77(const UIDNA* idna, const char* name, int32_t length, char* to,
                                  int32_t capacity, UIDNAInfo* info, UErrorCode* status);

}  // extern "C"

#define uidna_openUTS46 uidna_openUTS46_77
#define uidna_nameToASCII_UTF8 uidna_nameToASCII_UTF8_77

#endif
