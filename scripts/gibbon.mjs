#!/usr/bin/env node
/** The `gibbon` executable: the command line under a Node that can run it. */
import { enter } from './bootstrap/enter.mjs';

await enter({ target: 'src/cli/main.ts', args: process.argv.slice(2), packages: 'production' });
