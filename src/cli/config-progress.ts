const width = 30;

/** Makes a bar that grows with the work, drawn again at each hundredth and ended with its line. */
export function progressBar(showLine: (text: string) => void): (done: number, total: number) => void {
  let shown = -1;
  return (done, total) => {
    const percent = total === 0 ? 100 : Math.floor((done / total) * 100);
    if (percent === shown) return;
    shown = percent;
    const full = Math.floor((percent / 100) * width);
    const bar = `${'='.repeat(full)}${' '.repeat(width - full)}`;
    showLine(`[${bar}] ${percent}% (${done}/${total})${done >= total ? '\n' : ''}`);
  };
}
