/** Something that writes out, at the end of a turn of the event loop, what was gathered in it. */
export interface TurnWriter {
  writeOut(): void;
}

/** Calls writers once the turn of the event loop in which they asked for it is over. */
export class TurnEnd {
  #waiting: TurnWriter[] = [];
  readonly #run = (): void => {
    const list = this.#waiting;
    this.#waiting = [];
    for (let at = 0; at < list.length; at += 1) list[at]!.writeOut();
  };

  add(writer: TurnWriter): void {
    // After the poll phase: by then all sockets that were ready have been read.
    if (this.#waiting.length === 0) setImmediate(this.#run);
    this.#waiting.push(writer);
  }
}
