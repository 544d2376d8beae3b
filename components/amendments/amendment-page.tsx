import Link from 'next/link';
import { stringify } from 'yaml';
import { BacktestPanel } from '@/components/backtests/backtest-panel';
import { contractHref, draftHref } from '@/components/contracts/contract-href';
import { lifecycleHref } from '@/components/gates/words';
import { LiveRefresh } from '@/components/shell/live-refresh';
import { ButtonLink } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { PageHeader } from '@/components/ui/page-header';
import { ExactTime, RelativeTime } from '@/components/ui/relative-time';
import { Columns, FactRows, Sheet, SheetBody, Stack } from '@/components/ui/sheet';
import { ROUTE_WORDS } from '@/lib/contract/change-row';
import { formatList } from '@/lib/format';
import { STAGE_TITLES } from '@/lib/lifecycle/stages';
import { VERDICT_WORDS } from '@/lib/lifecycle/verdict';
import type { AmendmentDetail } from '@/lib/services/amendments/dto';
import { Activity } from './activity';
import { AnswerProposal, EndAmendment, PutInForceAtOnce, SubmitAmendment } from './amendment-acts';
import { AmendmentTags } from './amendment-rows';
import { BringUp } from './bring-up';
import { ChangesSheet } from './changes-sheet';
import { GatesSheet, NoGatesYet } from './gates-sheet';
import { RouteSheet } from './route-sheet';

/** An amendment whole: what it changes, the way back, who signs again, and what it would have done to recorded runs. */
export function AmendmentPage({ amendment }: { amendment: AmendmentDetail }) {
  const { number, agent, state, base, version, draft, label, route, standsAt, inForce } = amendment;
  const drafting = state === 'drafting' && draft?.open === true;
  const over = state === 'withdrawn' || state === 'refused';
  return (
    <>
      <LiveRefresh topics={['amendment', 'gate', 'draft', 'contract', 'agent', 'evidence', 'verdict']} />
      <PageHeader
        crumbs={[
          { label: 'Review', href: '/review' },
          { label: 'Amendments', href: '/amendments' },
          { label: `AMD-${number}` },
        ]}
        title={`AMD-${number}: ${agent.displayName}${label === null ? '' : ` v${label}`}`}
        facts={[
          <AmendmentTags key="state" row={amendment} />,
          <span key="base">
            changes{' '}
            <Link href={contractHref(agent.name, { version: base.number })} className="prose-link">
              v{base.label}
            </Link>
          </span>,
          route === null ? null : `back to ${ROUTE_WORDS[route].title}`,
          standsAt === null
            ? null
            : `stands in ${STAGE_TITLES[standsAt]}${inForce === null || inForce.id === version?.id ? '' : `, while v${inForce.label} goes on in ${STAGE_TITLES[agent.stage]}`}`,
          <span key="by">
            begun by {amendment.createdBy ?? 'Countersign'} <RelativeTime at={amendment.createdAt} />
          </span>,
        ]}
        actions={<Acts amendment={amendment} drafting={drafting} />}
      />
      <Callouts amendment={amendment} />
      <Columns>
        <Stack>
          <Proposal amendment={amendment} drafting={drafting} />
          <ChangesSheet amendment={amendment} />
          {route === null || (over && amendment.backtests.report === null) ? null : (
            <Replay amendment={amendment} />
          )}
        </Stack>
        <Stack>
          <RouteSheet amendment={amendment} />
          {over ? null : route === null ? <NoGatesYet /> : <GatesSheet amendment={amendment} />}
          <Since amendment={amendment} />
          <Activity entries={amendment.activity} />
        </Stack>
      </Columns>
    </>
  );
}

function Acts({ amendment, drafting }: { amendment: AmendmentDetail; drafting: boolean }) {
  const { number, may, draft, route, version, agent, clause } = amendment;
  return (
    <>
      {may.refuse ? <EndAmendment number={number} as="refused" /> : null}
      {may.write ? <EndAmendment number={number} as="withdrawn" /> : null}
      {may.atOnce && version !== null ? (
        <PutInForceAtOnce number={number} label={version.label} agent={agent.displayName} />
      ) : null}
      {drafting && draft !== null ? (
        <ButtonLink href={`${draftHref(draft.id)}${clause === null ? '' : `#${encodeURI(clause)}`}`}>
          {may.write ? 'Open the draft' : 'Read the draft'}
        </ButtonLink>
      ) : null}
      {drafting && may.write && draft !== null && draft.revision !== null ? (
        <SubmitAmendment
          draft={{ id: draft.id, revision: draft.revision }}
          number={number}
          whyNot={may.whyNotSubmit}
          gates={route === null ? [] : amendment.gatesByRoute[route]}
        />
      ) : null}
    </>
  );
}

function Callouts({ amendment }: { amendment: AmendmentDetail }) {
  const { newer, base, number, may, gates, atOnce, state, endReason, endedBy, endedAt } = amendment;
  const signed = gates.some((gate) => gate.roles.some((role) => role.signature !== null));
  return (
    <div className="grid gap-3 empty:hidden [&:not(:empty)]:mb-5">
      {newer === null ? null : (
        <Callout
          tone="medium"
          title={`v${newer.label} has come into force since: this changes v${base.label}, which is superseded`}
        >
          <p className="mb-2">
            Nobody can sign it as it is. What only one of the two changed is taken from it, clause by clause;
            then its differences, its way back and its gates are worked out anew.
          </p>
          {may.write ? <BringUp number={number} onto={newer.label} signed={signed} /> : null}
        </Callout>
      )}
      {atOnce === null || atOnce.signDueAt === null ? null : atOnce.signedAt !== null ? (
        <Callout title="Took effect in an emergency, and was signed after">
          Signed <ExactTime at={atOnce.signedAt} precision="minute" />.
        </Callout>
      ) : state !== 'in-force' ? null : (
        <Callout
          tone={atOnce.overdue ? 'critical' : 'medium'}
          title={atOnce.overdue ? 'In force, and not signed in time' : 'In force before it is signed'}
        >
          <p>
            {atOnce.overdue ? 'Its gates were due by' : 'Its gates are due by'}{' '}
            <ExactTime at={atOnce.signDueAt} precision="minute" />.{' '}
            {atOnce.fellBackAt === null
              ? 'If they are not signed by then, the agent falls back; this version, which only narrows, stays in force.'
              : 'The agent has fallen back; this version, which only narrows, stays in force.'}{' '}
            {atOnce.by} put it in force: {atOnce.reason}
          </p>
        </Callout>
      )}
      {state === 'withdrawn' || state === 'refused' ? (
        <Callout title={`This amendment was ${state} by ${endedBy ?? 'Countersign'}`}>
          <p className="whitespace-pre-wrap">{endReason}</p>
          {endedAt === null ? null : (
            <p className="text-ink-2">
              <RelativeTime at={endedAt} />
            </p>
          )}
        </Callout>
      ) : null}
    </div>
  );
}

function Proposal({ amendment, drafting }: { amendment: AmendmentDetail; drafting: boolean }) {
  const { proposal, number, may, incident } = amendment;
  if (proposal === null) return null;
  const { entry, filter } = proposal.proposed;
  if (proposal.state !== 'offered')
    return (
      <p className="text-sm text-ink-2">
        The filter that was offered because of INC-{incident} was{' '}
        {proposal.state === 'accepted' ? 'taken into the draft' : 'left out'}.
      </p>
    );
  if (!drafting) return null;
  return (
    <Sheet title={`Offered because of INC-${incident}`} label="not in the draft yet">
      <SheetBody className="grid gap-2.5 text-sm">
        <p>
          <span className="code">{entry}</span> returned {formatList(filter.categories)} data, which its entry
          does not allow. With this filter it is masked before the agent sees it, and such a call is no
          breach.
        </p>
        <pre className="code overflow-x-auto rounded-md bg-sunk px-2.5 py-1.5">
          {stringify({ filter: [filter] }, { lineWidth: 60 }).trimEnd()}
        </pre>
        {may.write ? (
          <AnswerProposal number={number} />
        ) : (
          <p className="text-ink-2">Those who write contracts may take it in.</p>
        )}
      </SheetBody>
    </Sheet>
  );
}

/** Before anyone signs: what it would have said to what really happened. */
function Replay({ amendment }: { amendment: AmendmentDetail }) {
  const { agent, version, draft, backtests } = amendment;
  const of = version !== null ? { version: version.number } : draft === null ? null : { draft: draft.id };
  if (of === null) return null;
  const { report } = backtests;
  return (
    <section aria-label="Backtest" className="grid gap-2">
      <BacktestPanel
        agent={agent.name}
        of={of}
        data={backtests}
        {...(version === null && draft?.revision != null ? { revision: draft.revision } : {})}
      />
      {report === null ? null : (
        <p className="text-sm text-ink-2">
          {report.evidenceId !== null
            ? 'Its digest is bound into the signature at G4.'
            : 'When this very text is submitted, its digest is bound into the signature at G4.'}
        </p>
      )}
    </section>
  );
}

function Since({ amendment }: { amendment: AmendmentDetail }) {
  const { incidentDetail, clause, reason, agent, inForce } = amendment;
  return (
    <Sheet title="What gave rise to it">
      <FactRows
        rows={[
          ...(incidentDetail === null
            ? []
            : [
                {
                  name: 'Incident',
                  value: (
                    <Link href={`/incidents/${incidentDetail.number}`} className="prose-link">
                      INC-{incidentDetail.number} {incidentDetail.title}
                    </Link>
                  ),
                },
                {
                  name: 'Verdict',
                  value:
                    incidentDetail.settled === null
                      ? 'not settled'
                      : VERDICT_WORDS[incidentDetail.settled].title,
                },
              ]),
          ...(clause === null ? [] : [{ name: 'Clause', value: <span className="code">{clause}</span> }]),
          ...(reason === null
            ? []
            : [{ name: 'Why', value: <span className="whitespace-pre-wrap">{reason}</span> }]),
          {
            name: 'Agent',
            value: (
              <Link href={lifecycleHref(agent.name)} className="prose-link">
                {agent.displayName}
              </Link>
            ),
          },
          { name: 'In force', value: inForce === null ? 'the workspace defaults' : `v${inForce.label}` },
        ]}
      />
    </Sheet>
  );
}
