import { defineProbe } from './probe.ts';

export const plugin = defineProbe('probe-early', 3000);
