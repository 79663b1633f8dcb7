// An API behind tokens: verifies the RS256 JWT of each request with jose and a key that was imported once.
import { importSPKI, jwtVerify } from 'jose';

const spki = `-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAwKmWHU/rGLytMk1prTrW
731oCUawLLw3GRyKZyxuZjklcI1b+KnmpMR26F0nKpVstZMv6OZTsn5bZg51FlCT
V+H2wtBVf55xBXSVhBl98fQyHvAGxWwdjD2xb+ufVvVoTegnpD7nlnowvn8iDrNI
8SKtBf7zj34pmREifrdvsMEgAgr7BPceRJUKXU1k/Z7/VgL6NA8FkwfWfkZzttBw
Uiqw836rXKCHYXMmHk7cNGDmahFbMJ6mHTWeoBA4wLzHmylk9NGUQQCBE77Nf3cY
nPkywHDNVWtSWBJSIcgwlmkCZMhT8QhfnoLB8PlSAMT+h5pes89jAmklrDhZuJoz
aQIDAQAB
-----END PUBLIC KEY-----`;
const token =
  'eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2lzc3Vlci5leGFtcGxlLyIsImF1ZCI6Imh0dHBzOi8vYXBpLmV4Y' +
  'W1wbGUvIiwic3ViIjoidXNlcnw1ZjdjOGVjN2MzM2M2YzAwNGJiYWZlODIiLCJzY29wZSI6Im9wZW5pZCBwcm9maWxlIGVtYWlsIiwiaWF0Ijo' +
  'xNzAwMDAwMDAwLCJleHAiOjQxMDI0NDQ4MDAsImp0aSI6IjhmMTRlNDVmY2VlYTE2N2E1YTM2ZGVkZDRiZWEyNTQzIn0.pMpfMD3SBvZORI3oY' +
  'HtORjEpRy7Z7V4LPA6dXQPuigE67bS4bhaI5FbTQrNzlxohlw4wueIZ_x2wY4iri8c32hDJ6rxn2YjNv7mZjKCIS5jYQyH3LXAeaOZwuQY-8_d' +
  'T5g_ArZiogQ1lyJWcgdtp5z6TOOoQTQi5fORKAlRTuDX6TQpC3s5M4Idq1Vi1bIhiHH4npx0AfTYye_h1dBd-JQ7u8psovXH1HivRmMDP8qPwx' +
  'CPGwvaRxRfh3WnOpfQAmca-KLAXz6waFaRexnr6TI6kXJ0uU0Y5Ltiw9EmJae86QXLxSJRpCZKQPHGUAy_ysP8Gif4LKdmp7KHCTeKd0A';
const wanted = { issuer: 'https://issuer.example/', audience: 'https://api.example/', algorithms: ['RS256'] };
let key;
export default {
  async fetch() {
    key ??= await importSPKI(spki, 'RS256');
    const { payload } = await jwtVerify(token, key, wanted);
    return new Response(payload.sub);
  },
};
