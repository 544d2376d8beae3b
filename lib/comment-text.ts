/**
 * A comment's text in the pieces a screen sets apart. Plain text: line breaks count, nothing else is markup. The pieces
 * joined are the text itself, so nothing a person wrote is lost.
 */
export type CommentPiece =
  | { kind: 'text'; text: string }
  | { kind: 'link'; text: string; href: string }
  | { kind: 'mention'; text: string };

const LINK = /https?:\/\/[^\s<>"]+/gi;

/** `names` are those of the people it mentions, as they stand after an @. */
export function splitComment(body: string, names: readonly string[]): CommentPiece[] {
  const pieces: CommentPiece[] = [];
  let at = 0;
  for (const match of body.matchAll(LINK)) {
    const text = withoutTail(match[0]);
    const href = URL.canParse(text) ? text : undefined;
    if (href === undefined) continue;
    pieces.push(...splitMentions(body.slice(at, match.index), names), { kind: 'link', text, href });
    at = match.index + text.length;
  }
  pieces.push(...splitMentions(body.slice(at), names));
  return pieces;
}

/** Of these people, those whose name stands after an @ in the text. The longest name that fits is meant. */
export function mentionedIn<P extends { name: string }>(body: string, people: readonly P[]): P[] {
  const named = new Set(
    splitComment(
      body,
      people.map((person) => person.name),
    )
      .filter((piece) => piece.kind === 'mention')
      .map((piece) => piece.text.slice(1).toLowerCase()),
  );
  return people.filter((person) => named.has(person.name.toLowerCase()));
}

function splitMentions(text: string, names: readonly string[]): CommentPiece[] {
  const pieces: CommentPiece[] = [];
  const longestFirst = names.filter((name) => name !== '').toSorted((a, b) => b.length - a.length);
  let from = 0;
  let at = text.indexOf('@');
  while (at >= 0) {
    const start = at;
    const before = text[start - 1];
    const name =
      before === undefined || /[\s([{"'“‘,;:]/.test(before)
        ? longestFirst.find((each) => startsWithName(text, start + 1, each))
        : undefined;
    if (name === undefined) at = text.indexOf('@', start + 1);
    else {
      const end = start + 1 + name.length;
      if (start > from) pieces.push({ kind: 'text', text: text.slice(from, start) });
      pieces.push({ kind: 'mention', text: text.slice(start, end) });
      from = end;
      at = text.indexOf('@', end);
    }
  }
  if (from < text.length) pieces.push({ kind: 'text', text: text.slice(from) });
  return pieces;
}

function startsWithName(text: string, at: number, name: string): boolean {
  if (text.slice(at, at + name.length).toLowerCase() !== name.toLowerCase()) return false;
  const after = text[at + name.length];
  return after === undefined || !/[\p{L}\p{N}_]/u.test(after);
}

/** What ends a sentence is not part of its link; a closing bracket is when the link opened one. */
function withoutTail(link: string): string {
  let text = link;
  for (;;) {
    const last = text.at(-1) ?? '';
    const unopened = last === ')' && !text.includes('(');
    if (!unopened && !/[.,;:!?'’”]/.test(last)) return text;
    text = text.slice(0, -1);
  }
}
