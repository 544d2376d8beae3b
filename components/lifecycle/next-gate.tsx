import Link from 'next/link';
import { EVIDENCE_MARKS, makeHref, reasonBeside, reviewHref, versionName } from '@/components/gates/words';
import { ButtonLink } from '@/components/ui/button';
import { RelativeTime } from '@/components/ui/relative-time';
import { Sheet, SheetBody } from '@/components/ui/sheet';
import { ROUTE_WORDS } from '@/lib/contract/change-row';
import { formatList, plural } from '@/lib/format';
import { ROLE_IN_WORDS } from '@/lib/lifecycle/may-sign';
import type { AskedEvidenceDto, NextGateDto, RoleDto, VersionDto } from '@/lib/services/gates/dto';
import { OpenReview } from './open-review';

/** What stands between the agent and its next stage: who must sign, on what, and where each thing is made. */
export function NextGate({
  agent,
  next,
  inForce,
}: {
  agent: { name: string; displayName: string };
  next: NextGateDto;
  inForce: VersionDto | null;
}) {
  const required = next.evidence.filter((each) => each.required);
  return (
    <Sheet title={`Next: ${next.gate} ${next.question}`} label={askedOf(next, inForce)}>
      <section aria-label="Evidence it asks for" className="border-b border-line">
        <h3 className="px-3.5 pt-2.5 text-xs font-medium text-ink-2">
          On what: {required.length - next.missing} of {required.length} present and fresh
        </h3>
        <ul className="text-sm">
          {next.evidence.map((asked) => (
            <Asked key={asked.kind} asked={asked} agent={agent.name} />
          ))}
        </ul>
      </section>
      <SheetBody className="flex flex-wrap items-center justify-between gap-3 text-sm">
        {next.reviewId !== null ? (
          <>
            <span className="min-w-0 flex-1 text-ink-2">
              {next.missing === 0
                ? 'It is open for signing.'
                : 'It is open; nobody can sign before its evidence is there.'}
            </span>
            <ButtonLink href={reviewHref(next.reviewId)} variant="primary">
              Open {next.gate}
            </ButtonLink>
          </>
        ) : (
          <>
            <span className="min-w-0 flex-1 text-ink-2">
              {next.whyNotOpen ??
                (next.missing === 0
                  ? 'Everything it asks for is there.'
                  : `${plural(next.missing, 'piece')} of evidence ${next.missing === 1 ? 'is' : 'are'} not there yet. It can be opened; nobody can sign before.`)}
            </span>
            {next.mayOpen && next.whyNotOpen === null ? <OpenReview agent={agent} next={next} /> : null}
          </>
        )}
      </SheetBody>
    </Sheet>
  );
}

/** Who must show up at the next gate, by role and name. */
export function WhoSigns({ next }: { next: NextGateDto }) {
  const signed = next.roles.filter(({ signature }) => signature !== null).length;
  return (
    <Sheet title={`Who signs ${next.gate}`} label={`${signed} of ${next.roles.length}`}>
      <ul className="text-sm">
        {next.roles.map((role) => (
          <Asking key={role.role} role={role} />
        ))}
      </ul>
    </Sheet>
  );
}

function askedOf({ version, way }: NextGateDto, inForce: VersionDto | null): string {
  if (version === null) return 'asked of the case made for it';
  if (version.id === inForce?.id && way === 'g6') return `asked again of ${versionName(version)}, in force`;
  return `asked of ${versionName(version)}${way === 'first' ? '' : `, since its changes go back to ${ROUTE_WORDS[way].title}`}`;
}

function Asked({ asked, agent }: { asked: AskedEvidenceDto; agent: string }) {
  const { mark, word, colour } = EVIDENCE_MARKS[asked.state];
  return (
    <li className="grid min-h-9 grid-cols-[18px_minmax(0,1fr)_auto] items-baseline gap-x-3 border-b border-line px-3.5 py-2 last:border-b-0">
      <span className={colour}>
        <span aria-hidden="true">{mark}</span>
        <span className="sr-only">{word}: </span>
      </span>
      <span className="min-w-0 [overflow-wrap:anywhere]">
        <span className="font-medium">{asked.title}</span>{' '}
        <span className={asked.state === 'present' ? 'text-ink-2' : colour}>
          {asked.state === 'present' ? (asked.evidence?.summary ?? asked.reason) : reasonBeside(asked)}
        </span>
        {asked.carriedOver && asked.evidence?.version != null
          ? ` From v${asked.evidence.version.label}, and still counts.`
          : null}
        {asked.todo === null ? null : (
          <>
            {' '}
            <Link href={makeHref(agent, asked.where)} className="prose-link">
              {asked.todo}
            </Link>
          </>
        )}
      </span>
      <span className="text-ink-2">
        {asked.evidence === null ? null : <RelativeTime at={asked.evidence.producedAt} focusable={false} />}
      </span>
    </li>
  );
}

function Asking({ role }: { role: RoleDto }) {
  const who = role.may.map(({ person, onBehalfOf }) =>
    onBehalfOf === null ? person.name : `${person.name} for ${onBehalfOf.name}`,
  );
  return (
    <li className="flex min-h-9 items-baseline justify-between gap-4 border-b border-line px-3.5 py-2 last:border-b-0">
      <span className="font-medium">{role.title}</span>
      <span
        className={`min-w-0 text-right ${role.signature === null && role.nobody !== null ? 'text-medium' : 'text-ink-2'}`}
      >
        {role.signature !== null ? (
          <>
            {role.signature.person.name} signed as {ROLE_IN_WORDS[role.role]},{' '}
            <RelativeTime at={role.signature.signedAt} />
          </>
        ) : (
          (role.nobody ?? formatList(who).replace(/ and (?=[^,]*$)/, ' or '))
        )}
      </span>
    </li>
  );
}
