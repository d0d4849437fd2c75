import { f } from '../fields.ts';
import { typedef } from './typedef.ts';

/** A UUID that is made on insert when absent. */
export const uuid = typedef(f.string({ uuid: true, auto: true, typedef: 'uuid' }));

/** A unique name of ASCII letters, digits, `.`, `-`, `_` and `~`. */
export const name = typedef(f.string({ unique: true, custom_validator: checkName, typedef: 'name' }));

/** A unique name like {@link name} that may also have any characters beyond ASCII. */
export const utf8Name = typedef(f.string({ unique: true, custom_validator: checkUtf8Name, typedef: 'utf8_name' }));

/** A tag: printable characters but `,` and `/`. */
export const tag = typedef(f.string({ required: true, custom_validator: checkTag, typedef: 'tag' }));

/** A set of {@link tag}s. */
export const tags = typedef(f.set(tag(), { typedef: 'tags' }));

/** A version: X.Y.Z with an optional suffix after a hyphen. */
export const semanticVersion = typedef(
  f.string({
    match_any: {
      patterns: [
        { pattern: /^\d/, lua: '^%d+[%.%d]*$' },
        { pattern: /^\d/, lua: '^%d+[%.%d]*%-?.*$' },
      ],
      err: 'invalid version number: must be in format of X.Y.Z',
    },
    match_none: [{ pattern: /\.\./, lua: '%.%.', err: 'must not have empty version segments' }],
    typedef: 'semantic_version',
  }),
);

/** Names with Lua expressions, kept as text. */
export const luaCode = typedef(f.map(f.string({ len_min: 1 }), f.string({ len_min: 1 }), { typedef: 'lua_code' }));

function checkName(value: string): string | undefined {
  if (/^[\w.~-]+$/.test(value)) return undefined;
  return `invalid value '${value}': it must only contain alphanumeric and '., -, _, ~' characters`;
}

function checkUtf8Name(value: string): string | undefined {
  const problem = checkUtf8(value);
  if (problem !== undefined || /^[\w.~\u0080-\u{10ffff}-]+$/u.test(value)) return problem;
  return `invalid value '${value}': the only accepted ascii characters are alphanumerics or ., -, _, and ~`;
}

function checkTag(value: string): string | undefined {
  const problem = checkUtf8(value);
  if (problem !== undefined || /^[ -+\-.0-~\u0080-\u{10ffff}]+$/u.test(value)) return problem;
  return `invalid tag '${value}': expected printable ascii (except \`,\` and \`/\`) or valid utf-8 sequences`;
}

/** A JSON text can spell half a surrogate pair, which no UTF-8 stands for. */
function checkUtf8(value: string): string | undefined {
  if (value.isWellFormed()) return undefined;
  const at = value.search(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/);
  const position = Buffer.byteLength(value.slice(0, at)) + 1;
  return `invalid utf-8 character sequence detected at position ${position}`;
}
