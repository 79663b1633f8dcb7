// A table of routes: the first whose method and path fit answers.

export type Handler<Env> = (request: Request, env: Env, parameters: Record<string, string>) => Promise<Response>;

interface Route<Env> {
  method: string;
  pattern: RegExp;
  handler: Handler<Env>;
}

export class Router<Env> {
  private readonly routes: Route<Env>[] = [];

  // `path` may have names: "/notes/:id".
  on(method: string, path: string, handler: Handler<Env>): this {
    const pattern = new RegExp(`^${path.replace(/:(\w+)/g, '(?<$1>[^/]+)')}$`);
    this.routes.push({ method, pattern, handler });
    return this;
  }

  async answer(request: Request, env: Env): Promise<Response> {
    const { pathname } = new URL(request.url);
    for (const { method, pattern, handler } of this.routes) {
      const found = pattern.exec(pathname);
      if (found && method === request.method) return handler(request, env, found.groups ?? {});
    }
    return Response.json({ error: `no ${request.method} ${pathname}` }, { status: 404 });
  }
}
