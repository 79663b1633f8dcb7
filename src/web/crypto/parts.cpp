#include "web/parts.h"
#include "web/crypto/crypto.h"
#include "web/crypto/crypto_key.h"
#include "web/crypto/subtle_crypto.h"

namespace skerry::web {

void add_crypto(js::SurfaceParts& parts) {
  parts.classes.push_back(&Crypto::info);
  parts.classes.push_back(&SubtleCrypto::info);
  parts.classes.push_back(&CryptoKey::info);
  parts.objects.push_back({"crypto", make_crypto, "Crypto"});
}

}  // namespace skerry::web
