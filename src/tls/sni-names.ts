/** Rows by the server names they stand for, with wildcards; names are compared in lower case. */
export interface SniNames<T> {
  set(name: string, value: T): void;
  delete(name: string): void;
  get(name: string): T | undefined;
  /**
   * The value for a server name from a handshake, in Kong's order: the name itself, `*.` before all but the first label
   * (names of three labels and more), `.*` after all but the last label, `*`.
   */
  match(serverName: string): T | undefined;
}

/** Creates an empty {@link SniNames}. */
export function createSniNames<T>(): SniNames<T> {
  const values = new Map<string, T>();
  return {
    set: (name, value) => {
      values.set(name.toLowerCase(), value);
    },
    delete: (name) => {
      values.delete(name.toLowerCase());
    },
    get: (name) => values.get(name.toLowerCase()),
    match(serverName) {
      const lower = serverName.toLowerCase();
      const name = lower.endsWith('.') ? lower.slice(0, -1) : lower;
      const exact = values.get(name);
      if (exact !== undefined) return exact;
      const first = name.indexOf('.');
      const last = name.lastIndexOf('.');
      if (first > 0 && last > first) {
        const value = values.get(`*${name.slice(first)}`);
        if (value !== undefined) return value;
      }
      if (last > 0) {
        const value = values.get(`${name.slice(0, last)}.*`);
        if (value !== undefined) return value;
      }
      return values.get('*');
    },
  };
}
