import { posix } from 'node:path';
import { lineAt, type Scan, scan } from './scan.ts';
import * as table from './table.ts';

/** A source file by its path from the repository's folder, with `/` between folders. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

interface Place {
  /** Folder under `src/`; empty for a file directly in it. */
  readonly room: string;
  /** Folder in a room of islands; empty elsewhere and for files directly in the room. */
  readonly island: string;
}

/**
 * Holds the files under `src/` to the table of rooms and returns a message for each thing that is not as it should be.
 * Tests may reach behind doors and touch the world, but import only downwards too.
 */
export function checkRooms(files: readonly SourceFile[]): string[] {
  const messages: string[] = [];
  const holders = new Map<string, string>();
  for (const { path, text } of files.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    const scanned = scan(text);
    messages.push(...checkImports(path, scanned, holders));
    if (!isTest(path)) messages.push(...checkWorld(path, scanned));
  }
  messages.push(...checkDoors(files));
  return messages;
}

function checkImports(path: string, { imports }: Scan, holders: Map<string, string>): string[] {
  const messages: string[] = [];
  const place = placeOf(path);
  if (place.room !== '' && levelOf(place.room) === -1) {
    return [`${path}: room "${place.room}" is not in scripts/rooms/table.ts`];
  }
  for (const { specifier, line } of imports) {
    const at = `${path}:${line}`;
    if (specifier.startsWith('.')) {
      const target = posix.normalize(posix.join(posix.dirname(path), specifier));
      const message = checkTarget(path, place, target);
      if (message !== undefined) messages.push(`${at}: ${message}`);
    } else if (!specifier.startsWith('node:') && !isTest(path)) {
      const name = packageOf(specifier);
      const holder = holders.get(name);
      if (holder === undefined) holders.set(name, path);
      else if (holder !== path) {
        messages.push(`${at}: package "${name}" is imported by "${holder}" already: one file speaks to it`);
      }
    }
  }
  return messages;
}

function checkTarget(path: string, from: Place, target: string): string | undefined {
  if (!target.startsWith('src/')) {
    const isSupport = target.startsWith('test/support/') && isTest(path);
    return isSupport ? undefined : `"${target}" lies outside src/`;
  }
  const to = placeOf(target);
  if (from.room === '') return isDoor(target) || to.room === '' ? undefined : behindDoor(target, to);
  if (to.room === '') return `"${target}" is the public surface: nothing inside imports it`;
  if (to.room === from.room) return checkIslands(path, from, to, target);
  if (levelOf(to.room) === -1) return `room "${to.room}" is not in scripts/rooms/table.ts`;
  const isAllowed = mayImport(from.room, to.room) || (isTest(path) && table.forTests.includes(to.room));
  if (!isAllowed) return `room "${from.room}" may not import room "${to.room}"`;
  return isDoor(target) || isTest(path) ? undefined : behindDoor(target, to);
}

function checkIslands(path: string, from: Place, to: Place, target: string): string | undefined {
  if (!table.islands.includes(from.room) || from.island === to.island) return undefined;
  if (table.commons.includes(posix.join(to.room, to.island))) {
    return isDoor(target) || isTest(path) ? undefined : behindDoor(target, to);
  }
  if (from.island !== '') return `"${from.room}/${from.island}" may not import another part of "${from.room}"`;
  return isDoor(target) || isTest(path) ? undefined : behindDoor(target, to);
}

function behindDoor(target: string, to: Place): string {
  const door = posix.join('src', to.room, to.island, 'index.ts');
  return `"${target}" lies behind a door: import "${door}"`;
}

function mayImport(from: string, to: string): boolean {
  const allowed = table.only[from];
  if (allowed !== undefined) return allowed.includes(to);
  return levelOf(to) < levelOf(from) && !(table.never[from] ?? []).includes(to);
}

function levelOf(room: string): number {
  return table.levels.findIndex((level) => level.includes(room));
}

function placeOf(path: string): Place {
  const [, first = '', second = '', third] = path.split('/');
  if (second === '') return { room: '', island: '' };
  return { room: first, island: table.islands.includes(first) && third !== undefined ? second : '' };
}

function isDoor(path: string): boolean {
  if (table.extraDoors.includes(path)) return true;
  const parts = path.split('/');
  const depth = placeOf(path).island === '' ? 3 : 4;
  return parts.length === depth && parts.at(-1) === 'index.ts';
}

function isTest(path: string): boolean {
  return /\.(?:test|cases|bench)\.ts$/.test(path);
}

function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

/** What only worldly rooms may touch. A name after a dot is somebody's member, one before a colon is a key. */
const world: readonly { readonly pattern: RegExp; readonly name: string }[] = [
  { pattern: /(?<![\w$.])process\s*\.\s*env\b/g, name: 'process.env' },
  { pattern: /(?<![\w$.])process\s*\.\s*(?:on|once|off|addListener)\b/g, name: 'process.on' },
  { pattern: /(?<![\w$.])Date\s*\.\s*now\b/g, name: 'Date.now' },
  { pattern: /(?<![\w$.#])setTimeout\b(?!\s*\??:)/g, name: 'setTimeout' },
  { pattern: /(?<![\w$.#])setInterval\b(?!\s*\??:)/g, name: 'setInterval' },
  { pattern: /(?<![\w$.])console\s*\./g, name: 'console' },
];

function checkWorld(path: string, { code }: Scan): string[] {
  const { room } = placeOf(path);
  if (table.worldly.includes(room)) return [];
  return world.flatMap(({ pattern, name }) =>
    [...code.matchAll(pattern)].map(
      ({ index }) =>
        `${path}:${lineAt(code, index)}: "${name}" belongs to ${table.worldly.join(', ')}: be handed it instead`,
    ),
  );
}

/** Each room has a door, and the door opens with what the room is for. */
function checkDoors(files: readonly SourceFile[]): string[] {
  const doors = new Map(files.map(({ path, text }) => [path, text]));
  const rooms = new Set(files.map(({ path }) => placeOf(path).room).filter((room) => room !== ''));
  return [...rooms].toSorted().flatMap((room) => {
    // A room of islands and the command line are not entered as a whole.
    if (table.islands.includes(room) || room === 'cli' || levelOf(room) === -1) return [];
    const door = `src/${room}/index.ts`;
    const text = doors.get(door);
    if (text === undefined) return [`${door}: room "${room}" has no door`];
    return /^\/\*\*[\s\S]*?\*\//.test(text) ? [] : [`${door}: open with what the room is for and must not know`];
  });
}
