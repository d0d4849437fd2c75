import type { HeaderToSet } from '../../pdk/support.ts';

/** An answer that the gateway or a plugin makes itself. */
export interface Answer {
  readonly status: number;
  readonly headers: readonly HeaderToSet[];
  /** A text has one character a byte. Bytes are not copied and must stay as they are. */
  readonly body: string | Uint8Array;
  /** It stands for the service's own answer. */
  readonly isForService?: boolean;
}
