/** A running program that requests are sent to. */
export interface Subject {
  readonly name: string;
  readonly port: number;
  /** The process that does the work, whose CPU time and memory are read. */
  readonly pid: number;
  readonly stop: () => Promise<void>;
}
