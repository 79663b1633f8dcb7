// jose from npm: sign and verify with every algorithm, keys in every format, key sets, encryption, and what is refused. Answers
// carry nothing random, so that two runtimes can be compared: signatures that are random by nature are verified here.
import * as jose from 'jose';
import keys from './keys.json';

const payload = { sub: 'ann', role: 'admin', iat: 1700000000 };
const secret = new TextEncoder().encode('a secret of thirty-two bytes, at least; of sixty-four for HS512!');
const kind = { RS: 'rsa', PS: 'rsa', ES: 'ec', Ed: 'ed' };
const stored = (alg) => keys[alg === 'ES512' ? 'ec5' : kind[alg.slice(0, 2)]];
const public_jwk = ({ d, p, q, dp, dq, qi, ...open }) => open;
const fixed = (alg) => /^(HS|RS|Ed)/.test(alg);
// Members in the order of their names: runtimes disagree about that of exported keys.
const sorted = (value) => (value !== null && typeof value === 'object' && !Array.isArray(value)
  ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([k, v]) => [k, sorted(v)])) : value);
const json = (value) => Response.json(sorted(value));

async function private_key(alg, from = 'jwk') {
  if (alg.startsWith('HS')) return secret;
  return from === 'pkcs8' ? jose.importPKCS8(stored(alg).pkcs8, alg, { extractable: true }) : jose.importJWK(stored(alg).jwk, alg, { extractable: true });
}
async function public_key(alg, from = 'jwk') {
  if (alg.startsWith('HS')) return secret;
  return from === 'spki' ? jose.importSPKI(stored(alg).spki, alg, { extractable: true }) : jose.importJWK(public_jwk(stored(alg).jwk), alg, { extractable: true });
}
const sign = (alg, key, claims = payload, header = {}) => new jose.SignJWT(claims).setProtectedHeader({ alg, ...header }).sign(key);

const routes = {
  async sign(alg) {
    const token = await sign(alg, await private_key(alg));
    const { payload: seen, protectedHeader } = await jose.jwtVerify(token, await public_key(alg));
    return json({ token: fixed(alg) ? token : token.split('.', 2), length: token.length, seen, protectedHeader });
  },
  async formats(alg) {
    const token = await sign(alg, await private_key(alg, 'pkcs8'));
    const { payload: seen } = await jose.jwtVerify(token, await public_key(alg, 'spki'));
    return json({
      seen,
      spki: await jose.exportSPKI(await public_key(alg)),
      pkcs8: await jose.exportPKCS8(await private_key(alg)),
      public: await jose.exportJWK(await public_key(alg, 'spki')),
      private: await jose.exportJWK(await private_key(alg, 'pkcs8')),
      thumbprint: await jose.calculateJwkThumbprint(public_jwk(stored(alg).jwk)),
    });
  },
  async key(alg) {
    const key = await public_key(alg), other = await private_key(alg, 'pkcs8');
    const shown = (k) => ({ type: k.type, extractable: k.extractable, usages: [...k.usages], algorithm: { ...k.algorithm, publicExponent: [...(k.algorithm.publicExponent ?? [])] } });
    return json([shown(key), shown(other)]);
  },
  async generate(alg) {
    const { publicKey, privateKey } = await jose.generateKeyPair(alg, { extractable: true });
    const token = await sign(alg, privateKey);
    const { payload: seen } = await jose.jwtVerify(token, publicKey);
    const again = await jose.importJWK(await jose.exportJWK(publicKey), alg);
    return json({ seen, again: (await jose.jwtVerify(token, again)).payload, members: Object.keys(await jose.exportJWK(privateKey)).sort() });
  },
  async jwks(alg) {
    const set = jose.createLocalJWKSet({ keys: ['RS256', 'ES256', 'EdDSA'].map((a) => ({ ...public_jwk(stored(a).jwk), alg: a, use: 'sig', kid: a })) });
    const token = await sign(alg, await private_key(alg), payload, { kid: alg });
    const { payload: seen, protectedHeader } = await jose.jwtVerify(token, set);
    let missing;
    try { await jose.jwtVerify(await sign(alg, await private_key(alg), payload, { kid: 'other' }), set); } catch (e) { missing = e.code; }
    return json({ seen, protectedHeader, missing });
  },
  async refused(alg) {
    const key = await private_key(alg), open = await public_key(alg), out = [];
    const now = Math.floor(Date.now() / 1000);
    const attempt = async (what, make, options) => {
      try { out.push([what, (await jose.jwtVerify(await make(), open, options)).payload]); } catch (e) { out.push([what, e.name, e.code, e.message]); }
    };
    const token = await sign(alg, key);
    const parts = token.split('.');
    await attempt('signature', () => `${parts[0]}.${parts[1]}.${parts[2].slice(0, -6)}AAAAAA`);
    await attempt('short signature', () => `${parts[0]}.${parts[1]}.AAAA`);
    await attempt('no signature', () => `${parts[0]}.${parts[1]}.`);
    await attempt('payload', () => `${parts[0]}.${jose.base64url.encode('{"sub":"eve"}')}.${parts[2]}`);
    await attempt('header', () => `${jose.base64url.encode('{"alg":"none"}')}.${parts[1]}.${parts[2]}`);
    await attempt('nonsense', () => 'a.b.c');
    await attempt('two parts', () => 'a.b');
    await attempt('algorithm', () => token, { algorithms: ['HS1'] });
    await attempt('expired', () => sign(alg, key, { exp: now - 100 }).then((t) => t), { currentDate: new Date((now + 1000) * 1000), clockTolerance: 0 }).then(() => { out.at(-1)[1] = typeof out.at(-1)[1]; });
    await attempt('audience', () => sign(alg, key, { aud: 'a' }), { audience: 'b' });
    await attempt('issuer', () => sign(alg, key, { iss: 'a' }), { issuer: 'b' });
    await attempt('not yet', () => sign(alg, key, { nbf: 4e9 }));
    await attempt('good', () => token);
    return json(out);
  },
  async wrong_key(alg) {
    const out = [];
    for (const other of ['RS256', 'PS256', 'ES256', 'EdDSA', 'HS256']) {
      try { await jose.jwtVerify(await sign(alg, await private_key(alg)), await public_key(other)); out.push([other, 'verified']); } catch (e) { out.push([other, e.name, e.code]); }
    }
    return json(out);
  },
  async encrypt(what) {
    const [alg, enc] = what.split('~');
    const key = alg === 'dir' ? secret.subarray(0, { 'A128GCM': 16, 'A256GCM': 32, 'A128CBC-HS256': 32, 'A256CBC-HS512': 64 }[enc])
      : alg.startsWith('A') ? secret.subarray(0, Number(alg.slice(1, 4)) / 8)
      : alg.startsWith('PBES2') ? secret.subarray(0, 20)
      : undefined;
    const pair = key ?? (alg.startsWith('RSA') ? keys.rsa.jwk : alg.endsWith('~x') ? keys.x.jwk : keys.ec.jwk);
    const sealed = await new jose.EncryptJWT(payload).setProtectedHeader({ alg, enc }).encrypt(key ?? await jose.importJWK(public_jwk(pair), alg));
    const { payload: seen, protectedHeader } = await jose.jwtDecrypt(sealed, key ?? await jose.importJWK(pair, alg), { keyManagementAlgorithms: [alg] });
    let broken;
    try { await jose.jwtDecrypt(sealed.slice(0, -6) + 'AAAAAA', key ?? await jose.importJWK(pair, alg)); } catch (e) { broken = e.code; }
    return json({ seen, alg: protectedHeader.alg, enc: protectedHeader.enc, lengths: sealed.split('.').map((p) => p.length), broken });
  },
};

export default {
  async fetch(request) {
    const [, route, argument] = new URL(request.url).pathname.split('/');
    if (route === 'verify') {
      try {
        return json((await jose.jwtVerify(await request.text(), await public_key(argument))).payload);
      } catch (e) {
        return Response.json([e.name, e.code, e.message], { status: 401 });
      }
    }
    if (!(route in routes)) return new Response('no such route', { status: 404 });
    try {
      return await routes[route](argument);
    } catch (e) {
      return Response.json(['failed', e.name, e.code, e.message], { status: 500 });
    }
  },
};
