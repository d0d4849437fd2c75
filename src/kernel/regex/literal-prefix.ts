import type { RegexNode } from './syntax.ts';

/** The longest text that is known to stand at the beginning of every match; "" when nothing is known. */
export function literalPrefixOf(root: RegexNode): string {
  return read(root).text;
}

/** True when every match is at the start of the text because the pattern begins with a condition that says so. */
export function beginsAtStart(root: RegexNode): boolean {
  switch (root.kind) {
    case 'assert':
      return root.what === 'start';
    case 'capture':
      return beginsAtStart(root.body);
    case 'choice':
      return root.options.every(beginsAtStart);
    case 'sequence':
      return root.items.length > 0 && beginsAtStart(root.items[0]!);
    default:
      return false;
  }
}

interface Prefix {
  readonly text: string;
  /** True when the text is all that the part can match, so that what follows continues it. */
  readonly isWhole: boolean;
}

function read(node: RegexNode): Prefix {
  switch (node.kind) {
    case 'set':
      if (node.set.length !== 2 || node.set[0] !== node.set[1]) return { text: '', isWhole: false };
      return { text: String.fromCharCode(node.set[0]!), isWhole: true };
    case 'assert':
    case 'look':
      return { text: '', isWhole: true };
    case 'capture':
      return read(node.body);
    case 'repeat':
      return { text: node.min > 0 ? read(node.body).text : '', isWhole: false };
    case 'choice':
      return { text: node.options.map((option) => read(option).text).reduce(commonPrefix), isWhole: false };
    case 'sequence': {
      let text = '';
      for (const item of node.items) {
        const part = read(item);
        text += part.text;
        if (!part.isWhole) return { text, isWhole: false };
      }
      return { text, isWhole: true };
    }
  }
}

function commonPrefix(a: string, b: string): string {
  let length = 0;
  while (length < a.length && a.charCodeAt(length) === b.charCodeAt(length)) length += 1;
  return a.slice(0, length);
}
