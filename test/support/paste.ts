import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** What a pasted line came to. */
export interface Pasted {
  readonly line: string;
  /** Status of the answer. */
  readonly status: number;
  /** What curl printed. */
  readonly output: string;
  /** Status that a comment behind the line announces, such as `# 401`. */
  readonly announced: number | undefined;
}

/** The commands that start with `curl` in the shell blocks of a page, or in the text of a terminal. */
export function curlLines(text: string): string[] {
  const commands: string[] = [];
  let open: string | undefined;
  for (const line of text.replaceAll(/\\\n\s*/g, '').split('\n')) {
    if (open === undefined && !/^\s*curl /.test(line)) continue;
    const command: string = open === undefined ? line.trim() : `${open}\n${line}`;
    // A quote that is still open goes on in the next line.
    const isWhole = (command.match(/'/g) ?? []).length % 2 === 0;
    open = isWhole ? undefined : command;
    if (isWhole) commands.push(command);
  }
  return commands;
}

/**
 * Pastes a line into a shell in a folder, with the executable `curl` and with other ports in the place of those that it
 * names.
 * @throws when the shell fails.
 */
export async function paste(
  curl: string,
  line: string,
  ports: Readonly<Record<number, number>> = {},
  folder?: string,
): Promise<Pasted> {
  let command = line.replace(/^curl/, `${curl} -s -w '\\n%{http_code}'`);
  for (const [named, actual] of Object.entries(ports)) command = command.replaceAll(`:${named}`, `:${actual}`);
  const { stdout } = await promisify(execFile)('sh', ['-c', command], { cwd: folder });
  const announced = /\s#\s*(\d{3})\b/.exec(line)?.[1];
  const end = stdout.lastIndexOf('\n');
  return {
    line,
    status: Number(stdout.slice(end + 1)),
    output: stdout.slice(0, end),
    announced: announced === undefined ? undefined : Number(announced),
  };
}
