/** Calls `work` once after `ms` milliseconds, unless the function that it returns is called before. */
export type After = (ms: number, work: () => void) => () => void;
