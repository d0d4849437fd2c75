import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { scan } from './scan.ts';

describe('scan', () => {
  it('finds every form of import, with its line', () => {
    const source = [
      "import fs from 'node:fs';",
      "import type { A } from './a.ts';",
      'import {',
      '  b,',
      '  type C,',
      '} from "./b.ts";',
      "export * from './c.ts';",
      "export { d } from './d.ts';",
      "import './effect.ts';",
      "const lazy = await import('./lazy.ts');",
      "type T = import('./type.ts').T;",
      "import data from './data.json' with { type: 'json' };",
    ].join('\n');
    assert.deepEqual(scan(source).imports, [
      { specifier: 'node:fs', line: 1 },
      { specifier: './a.ts', line: 2 },
      { specifier: './b.ts', line: 6 },
      { specifier: './c.ts', line: 7 },
      { specifier: './d.ts', line: 8 },
      { specifier: './effect.ts', line: 9 },
      { specifier: './lazy.ts', line: 10 },
      { specifier: './type.ts', line: 11 },
      { specifier: './data.json', line: 12 },
    ]);
  });

  it('skips what only looks like an import', () => {
    const source = [
      "// import a from './comment.ts';",
      "/* import a from './block.ts'; */",
      'const text = "import a from \'./string.ts\'";',
      "const template = `import a from './template.ts' ${nested(`import b from './inner.ts'`)} import c from './tail.ts'`;",
      "const regex = /import a from '.\\/regex.ts'/;",
      "thing.import('./member.ts');",
    ].join('\n');
    assert.deepEqual(scan(source).imports, []);
  });

  it('sees code inside templates and after regular expressions', () => {
    const source =
      'const a = `x ${await import("./in.ts")} y`; const r = /["\'`]/g; const q = 1 / 2 / 3; import("./out.ts");';
    assert.deepEqual(
      scan(source).imports.map(({ specifier }) => specifier),
      ['./in.ts', './out.ts'],
    );
  });

  it('keeps braces inside templates apart from their end', () => {
    const source = 'const a = `${[{ b: `${{ c: 1 }.c}` }].map(({ b }) => b)} process.env`; process.env;';
    assert.equal([...scan(source).code.matchAll(/process\.env/g)].length, 1);
  });

  it('takes a slash in a character class as part of the expression', () => {
    assert.equal(scan('const r = /[/"]/; const s = "x"; process.env;').code.includes('process.env'), true);
  });

  it('blanks comments and texts, and keeps lines and positions', () => {
    const source = 'a(); // b()\n"c()"; /* d()\n e() */ f();';
    const { code } = scan(source);
    assert.equal(code, 'a();       \n"   ";       \n        f();');
    assert.equal(code.length, source.length);
  });

  it('ends in finite time on text that never closes', () => {
    for (const source of ['"', "'abc", '`abc ${', '/* abc', 'x = /abc', '\\', '"\\']) {
      assert.equal(typeof scan(source).code, 'string');
    }
  });
});
