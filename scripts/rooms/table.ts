/**
 * Who may import whom. A room is a folder directly under `src/`; it imports from rooms of lower levels only, never
 * from one of its own level.
 */
export const levels: readonly (readonly string[])[] = [
  ['kernel'],
  ['schema'],
  ['events', 'dns', 'telemetry'],
  ['pdk'],
  ['entities', 'settings', 'cache'],
  ['router', 'balancer', 'tls', 'db', 'vaults', 'kits', 'http1', 'http2'],
  ['snapshot', 'transport', 'plugins'],
  ['proxy', 'admin', 'hybrid'],
  ['gateway'],
  ['cli'],
];

/** Rooms that may import less than their level allows: only these. */
export const only: Readonly<Record<string, readonly string[]>> = {
  plugins: ['kernel', 'schema', 'pdk', 'kits'],
};

/** Rooms that may not import these, although their level would allow it. */
export const never: Readonly<Record<string, readonly string[]>> = {
  proxy: ['db', 'plugins'],
  snapshot: ['db', 'plugins'],
  admin: ['plugins'],
};

/** Files besides a room's `index.ts` that others may import. */
export const extraDoors: readonly string[] = ['src/pdk/support.ts', 'src/pdk/testing.ts', 'src/plugins/registry.ts'];

/** Rooms of which each folder is a room of its own; files directly in it may import these folders' doors. */
export const islands: readonly string[] = ['kits', 'plugins'];

/** Islands that the others of their room may import too; they import none of those. */
export const commons: readonly string[] = ['kits/credentials'];

/** Rooms that tests of any room may import: the bundled plugins are the richest examples of what others work on. */
export const forTests: readonly string[] = ['plugins'];

/** Rooms that touch the process and the clock; all others are handed what they need. */
export const worldly: readonly string[] = ['kernel', 'settings', 'gateway', 'cli'];
