import Form from 'next/form';
import Link from 'next/link';
import { contractHref } from '@/components/contracts/contract-href';
import { Button, ButtonLink } from '@/components/ui/button';
import { Digest } from '@/components/ui/digest';
import { EmptyState } from '@/components/ui/empty-state';
import { Input } from '@/components/ui/field';
import { ExactTime } from '@/components/ui/relative-time';
import { Sheet, SheetBody, SheetFoot } from '@/components/ui/sheet';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { formatDate, formatList, plural } from '@/lib/format';
import { EVIDENCE_KINDS, isEvidenceKind } from '@/lib/lifecycle/evidence-kinds';
import { ROLE_IN_WORDS } from '@/lib/lifecycle/may-sign';
import { STAGE_TITLES } from '@/lib/lifecycle/stages';
import type { RecordOfDay } from '@/lib/services/gates/dto';
import { OnBehalf, SignatureButton } from './signature';
import { lifecycleHref, versionName } from './words';

type AgentOfDay = RecordOfDay['agents'][number];

/** Address of the record of a day, of those who fit the letters. */
export function recordHref(day: string, q = ''): string {
  return `/review/record?${new URLSearchParams({ day, ...(q === '' ? {} : { q }) })}`;
}

/** Which day, and whom or which agent to look for. */
export function RecordFilters({ day, today, q }: { day: string; today: string; q: string }) {
  return (
    <Form action="/review/record" className="mb-4 flex flex-wrap items-end gap-3">
      <div className="w-40">
        <Input
          key={`day ${day}`}
          type="date"
          name="day"
          label="Day"
          defaultValue={day}
          max={today}
          required
        />
      </div>
      <div className="w-56">
        <Input
          key={`q ${q}`}
          type="search"
          name="q"
          label="Person or agent"
          defaultValue={q}
          maxLength={200}
          autoComplete="off"
          quiet
        />
      </div>
      <Button type="submit">Show</Button>
      <nav aria-label="Days" className="flex gap-2">
        <ButtonLink href={recordHref(shift(day, -1), q)}>Day before</ButtonLink>
        {day < today ? <ButtonLink href={recordHref(shift(day, 1), q)}>Day after</ButtonLink> : null}
      </nav>
      {q === '' ? null : (
        <ButtonLink variant="link" href={recordHref(day)}>
          Show everybody
        </ButtonLink>
      )}
    </Form>
  );
}

/** A day of the calendar, some days on. */
function shift(day: string, days: number): string {
  const noon = new Date(`${day}T12:00:00Z`);
  noon.setUTCDate(noon.getUTCDate() + days);
  return noon.toISOString().slice(0, 10);
}

/** For each agent valid that day: which version decided, and who had agreed to it, when, on what evidence. */
export function Record({ record, q }: { record: RecordOfDay; q: string }) {
  const agents = narrow(record.agents, q);
  if (agents.length === 0)
    return (
      <Sheet>
        <EmptyState
          title={q === '' ? 'No agent that day' : 'Nobody and nothing fits'}
          {...(q === ''
            ? {}
            : { action: <ButtonLink href={recordHref(record.day)}>Show everybody</ButtonLink> })}
        >
          {q === ''
            ? 'This workspace had no agent yet.'
            : `No agent, and no signature that counted that day, has “${q}” in its name.`}
        </EmptyState>
      </Sheet>
    );
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-5">
      {agents.map((each) => (
        <AgentRecord key={each.agent.id} of={each} />
      ))}
    </div>
  );
}

function AgentRecord({ of }: { of: AgentOfDay }) {
  const { agent, version, signatures, unsigned, stage, adopted } = of;
  return (
    <Sheet
      title={
        <Link href={lifecycleHref(agent.name)} className="hover:underline">
          {agent.displayName}
        </Link>
      }
      label={
        <span className="inline-flex flex-wrap items-center gap-x-2">
          {STAGE_TITLES[stage]} ·{' '}
          {version === null ? (
            'the workspace defaults decided'
          ) : (
            <>
              <Link href={contractHref(agent.name, { version: version.number })} className="prose-link">
                {versionName(version)}
              </Link>
              decided
              <Digest value={version.digest} />
            </>
          )}
        </span>
      }
    >
      {signatures.length === 0 ? (
        <SheetBody className="text-sm text-ink-2">
          {adopted
            ? 'Taken over, not signed: it was at work before anybody signed here.'
            : 'Nobody had signed for it.'}
        </SheetBody>
      ) : (
        <Table label={`Who had agreed to ${agent.displayName}`} className="xl:table-fixed">
          <thead>
            <tr>
              <Th className="xl:w-[19%]">Who</Th>
              <Th className="max-md:hidden xl:w-[36%]">To what</Th>
              <Th className="max-md:hidden xl:w-[19%]">When</Th>
              <Th className="max-md:hidden">On what evidence</Th>
            </tr>
          </thead>
          <tbody>
            {signatures.map((signature) => (
              <Tr key={signature.id} className="align-top">
                <Td wrap className="min-w-36!">
                  <SignatureButton id={signature.id} by={signature.person.name}>
                    {signature.person.name}
                  </SignatureButton>
                  <span className="block text-xs text-ink-2">
                    {ROLE_IN_WORDS[signature.role]} · {signature.gate}
                    <OnBehalf signature={signature} />
                    {signature.awaited ? ', still open' : ''}
                  </span>
                  <span className="mt-1 grid gap-0.5 md:hidden">
                    <span>{signature.meaning}</span>
                    <span className="text-ink-2">
                      <ExactTime at={signature.signedAt} precision="minute" />
                      {signature.evidence.length === 0 ? '' : `, on ${evidenceWords(signature.evidence)}`}
                    </span>
                  </span>
                </Td>
                <Td wrap className="min-w-64! max-w-md max-md:hidden">
                  {signature.meaning}
                </Td>
                <Td className="py-2 text-ink-2 max-md:hidden">
                  <ExactTime at={signature.signedAt} precision="minute" />
                  {signature.version === null || signature.version.id === version?.id ? null : (
                    <span className="block text-xs">{versionName(signature.version)}</span>
                  )}
                </Td>
                <Td wrap className="text-ink-2 max-md:hidden">
                  {signature.evidence.length === 0 ? 'none' : evidenceWords(signature.evidence)}
                </Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      )}
      {unsigned.length === 0 || adopted ? null : (
        <SheetFoot>
          {formatList(unsigned)} {unsigned.length === 1 ? 'was' : 'were'} not passed for this version that
          day.
        </SheetFoot>
      )}
    </Sheet>
  );
}

function evidenceWords(evidence: readonly { kind: string }[]): string {
  const titles = evidence.map(({ kind }) => (isEvidenceKind(kind) ? EVIDENCE_KINDS[kind].title : kind));
  return formatList([...new Set(titles)]);
}

/** An agent that fits keeps all its signatures; else those of persons who fit remain. */
function narrow(agents: readonly AgentOfDay[], q: string): AgentOfDay[] {
  const letters = q.toLocaleLowerCase();
  const fits = (text: string) => text.toLocaleLowerCase().includes(letters);
  return agents.flatMap((each) => {
    if (fits(each.agent.displayName) || fits(each.agent.name)) return [each];
    const signatures = each.signatures.filter(
      ({ person, onBehalfOf }) => fits(person.name) || (onBehalfOf !== null && fits(onBehalfOf.name)),
    );
    return signatures.length === 0 ? [] : [{ ...each, signatures, unsigned: [] }];
  });
}

/** What the day's record says, in one line. */
export function recordReading({ day, agents }: RecordOfDay, today: string): string {
  const signatures = agents.reduce((sum, each) => sum + each.signatures.length, 0);
  const when = day === today ? 'today' : `on ${formatDate(`${day}T12:00:00Z`, 'UTC')}`;
  if (signatures === 0) return `No signature counted ${when}`;
  return `${plural(signatures, 'signature')} counted ${when}`;
}
