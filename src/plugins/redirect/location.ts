/**
 * Makes the function that puts a path and a query (without the question mark) in place of those of a URL, encoded as the
 * URL Standard wants them (https://url.spec.whatwg.org).
 * @throws TypeError for what is no URL.
 */
export function createRelocation(location: string): (path: string, query: string) => string {
  const url = new URL(location);
  url.pathname = '/';
  url.search = '';
  const { hash } = url;
  url.hash = '';
  const origin = url.href.slice(0, -1);

  return (path, query) => {
    if (isPlain(path, pathPunctuation) && isPlain(query, queryPunctuation)) {
      return origin + path + (query === '' ? '' : `?${query}`) + hash;
    }
    const moved = new URL(url);
    moved.pathname = path;
    moved.search = query;
    moved.hash = hash;
    return moved.href;
  };
}

/** Characters besides letters and digits that stand as they are. A dot is none of them: `/../` means something. */
const pathPunctuation = punctuation("/-_~!$&'()*+,;=:@%");
const queryPunctuation = punctuation('/-_~!$&()*+,;=:@%.?');

function punctuation(chars: string): Uint8Array {
  const plain = new Uint8Array(128);
  for (const char of chars) plain[char.charCodeAt(0)] = 1;
  return plain;
}

/** True where nothing has to be encoded or resolved. */
function isPlain(text: string, plain: Uint8Array): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const letter = code | 0x20;
    if ((letter >= 0x61 && letter <= 0x7a) || (code >= 0x30 && code <= 0x39)) continue;
    if (code > 0x7f || plain[code] === 0) return false;
  }
  return text.charCodeAt(0) !== questionMark;
}

const questionMark = 0x3f;
