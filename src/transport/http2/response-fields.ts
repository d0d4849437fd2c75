import { type HeadLimits, ResponseHead, statusLine } from '../../http1/index.ts';
import { type Field, FieldKind, type FieldVisitor } from '../../http2/index.ts';

/** Puts together a {@link ResponseHead} from the fields of a header block, and holds them to RFC 9113 sections 8.2 and 8.3. */
export class ResponseFields implements FieldVisitor {
  readonly #limits: HeadLimits;
  readonly #head = new ResponseHead();
  #lines = '';
  #untouched = '';
  #count = 0;
  #total = 0;
  #fault = '';

  constructor(limits: HeadLimits) {
    this.#limits = limits;
  }

  onField(field: Field): void {
    if (this.#fault !== '') return;
    const { name, value, kind } = field;
    this.#count += 1;
    this.#total += name.length + value.length + 4;
    if (this.#count > this.#limits.count || this.#total > this.#limits.total) {
      this.#fault = 'the head is too large';
      return;
    }
    if (!field.isSound || kind === FieldKind.connectionSpecific) this.#fault = 'the head is malformed';
    else if (name.charCodeAt(0) === 0x3a) this.#onPseudo(name, value);
    else this.#onRegular(field);
  }

  #onPseudo(name: string, value: string): void {
    const head = this.#head;
    // RFC 9113 section 8.3.2: the one there is, before all other fields.
    if (name !== ':status' || head.status !== 0 || this.#lines !== '' || !/^[1-5]\d\d$/.test(value)) {
      this.#fault = 'the head is malformed';
      return;
    }
    head.status = Number(value);
    head.statusText = statusLine(head.status);
  }

  #onRegular({ name, value, kind, line }: Field): void {
    const head = this.#head;
    this.#lines += line;
    switch (kind) {
      case FieldKind.contentLength:
        if (head.contentLength !== -1 || !/^\d{1,15}$/.test(value)) this.#fault = 'the head is malformed';
        else head.contentLength = Number(value);
        return;
      case FieldKind.via:
        head.via = head.via === undefined ? value : `${head.via}, ${value}`;
        return;
      default:
    }
    if (name === 'trailer') {
      head.trailer = head.trailer === undefined ? value : `${head.trailer}, ${value}`;
      return;
    }
    if (name === 'server') head.hasServer = true;
    else if (name === 'date') head.hasDate = true;
    this.#untouched += line;
  }

  /** Ends the block: the head, or what is wrong with it. */
  finish(): ResponseHead | string {
    const head = this.#head;
    if (this.#fault !== '') return this.#fault;
    // RFC 9113 section 8.6: nothing can be switched to.
    if (head.status === 0 || head.status === 101) return 'the head is malformed';
    head.block = `\n${this.#lines}`;
    head.untouched = this.#untouched;
    return head;
  }
}
