import { formatList } from '@/lib/format';
import type { Resolved } from './resolve';

/** Why an address leads to nobody now, as the rest of a sentence that named it: "who is away". */
export function whyNobody({ via, problem, away }: Resolved): string {
  if (problem === 'unknown') return 'which is neither a member of this workspace nor an on-call schedule';
  if (via === null) return 'who is away';
  if (problem === 'unreadable') return `the on-call schedule ${via.name}, which cannot be read`;
  return problem === 'nobody-on-call'
    ? `the on-call schedule ${via.name}, and nobody is on call there at this hour`
    : `the on-call schedule ${via.name}, and ${formatList(away.map((person) => person.name))} ${away.length === 1 ? 'is' : 'are'} away`;
}
