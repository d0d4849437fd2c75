import { readFileSync } from 'node:fs';

/** Release of Kong whose behaviour is reproduced; clients read it as the version of the node. */
export const kongVersion = '3.9.3';

/** Release of Gibbon, as the package says. */
export const gibbonVersion: string = (
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
).version;
