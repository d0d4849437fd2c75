/** How much a peer may ask for without getting anywhere. */
export interface FloodLimits {
  /** Frames that cost us something and bring the peer nothing, at once. */
  readonly idleFrames: number;
  /** How many of them are forgiven a second. */
  readonly idleFramesPerSecond: number;
  /** Streams that the peer opened and gave up, or spoilt, at once. */
  readonly resets: number;
  readonly resetsPerSecond: number;
}

/** Far above what clients do, far below what hurts. */
export const defaultFloodLimits: FloodLimits = {
  idleFrames: 2000,
  idleFramesPerSecond: 200,
  resets: 200,
  resetsPerSecond: 50,
};

/**
 * Notices floods on one connection: PING, SETTINGS, PRIORITY, WINDOW_UPDATE, empty or unknown frames, and streams that are
 * opened only to be reset. Both are budgets that refill with time; frames that carry data, either way, and streams refill the
 * first, so that a busy client may say much.
 */
export class FloodGuard {
  readonly #limits: FloodLimits;
  #frames: number;
  #framesAt: number;
  #resets: number;
  #resetsAt: number;

  /** `now` is a time in milliseconds, on the same scale as later ones. */
  constructor(now: number, limits: FloodLimits = defaultFloodLimits) {
    this.#limits = limits;
    this.#frames = limits.idleFrames;
    this.#framesAt = now;
    this.#resets = limits.resets;
    this.#resetsAt = now;
  }

  /** Something useful happened. */
  earn(frames: number): void {
    if (this.#frames < this.#limits.idleFrames) this.#frames += frames;
  }

  /** A frame came that brought the peer nothing. False when that was one too many. */
  allowFrame(now: number): boolean {
    this.#frames -= 1;
    if (this.#frames >= 0) return true;
    const { idleFrames, idleFramesPerSecond } = this.#limits;
    this.#frames += Math.min(idleFrames, ((now - this.#framesAt) * idleFramesPerSecond) / 1000);
    this.#framesAt = now;
    return this.#frames >= 0;
  }

  /** A stream was given up or spoilt by the peer. False when that was one too many. */
  allowReset(now: number): boolean {
    this.#resets -= 1;
    if (this.#resets >= 0) return true;
    const { resets, resetsPerSecond } = this.#limits;
    this.#resets += Math.min(resets, ((now - this.#resetsAt) * resetsPerSecond) / 1000);
    this.#resetsAt = now;
    return this.#resets >= 0;
  }
}
