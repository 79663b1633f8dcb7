// graphql-yoga: queries, mutations, errors, subscriptions over server-sent events.
import { createSchema, createYoga, createPubSub, Repeater } from 'graphql-yoga';
import { GraphQLError } from 'graphql';

const books = Array.from({ length: 12 }, (_, i) => ({ id: String(i), title: `Book ${i} \u010d`, pages: 100 + i * 7, tags: i % 2 ? ['odd'] : ['even', 'small'] }));
const pubSub = createPubSub();

const schema = createSchema({
  typeDefs: /* GraphQL */ `
    enum Kind { SHORT LONG }
    interface Node { id: ID! }
    "A book"
    type Book implements Node { id: ID! title: String! pages: Int! tags: [String!]! kind: Kind! author: Author slow(ms: Int = 1): String }
    type Author implements Node { id: ID! name: String! books: [Book!]! }
    union Found = Book | Author
    input Filter { minPages: Int, tag: String }
    type Query { hello(name: String = "world"): String! book(id: ID!): Book books(first: Int = 3, filter: Filter): [Book!]! search(text: String!): [Found!]! fails: String failsHard: String! header(name: String!): String }
    type Mutation { rename(id: ID!, title: String!): Book! }
    type Subscription { count(to: Int!): Int! }
  `,
  resolvers: {
    Query: {
      hello: (_, { name }) => `Hello ${name}`,
      book: (_, { id }) => books.find((b) => b.id === id),
      books: (_, { first, filter }) => books.filter((b) => b.pages >= (filter?.minPages ?? 0) && (!filter?.tag || b.tags.includes(filter.tag))).slice(0, first),
      search: (_, { text }) => [...books.filter((b) => b.title.includes(text)).slice(0, 2), { id: 'a1', name: text }],
      fails: () => { throw new GraphQLError('expected', { extensions: { code: 'EXPECTED', detail: 7 } }); },
      failsHard: () => { throw new Error('secret text'); },
      header: (_, { name }, { request }) => request.headers.get(name),
    },
    Mutation: { rename: (_, { id, title }) => { const book = books.find((b) => b.id === id); if (!book) throw new GraphQLError(`no book ${id}`); return { ...book, title }; } },
    Subscription: {
      count: {
        subscribe: (_, { to }) => new Repeater(async (push, stop) => { for (let i = 1; i <= to; i++) await push({ count: i }); stop(); }),
      },
    },
    Book: { kind: (b) => (b.pages > 150 ? 'LONG' : 'SHORT'), author: (b) => ({ id: `a${b.id}`, name: `Author of ${b.id}` }), slow: (b, { ms }) => new Promise((resolve) => setTimeout(() => resolve(`slow ${b.id}`), ms)) },
    Author: { books: (a) => books.filter((b) => `a${b.id}` === a.id) },
    Found: { __resolveType: (v) => (v.title ? 'Book' : 'Author') },
    Node: { __resolveType: () => 'Book' },
  },
});

const yoga = createYoga({ schema, logging: false, batching: { limit: 5 }, landingPage: true, graphiql: false, cors: { origin: 'https://a.example', credentials: true }, context: { pubSub } });

export default { fetch: (request, env, ctx) => yoga.fetch(request, env, ctx) };
