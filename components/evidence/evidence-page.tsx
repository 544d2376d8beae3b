'use client';

import Link from 'next/link';
import { Fragment, type ReactNode, useState } from 'react';
import { EmptyState } from '@/components/ui/empty-state';
import { Columns, Sheet, SheetFoot, Stack } from '@/components/ui/sheet';
import { plural } from '@/lib/format';
import type { EvidencePage, GateEvidence } from '@/lib/services/evidence/evidence-page';
import type { EvidenceSummary } from '@/lib/services/evidence/evidence-row';
import type { RiskSince } from '@/lib/services/evidence/review-risk';
import { AttachDialog } from './attach-dialog';
import { EvidencePanel } from './evidence-panel';
import { AskedRow, EvidenceRow } from './evidence-row';
import { MakeEvidence } from './make-evidence';

/** Everything there is about an agent, by the gate that asks for it; opening a piece shows all of it at the side. */
export function EvidencePageView({
  data,
  risk,
  backtest,
}: {
  data: EvidencePage;
  risk: RiskSince | null;
  /** The backtests of the version looked at, below the gate that asks for one. */
  backtest: ReactNode;
}) {
  const [open, setOpen] = useState<EvidenceSummary | null>(null);
  const { agent, version, gates, attachments, history, may } = data;
  const next = gates.findIndex((each) => each.next);
  // What is to be done now stands first.
  const ordered = [...gates.slice(Math.max(0, next)), ...gates.slice(0, Math.max(0, next))];
  return (
    <>
      <Columns>
        <Stack>
          {ordered.map((gate) => (
            <Fragment key={gate.gate}>
              <Sheet title={`${gate.gate} ${gate.question}`} label={labelOf(gate)}>
                <ul className="text-sm">
                  {gate.evidence.map((asked) => (
                    <AskedRow
                      key={asked.kind}
                      asked={asked}
                      onOpen={setOpen}
                      action={
                        <MakeEvidence
                          asked={asked}
                          data={data}
                          risk={risk}
                          blocked={!gate.proposal && version === null}
                        />
                      }
                    />
                  ))}
                </ul>
              </Sheet>
              {backtest !== null && gate.evidence.some(({ kind }) => kind === 'backtest') ? (
                <div id="backtest" className="scroll-mt-4">
                  {backtest}
                </div>
              ) : null}
            </Fragment>
          ))}
        </Stack>
        <Stack>
          <Sheet
            title="Attached"
            actions={
              may.add ? (
                <AttachDialog agent={agent.name} versions={data.versions} current={version?.number ?? null} />
              ) : undefined
            }
          >
            {attachments.length === 0 ? (
              <EmptyState title="Nothing attached">
                Files, links and notes that signers should see stand here, at every gate.
              </EmptyState>
            ) : (
              <ul className="text-sm">
                {attachments.map((each) => (
                  <EvidenceRow key={each.id} evidence={each} onOpen={setOpen} />
                ))}
              </ul>
            )}
          </Sheet>
          <Sheet title="History" label="all versions, newest first">
            {history.evidence.length === 0 ? (
              <EmptyState title="No evidence yet">
                What is computed, reported or attached is kept here for good.
              </EmptyState>
            ) : (
              <ul className="text-sm">
                {history.evidence.map((each) => (
                  <EvidenceRow key={each.id} evidence={each} onOpen={setOpen} withKind />
                ))}
              </ul>
            )}
            {history.next === null ? null : (
              <SheetFoot>
                <Link href={olderHref(agent.name, version?.number, history.next)} className="prose-link">
                  Older
                </Link>
              </SheetFoot>
            )}
          </Sheet>
        </Stack>
      </Columns>
      <EvidencePanel open={open} onClose={() => setOpen(null)} />
    </>
  );
}

function labelOf({ evidence, next }: GateEvidence): string {
  const required = evidence.filter((each) => each.required);
  const present = required.filter((each) => each.state === 'present').length;
  return `${present} of ${plural(required.length, 'piece')} present and fresh${next ? ' · the gate it comes to next' : ''}`;
}

function olderHref(agent: string, version: number | undefined, before: string): string {
  const query = new URLSearchParams({ before });
  if (version !== undefined) query.set('version', String(version));
  return `/agents/${encodeURIComponent(agent)}/evidence?${query}`;
}
