/** A running program that requests are sent to. */
export interface Subject {
  readonly name: string;
  readonly port: number;
  /** Ports that speak HTTP/2: with TLS, and without by prior knowledge. */
  readonly http2?: { readonly h2: number; readonly h2c: number };
  /** The process that does the work, whose CPU time and memory are read. */
  readonly pid: number;
  /** Further processes that share its work. */
  readonly otherPids?: readonly number[];
  readonly stop: () => Promise<void>;
}
