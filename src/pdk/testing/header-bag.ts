import { headerKey, headerLines } from '../headers.ts';
import type { HeaderTable, HeaderValue, HeaderValues } from '../kong.ts';

/** Headers in the order in which they came; names keep their spelling and are compared as Kong compares them. */
export class HeaderBag {
  #lines: { readonly name: string; readonly key: string; readonly value: string }[] = [];

  constructor(headers: HeaderValues = {}) {
    for (const [name, value] of Object.entries(headers)) this.add(name, value);
  }

  /** Adds lines after those that are there. */
  add(name: string, value: HeaderValue): void {
    const key = headerKey(name);
    for (const line of headerLines(value)) this.#lines.push({ name, key, value: line });
  }

  /** Replaces all lines of a name. */
  set(name: string, value: HeaderValue): void {
    this.delete(name);
    this.add(name, value);
  }

  delete(name: string): void {
    const key = headerKey(name);
    this.#lines = this.#lines.filter((line) => line.key !== key);
  }

  /** The first line of a name. */
  get(name: string): string | undefined {
    const key = headerKey(name);
    return this.#lines.find((line) => line.key === key)?.value;
  }

  /** All lines of a name. */
  values(name: string): readonly string[] {
    const key = headerKey(name);
    return this.#lines.filter((line) => line.key === key).map((line) => line.value);
  }

  /** All lines of a name, joined with commas. */
  joined(name: string): string | undefined {
    const values = this.values(name);
    return values.length === 0 ? undefined : values.join(',');
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  /** Texts by lower-case name, of the first `most` lines. The result has no prototype. */
  table(most = 1000): HeaderTable {
    const table: Record<string, string | string[]> = Object.create(null);
    for (const { name, value } of this.#lines.slice(0, most)) {
      const lower = name.toLowerCase();
      const known = table[lower];
      if (known === undefined) table[lower] = value;
      else if (Array.isArray(known)) known.push(value);
      else table[lower] = [known, value];
    }
    return table;
  }

  /** Bytes that the lines take on the wire. */
  get size(): number {
    return this.#lines.reduce((sum, { name, value }) => sum + name.length + value.length + 4, 0);
  }
}
