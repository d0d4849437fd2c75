/** Holds the code under `src/` to the table of rooms; prints what is not as it should be, and fails on it. */
import { globSync, readFileSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { checkRooms } from './rooms/check.ts';

const root = resolve(import.meta.dirname, '..');
const files = globSync('src/**/*.ts', { cwd: root }).map((path) => ({
  path: path.split(sep).join('/'),
  text: readFileSync(join(root, path), 'utf8'),
}));
const messages = checkRooms(files);
for (const message of messages) console.error(message);
console.log(messages.length === 0 ? `${files.length} files keep to their rooms` : `${messages.length} to mend`);
process.exitCode = messages.length === 0 ? 0 : 1;
