import { CORE_SCHEMA, dump, load, mergeTag } from 'js-yaml';
import { messageOf } from '../../kernel/index.ts';

/** Nesting that no configuration needs. */
const maxDepth = 200;

/** Aliases repeat what stands elsewhere: a few lines of them could otherwise grow without bound. */
const maxAliases = 10_000;
const maxMergedKeys = 100_000;

const schema = CORE_SCHEMA.withTags(mergeTag);

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
