/**
 * Facts about Kong's plugins as data: one row, one fact. The rows name plugins, configurations, entities, requests and
 * what is expected, and know nothing of how they are run: `fake-exchange.test.ts` runs them without sockets,
 * `gateway.test.ts` against a gateway.
 */

/** A row of an entity, or a configuration. */
export type Data = { readonly [name: string]: unknown };

/** Texts by header name in lower case; null for a header that must be absent. */
export type ExpectedHeaders = { readonly [name: string]: string | readonly string[] | null };

/** One request and what must come of it; what is not named is not looked at. */
export interface PluginStep {
  readonly request?: {
    readonly method?: string;
    readonly path?: string;
    readonly query?: string;
    readonly headers?: { readonly [name: string]: string | readonly string[] };
    readonly body?: string;
  };
  /** What the upstream answers; 200 without a body unless told. */
  readonly answer?: {
    readonly status?: number;
    readonly headers?: { readonly [name: string]: string };
    readonly body?: string;
  };
  /** The status that the client gets. */
  readonly status: number;
  readonly headers?: ExpectedHeaders;
  /** The body that the client gets, to the byte. */
  readonly body?: string;
  /** The `message` in the JSON body that the client gets. */
  readonly message?: string;
  /** What the upstream is asked; null when it must not be asked. */
  readonly upstream?: {
    readonly headers?: ExpectedHeaders;
    readonly query?: string;
    readonly body?: string;
  } | null;
}

/** One fact: plugins on one route with one service, and requests in a row. */
export interface PluginCase {
  readonly title: string;
  readonly plugins: readonly { readonly name: string; readonly config?: Data }[];
  readonly steps: readonly PluginStep[];
  /**
   * Rows by plural entity name, in place of those of `sampleEntities`; such a case runs on the fake exchange alone, since a
   * gateway makes ids, hashes and time stamps of its own.
   */
  readonly entities?: { readonly [entity: string]: readonly Data[] };
}

/** The rows that are there for every case: three consumers, two of them with keys. */
export const sampleEntities = {
  consumers: [
    { id: '7f2c1d00-0000-4000-8000-000000000001', username: 'bob', custom_id: 'b-1', tags: null },
    { id: '7f2c1d00-0000-4000-8000-000000000002', username: 'nobody', custom_id: null, tags: null },
    { id: '7f2c1d00-0000-4000-8000-000000000003', username: null, custom_id: 'c-3', tags: null },
  ],
  keyauth_credentials: [
    {
      id: '7f2c1d00-0000-4000-8000-00000000000a',
      consumer: { id: '7f2c1d00-0000-4000-8000-000000000001' },
      key: 'bobs-key',
      tags: null,
    },
    {
      id: '7f2c1d00-0000-4000-8000-00000000000b',
      consumer: { id: '7f2c1d00-0000-4000-8000-000000000003' },
      key: 'carols-key',
      tags: null,
    },
  ],
} as const satisfies { readonly [entity: string]: readonly Data[] };
