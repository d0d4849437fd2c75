import { CORE_SCHEMA, defineScalarTag, dump, load, mergeTag, NOT_RESOLVED } from 'js-yaml';
import { messageOf } from '../../kernel/index.ts';

/** Nesting that no configuration needs. */
const maxDepth = 200;

/** Aliases repeat what stands elsewhere: a few lines of them could otherwise grow without bound. */
const maxAliases = 10_000;
const maxMergedKeys = 100_000;

const booleans: ReadonlyMap<string, boolean> = new Map(
  ['true', 'yes', 'on', 'false', 'no', 'off'].flatMap((word, at) => {
    const value = at < 3;
    return [word, word[0]!.toUpperCase() + word.slice(1), word.toUpperCase()].map((form) => [form, value] as const);
  }),
);

/** Kong's parser takes the words of YAML 1.1 for booleans, but for single letters. */
const booleanTag = defineScalarTag('tag:yaml.org,2002:bool', {
  implicit: true,
  implicitFirstChars: ['t', 'T', 'y', 'Y', 'o', 'O', 'f', 'F', 'n', 'N'],
  resolve: (source) => booleans.get(source) ?? NOT_RESOLVED,
  identify: (value) => typeof value === 'boolean',
});

const schema = CORE_SCHEMA.withTags(mergeTag, booleanTag);

/** Reads one YAML document, or says why it cannot. Dates and other extra types stay text. */
export function parseYaml(text: string): { readonly ok: true; readonly value: unknown } | YamlFailure {
  try {
    const options = { schema, maxDepth, maxAliases, maxTotalMergeKeys: maxMergedKeys, json: true };
    return { ok: true, value: load(text, options) };
  } catch (fault) {
    return { ok: false, error: messageOf(fault) };
  }
}

/** Why a text is no YAML. */
export interface YamlFailure {
  readonly ok: false;
  readonly error: string;
}

/** Writes a value as YAML, lines as long as they come and nothing shared. */
export function formatYaml(value: unknown): string {
  return dump(value, { noRefs: true, lineWidth: -1 });
}
