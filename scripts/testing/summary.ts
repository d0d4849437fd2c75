/** What became of one step. */
export interface StepOutcome {
  readonly name: string;
  readonly ok: boolean;
  readonly ms: number;
  /** What else is worth a word: counts of tests. */
  readonly note?: string;
}

/** Draws the closing table of `npm test`. */
export function formatTable(outcomes: readonly StepOutcome[]): string {
  const width = Math.max(...outcomes.map(({ name }) => name.length));
  const lines = outcomes.map(({ name, ok, ms, note }) => {
    const time = `${(ms / 1000).toFixed(1)} s`.padStart(8);
    return `  ${ok ? 'ok    ' : 'FAILED'}  ${name.padEnd(width)}  ${time}${note === undefined ? '' : `  ${note}`}`;
  });
  return `${lines.join('\n')}\n`;
}
