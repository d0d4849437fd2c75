import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { upstreamAuthority } from './upstream-pems.ts';

/** What a {@link UserAgent} sees. */
export interface Page {
  readonly url: string;
  readonly status: number;
  readonly headers: { readonly [name: string]: string | undefined };
  /** Set-Cookie lines. */
  readonly cookies: readonly string[];
  readonly body: string;
}

interface Cookie {
  readonly name: string;
  readonly path: string;
  readonly value: string;
}

/** A browser without a screen: keeps cookies by name and path, follows redirects, sends forms. All hosts are one. */
export interface UserAgent {
  /** Sends one request, as for a page, and follows nothing. */
  send(
    url: string,
    options?: {
      readonly method?: string;
      readonly headers?: { readonly [name: string]: string };
      readonly body?: string;
    },
  ): Promise<Page>;
  /** Goes to a page, redirects included, up to the first URL that `until` matches. */
  visit(url: string, until?: (url: string) => boolean): Promise<Page>;
  /** Sends the form of a page with some fields filled in, and follows redirects. */
  submit(page: Page, fields?: { readonly [name: string]: string }, until?: (url: string) => boolean): Promise<Page>;
  /** Names of the cookies that are kept. */
  cookieNames(): readonly string[];
  /** Keeps the cookies of another one as well. */
  steal(other: UserAgent): void;
  readonly jar: Cookie[];
}

const maxRedirects = 20;

/** Creates a {@link UserAgent}; it trusts `upstreamAuthority`. */
export function createUserAgent(): UserAgent {
  const jar: Cookie[] = [];

  function keep(line: string): void {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
    const [name = '', value = ''] = splitAt(pair, '=');
    const of = (wanted: string): string | undefined =>
      attributes.map((one) => splitAt(one, '=')).find(([key]) => key?.toLowerCase() === wanted)?.[1];
    const path = of('path') ?? '/';
    const at = jar.findIndex((cookie) => cookie.name === name && cookie.path === path);
    if (at !== -1) jar.splice(at, 1);
    const expires = of('expires');
    const isOver = of('max-age') === '0' || (expires !== undefined && Date.parse(expires) < Date.now());
    if (!isOver) jar.push({ name, path, value });
  }

  function send(url: string, options: Parameters<UserAgent['send']>[1] = {}): Promise<Page> {
    const { pathname, protocol } = new URL(url);
    const cookies = jar.filter(({ path }) => pathname.startsWith(path));
    const headers = {
      accept: 'text/html',
      ...(cookies.length > 0 ? { cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; ') } : {}),
      ...options.headers,
    };
    return new Promise((resolve, reject) => {
      const start = protocol === 'https:' ? requestHttps : requestHttp;
      const more = { method: options.method ?? 'GET', headers, agent: false as const, ca: upstreamAuthority };
      const sent = start(url, more, (incoming) => {
        incoming
          .setEncoding('utf8')
          .toArray()
          .then((parts) => {
            const lines = incoming.headers['set-cookie'] ?? [];
            lines.forEach(keep);
            resolve({
              url,
              status: incoming.statusCode!,
              headers: incoming.headers as Page['headers'],
              cookies: lines,
              body: parts.join(''),
            });
          }, reject);
      });
      sent.on('error', reject).end(options.body);
    });
  }

  async function follow(first: Page, until: (url: string) => boolean): Promise<Page> {
    let page = first;
    for (let count = 0; count < maxRedirects; count++) {
      const location = page.headers['location'];
      if (page.status < 300 || page.status >= 400 || location === undefined) return page;
      const url = new URL(location, page.url).toString();
      if (until(url)) return { ...page, url };
      page = await send(url);
    }
    throw new Error(`Too many redirects from ${first.url}`);
  }

  const never = (): boolean => false;
  return {
    jar,
    send,
    visit: async (url, until = never) => await follow(await send(url), until),
    async submit(page, fields = {}, until = never) {
      const [, action] = /<form[^>]* action="([^"]+)"/.exec(page.body) ?? [];
      if (action === undefined) throw new Error(`There is no form in ${page.url}: ${page.status} ${page.body}`);
      const hidden = [...page.body.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
      const body = new URLSearchParams([
        ...hidden.map(([, name, value]) => [name!, value!]),
        ...Object.entries(fields),
      ]).toString();
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      return await follow(await send(new URL(action, page.url).toString(), { method: 'POST', headers, body }), until);
    },
    cookieNames: () => jar.map(({ name }) => name),
    steal(other) {
      jar.push(...other.jar);
    },
  };
}

function splitAt(text: string, separator: string): readonly string[] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
