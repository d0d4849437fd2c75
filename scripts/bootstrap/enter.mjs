import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ensureNode } from './node.mjs';
import { findNpm } from './npm.mjs';
import { ensurePackages } from './packages.mjs';
import { runUnder } from './run.mjs';

/** The repository's folder. */
const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/**
 * Makes sure of Node and packages, then runs `target` (a path in the repository) with `args`: in this process when its
 * Node will do, else in a child that this process stands for.
 */
export async function enter({ target, args, packages }) {
  const file = join(root, target);
  try {
    const npm = findNpm(process.env, process.execPath);
    const node = ensureNode({ root, npm, say });
    ensurePackages({ root, node, npm, packages, say });
    if (node !== process.execPath) {
      runUnder(node, [file, ...args]);
      return;
    }
  } catch (error) {
    process.stderr.write(`Error: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
  process.argv = [process.execPath, file, ...args];
  await import(pathToFileURL(file).href);
}

function say(text) {
  process.stderr.write(`${text}\n`);
}
