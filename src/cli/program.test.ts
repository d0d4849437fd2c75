import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type CommandDefinition, CommandError, secondsOption } from './command.ts';
import { runProgram } from './program.ts';

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function run(commands: readonly CommandDefinition[], ...args: string[]): Promise<Outcome> {
  const out: string[] = [];
  const err: string[] = [];
  const context = {
    env: {},
    hasColors: false,
    out: (text: string) => void out.push(text),
    err: (text: string) => void err.push(text),
  };
  const code = await runProgram({ commands, args, context });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

const echo: CommandDefinition = {
  name: 'echo',
  aliases: ['repeat'],
  summary: 'Say what was given.',
  arguments: '[word]',
  options: [
    { flags: '-p, --prefix <dir>', description: 'a folder' },
    { flags: '--nginx-conf <file>', description: 'a file' },
    { flags: '--loud', description: 'a switch' },
    { flags: '-t, --timeout <seconds>', description: 'a time', default: '10' },
  ],
  run(context, options) {
    context.out(JSON.stringify({ ...options, verbosity: context.verbosity }));
    return 7;
  },
};

const failing: CommandDefinition = {
  name: 'fail',
  summary: 'Fail.',
  run() {
    throw new CommandError('no such prefix: /x');
  },
};

describe('runProgram', () => {
  it('hands options and arguments to the command and returns its code', async () => {
    const { code, out } = await run([echo], 'echo', '-p', '/x', '--nginx-conf', 'f', '--loud', 'word');
    assert.equal(code, 7);
    assert.deepEqual(JSON.parse(out), {
      prefix: '/x',
      nginxConf: 'f',
      loud: true,
      timeout: '10',
      word: 'word',
      v: 0,
      verbosity: 0,
    });
  });

  it('knows a command by its other name', async () => {
    assert.equal((await run([echo], 'repeat')).code, 7);
  });

  for (const [flag, verbosity] of [
    ['-v', 1],
    ['--v', 1],
    ['-vv', 2],
    ['--vv', 2],
    ['-vvv', 2],
  ] as const) {
    it(`reads ${flag} as ${verbosity}`, async () => {
      const { out } = await run([echo], 'echo', flag);
      assert.equal((JSON.parse(out) as { verbosity: number }).verbosity, verbosity);
    });
  }

  it('runs commands of commands', async () => {
    const parent: CommandDefinition = { name: 'migrations', summary: 'Migrate.', subcommands: [echo] };
    assert.equal((await run([parent], 'migrations', 'echo')).code, 7);
  });

  it('shows a failure with a hint, and where it came from when asked', async () => {
    assert.deepEqual(await run([failing], 'fail'), {
      code: 1,
      out: '',
      err: 'Error: no such prefix: /x\n\n  Run with --v (verbose) or --vv (debug) for more details',
    });
    assert.match((await run([failing], 'fail', '--v')).err, /^Error:\nCommandError: no such prefix: \/x\n\s+at /);
  });

  it('refuses unknown commands and options', async () => {
    assert.deepEqual(await run([echo], 'ecco'), {
      code: 1,
      out: '',
      err: 'Error: No such command: ecco\n(Did you mean echo?)',
    });
    assert.deepEqual(await run([echo], 'echo', '--nope'), { code: 1, out: '', err: "Error: unknown option '--nope'" });
    assert.deepEqual(await run([echo], 'echo', '--prefix'), {
      code: 1,
      out: '',
      err: "Error: option '-p, --prefix <dir>' argument missing",
    });
  });

  it('shows help', async () => {
    const { code, out } = await run([echo], '--help');
    assert.equal(code, 0);
    assert.match(out, /^Usage: gibbon COMMAND \[OPTIONS\]\n/);
    assert.match(out, /echo\|repeat \[options\] \[word\]\s+Say what was given\./);
  });
});

describe('secondsOption', () => {
  it('reads numbers of seconds and refuses the rest', () => {
    assert.equal(secondsOption({ wait: '0.5' }, 'wait'), 0.5);
    for (const wait of ['', '-1', 'soon', 'Infinity', undefined]) {
      assert.throws(() => secondsOption({ wait }, 'wait'), CommandError);
    }
  });
});
