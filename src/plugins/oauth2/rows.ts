import type { Clock } from '../../kernel/index.ts';
import type { EntityReader, EntityWriter, PluginHost } from '../../pdk/index.ts';
import type { Stored, StoredOf } from '../../schema/index.ts';
import { oauth2AuthorizationCodes, oauth2Credentials, oauth2Tokens } from './entities.ts';
import type { config } from './schema.ts';

/** A configuration of oauth2. */
export type Config = StoredOf<typeof config>;
/** A client. */
export type Client = Stored<typeof oauth2Credentials>;
/** A code that was given out. */
export type Code = Stored<typeof oauth2AuthorizationCodes>;
/** An access token, with its refresh token if it has one. */
export type Token = Stored<typeof oauth2Tokens>;

/** The rows that oauth2 reads and writes. */
export interface Rows {
  readonly clients: EntityReader<Client>;
  readonly codes: EntityReader<Code>;
  readonly tokens: EntityReader<Token>;
  readonly codeWriter: EntityWriter<Code>;
  readonly tokenWriter: EntityWriter<Token>;
  readonly clock: Clock;
}

/** Opens the rows in a worker. */
export function openRows(host: PluginHost): Rows {
  return {
    clients: host.reader(oauth2Credentials),
    codes: host.reader(oauth2AuthorizationCodes),
    tokens: host.reader(oauth2Tokens),
    codeWriter: host.writer(oauth2AuthorizationCodes),
    tokenWriter: host.writer(oauth2Tokens),
    clock: host.clock,
  };
}

/** Everything that stays the same for the requests of one configuration. */
export interface Scope {
  readonly config: Config;
  readonly rows: Rows;
  /** Id of the configuration. */
  readonly pluginId: string;
}

/** True for a row that is there and has time left: one that was read in its last second says so with 0. */
export function isAlive<R extends object>(row: R | undefined): row is R {
  return row !== undefined && (row as { readonly ttl?: unknown }).ttl !== 0;
}
