/** How to reach a Redis server: the record of `typedefs.redis()` as it is stored. */
export interface RedisConfig {
  readonly host: string | null;
  readonly port: number | null;
  /** Milliseconds that connecting, and each command, may take. */
  readonly timeout: number | null;
  readonly username: string | null;
  readonly password: string | null;
  readonly database: number | null;
  readonly ssl: boolean | null;
  readonly ssl_verify: boolean | null;
  readonly server_name: string | null;
}

/** `host:port`, for messages. */
export function addressOf({ host, port }: RedisConfig): string {
  return `${host ?? '127.0.0.1'}:${port ?? 6379}`;
}

/** A text that is the same for configurations that can share a connection. */
export function sharingKey(config: RedisConfig): string {
  const { host, port, timeout, username, password, database, ssl, ssl_verify, server_name } = config;
  return JSON.stringify([host, port, timeout, username, password, database, ssl, ssl_verify, server_name]);
}
