/** Lines are handed on at the latest when so many characters wait. */
const limit = 65_536;

/** Takes lines and hands them on together. */
export interface LineGatherer {
  /** Takes a line, which ends in a newline. */
  write(line: string): void;
  /** Hands on at once what was taken so far. */
  flush(): void;
}

/**
 * Makes what takes lines (each ending in a newline) and hands them on to `sink` together, once per turn of the
 * event loop, so that a busy turn costs one write.
 */
export function gatherLines(sink: (lines: string) => void): LineGatherer {
  let pending = '';
  let isPlanned = false;
  function flush(): void {
    isPlanned = false;
    const lines = pending;
    pending = '';
    if (lines !== '') sink(lines);
  }
  return {
    write(line) {
      pending += line;
      if (pending.length >= limit) flush();
      else if (!isPlanned) {
        isPlanned = true;
        setImmediate(flush);
      }
    },
    flush,
  };
}
