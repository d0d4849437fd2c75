/**
 * Asks again and again until the answer is yes; a question that fails counts as no.
 * @throws when there was no yes within `limitMs` milliseconds
 */
export async function until(ask: () => boolean | Promise<boolean>, limitMs = 10_000): Promise<void> {
  const end = performance.now() + limitMs;
  for (;;) {
    let fault: unknown;
    try {
      if (await ask()) return;
    } catch (thrown) {
      fault = thrown;
    }
    if (performance.now() > end) throw new Error(`Waited ${limitMs} ms in vain`, { cause: fault });
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
