import type { HeaderToSet } from '../../pdk/support.ts';

/** An answer that the gateway or a plugin makes itself. */
export interface Answer {
  readonly status: number;
  readonly headers: readonly HeaderToSet[];
  /** One character a byte. */
  readonly body: string;
}
