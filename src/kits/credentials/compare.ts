/**
 * True for equal texts. The time that it takes tells nothing of where they differ, only whether their lengths do: a guess
 * cannot be put right character by character.
 */
export function isSameSecret(one: string, other: string): boolean {
  if (one.length !== other.length) return false;
  let difference = 0;
  for (let at = 0; at < one.length; at++) difference |= one.charCodeAt(at) ^ other.charCodeAt(at);
  return difference === 0;
}
