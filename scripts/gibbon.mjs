#!/usr/bin/env node
/** The `gibbon` executable: the command line under a Node that can run it. */
import { existsSync } from 'node:fs';
import { enter } from './bootstrap/enter.mjs';

// The published package holds JavaScript, the repository TypeScript.
const isRepository = existsSync(new URL('../src/cli/main.ts', import.meta.url));
const target = isRepository ? 'src/cli/main.ts' : 'dist/cli/main.js';
await enter({ target, args: process.argv.slice(2), packages: 'production' });
