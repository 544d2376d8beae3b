'use client';

import Link from 'next/link';
import { useState } from 'react';
import { ActionForm } from '@/components/ui/action-form';
import { Button, ButtonLink } from '@/components/ui/button';
import { Sheet, SheetBody } from '@/components/ui/sheet';
import { SubmitButton } from '@/components/ui/submit-button';
import { Tag } from '@/components/ui/tag';
import type { Proposal } from '@/lib/contract/propose';
import { plural } from '@/lib/format';
import { fromObserved } from './new-actions';
import { AgentFields, slugOf } from './new-agent-fields';
import { type Nameable, PeopleFields } from './new-people';

type Shown = Omit<Proposal, 'edits'> & { mark: string };

/** The proposals by tool, each with its rule and its evidence; a draft is made of those that are ticked. */
export function NewFromObserved({
  observed,
  asOf,
  begins,
  proposals,
  people,
  units,
}: {
  observed: string;
  asOf: string;
  /** The agent's names when it has no contract yet; null when one is changed. */
  begins: { name: string; agent: string } | null;
  proposals: readonly Shown[];
  people: readonly Nameable[];
  units: readonly string[];
}) {
  const [taken, setTaken] = useState<ReadonlySet<string>>(new Set());
  const tick = (proposal: Shown, on: boolean) =>
    setTaken((before) => {
      const after = new Set(before);
      if (on) {
        after.add(proposal.id);
        if (proposal.needs !== null) after.add(proposal.needs);
      } else {
        after.delete(proposal.id);
        for (const each of proposals) if (each.needs === proposal.id) after.delete(each.id);
      }
      return after;
    });
  const tools = [...new Set(proposals.map((each) => each.tool))];
  return (
    <ActionForm action={fromObserved} className="grid grid-cols-[minmax(0,1fr)] gap-5">
      <input type="hidden" name="observed" value={observed} />
      <input type="hidden" name="asOf" value={asOf} />
      {proposals
        .filter((each) => taken.has(each.id))
        .map((each) => (
          <input key={each.mark} type="hidden" name="taken" value={each.mark} />
        ))}
      {tools.map((tool) => (
        <Group
          key={tool ?? ''}
          title={tool ?? 'Ceilings'}
          proposals={proposals.filter((each) => each.tool === tool)}
          taken={taken}
          onTick={tick}
        />
      ))}
      {begins === null ? null : (
        <Sheet title="Whose contract it is">
          <SheetBody className="grid gap-5">
            <AgentFields name={begins.name} agent={slugOf(begins.agent)} units={units} />
            <PeopleFields people={people} />
          </SheetBody>
        </Sheet>
      )}
      <div className="sticky bottom-0 -mx-1 flex flex-wrap items-center justify-between gap-3 border-t border-line bg-ground px-1 py-3">
        <p role="status" className="text-ink-2">
          {taken.size === 0
            ? 'Nothing ticked yet'
            : `${taken.size} of ${plural(proposals.length, 'proposal')} ticked`}
        </p>
        <div className="flex gap-2">
          <ButtonLink href="/contracts/new?from=observed">Another agent</ButtonLink>
          <SubmitButton disabled={taken.size === 0}>Make a draft</SubmitButton>
        </div>
      </div>
    </ActionForm>
  );
}

function Group({
  title,
  proposals,
  taken,
  onTick,
}: {
  title: string;
  proposals: readonly Shown[];
  taken: ReadonlySet<string>;
  onTick: (proposal: Shown, on: boolean) => void;
}) {
  const all = proposals.every((each) => taken.has(each.id));
  return (
    <Sheet
      title={
        <span className={title === 'Ceilings' ? '' : 'code text-sm [overflow-wrap:anywhere]'}>{title}</span>
      }
      actions={
        <Button
          size="small"
          onClick={() => {
            for (const proposal of proposals) onTick(proposal, !all);
          }}
        >
          {all ? 'Untick these' : 'Tick these'}
          <span className="sr-only"> of {title}</span>
        </Button>
      }
    >
      <ul>
        {proposals.map((proposal) => (
          <li key={proposal.id} className="border-b border-line px-3.5 py-2.5 last:border-b-0">
            <Row proposal={proposal} taken={taken.has(proposal.id)} onTick={(on) => onTick(proposal, on)} />
          </li>
        ))}
      </ul>
    </Sheet>
  );
}

function Row({
  proposal,
  taken,
  onTick,
}: {
  proposal: Shown;
  taken: boolean;
  onTick: (on: boolean) => void;
}) {
  const { reasons, doubts, examples, now } = proposal;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-1">
      <label className="flex items-start gap-2.5">
        <input
          type="checkbox"
          checked={taken}
          onChange={(event) => onTick(event.currentTarget.checked)}
          className="mt-0.5 size-4 flex-none accent-(--accent)"
        />
        <span className="min-w-0 [overflow-wrap:anywhere]">
          <span className="font-medium">{proposal.title}</span>
          {now === null ? null : <span className="text-ink-2"> (now: {now})</span>}{' '}
          <span className="code text-ink-3">{proposal.clause}</span>
        </span>
      </label>
      <div className="grid gap-0.5 pl-[26px] text-sm text-ink-2">
        {reasons.map((reason) => (
          <p key={reason} className="max-w-[90ch]">
            {reason}
          </p>
        ))}
        {doubts.map((doubt) => (
          <p key={doubt} className="max-w-[90ch]">
            <Tag tone="medium">look closer</Tag> {doubt}
          </p>
        ))}
        {proposal.part === 'arguments' ? (
          <details>
            <summary className="min-h-6 w-fit rounded-sm leading-6 hover:text-ink">The schema</summary>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
            <pre tabIndex={0} className="code mt-1 max-h-60 overflow-auto rounded-md bg-sunk px-3 py-2">
              {JSON.stringify(proposal.value, null, 2)}
            </pre>
          </details>
        ) : null}
        {examples.length === 0 ? null : (
          <p className="flex flex-wrap items-center gap-x-3">
            Runs:
            {examples.map((run) => (
              <Link
                key={run.id}
                href={`/runs/${run.id}`}
                className="prose-link code inline-block min-h-6 leading-6"
                target="_blank"
              >
                {run.key.length > 24 ? `${run.key.slice(0, 20)}…` : run.key}
                <span className="sr-only"> (opens in a new tab)</span>
              </Link>
            ))}
          </p>
        )}
      </div>
    </div>
  );
}
