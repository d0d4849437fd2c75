import { defineProbe } from './probe.ts';

export const plugin = defineProbe('probe-late', 5);
