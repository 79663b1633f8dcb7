// zod: the same values through many schemas, parsed and refused.
import * as z from 'zod';

const base = z.object({ id: z.uuid(), name: z.string().min(1).max(20).trim(), mail: z.email(), age: z.int().positive().optional() });
const tree = z.object({ value: z.number(), get children() { return z.array(tree).default([]); } });
const schemas = {
  user: base,
  strict: base.strict(),
  partial: base.partial(),
  list: z.array(z.coerce.number()).nonempty().max(5),
  union: z.discriminatedUnion('kind', [z.object({ kind: z.literal('circle'), r: z.number() }), z.object({ kind: z.literal('square'), side: z.number().gt(0) })]),
  either: z.union([z.string(), z.boolean(), z.null()]),
  tree,
  record: z.record(z.string().regex(/^k\d$/), z.tuple([z.number(), z.string()])),
  transformed: z.string().transform((s) => s.length).pipe(z.number().even?.() ?? z.number()),
  refined: z.object({ a: z.string(), b: z.string() }).refine((v) => v.a === v.b, { message: 'differ', path: ['b'] }),
  super: z.array(z.string()).superRefine((items, ctx) => { items.forEach((x, i) => { if (x.startsWith('!')) ctx.addIssue({ code: 'custom', message: `bad ${x}`, path: [i] }); }); }),
  dates: z.object({ at: z.iso.datetime(), day: z.iso.date(), url: z.url(), ip: z.ipv4().or(z.ipv6()) }),
  preprocessed: z.preprocess((v) => (typeof v === 'string' ? JSON.parse(v) : v), z.object({ x: z.bigint().or(z.number()) })),
  caught: z.number().catch(7),
  branded: z.string().brand().readonly(),
  map: z.map(z.string(), z.number()),
  async: z.string().refine(async (s) => { await null; return s !== 'taken'; }, 'taken'),
  intersect: z.intersection(z.object({ a: z.number() }), z.object({ b: z.number() })),
  enums: z.enum(['red', 'green']),
  stringbool: z.stringbool(),
  formats: z.object({ b64: z.base64(), jwt: z.jwt().optional(), cuid: z.cuid2().optional(), emoji: z.emoji().optional(), hex: z.hex() }),
};

export default {
  async fetch(request) {
    const name = new URL(request.url).pathname.slice(1);
    if (name === 'json-schema') return Response.json(z.toJSONSchema(base));
    const schema = schemas[name];
    if (!schema) return new Response('no schema', { status: 404 });
    const found = await schema.safeParseAsync(JSON.parse(await request.text()));
    if (found.success) return new Response(JSON.stringify(found.data, (_, v) => (v instanceof Map ? [...v] : typeof v === 'bigint' ? `${v}n` : v)));
    return Response.json({ issues: found.error.issues, tree: z.treeifyError(found.error), pretty: z.prettifyError(found.error), flat: z.flattenError(found.error) }, { status: 422 });
  },
};
