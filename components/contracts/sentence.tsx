import { Fragment } from 'react';
import type { Part, Sentence as SentenceParts } from '@/lib/contract/describe';

/** Names by lower-case e-mail address. */
export type People = Readonly<Record<string, string>>;

/** A clause in words: data categories, tools and figures set apart, people by name. */
export function Sentence({ parts, people }: { parts: SentenceParts; people: People }) {
  return parts.map((part, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a sentence never change places
    <Fragment key={index}>{word(part, people)}</Fragment>
  ));
}

function word(part: Part, people: People) {
  if (typeof part === 'string') return part;
  switch (part.kind) {
    case 'category':
      return <b className="border-b-[1.5px] border-line-strong font-medium">{part.text}</b>;
    case 'tool':
      return <span className="code text-[0.8em] [overflow-wrap:anywhere]">{part.text}</span>;
    case 'figure':
      return <strong className="font-semibold">{part.text}</strong>;
    case 'person':
      return <PersonName email={part.text} people={people} />;
  }
}

/** Whom an address belongs to; the address itself when nobody of the workspace has it. */
export function PersonName({ email, people }: { email: string; people: People }) {
  const name = people[email.toLowerCase()];
  return name === undefined ? (
    <span className="[overflow-wrap:anywhere]" title="Nobody of this workspace has this address">
      {email}
    </span>
  ) : (
    <span title={email}>{name}</span>
  );
}
