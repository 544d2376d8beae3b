'use client';

import { useRouter } from 'next/navigation';
import { useDeferredValue, useEffect, useMemo, useRef, useState, useTransition } from 'react';
import { contractHref, draftHref } from '@/components/contracts/contract-href';
import { LiveRefresh } from '@/components/shell/live-refresh';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { EmptyState } from '@/components/ui/empty-state';
import { Columns, Sheet, Stack } from '@/components/ui/sheet';
import { toast } from '@/components/ui/toast';
import { BEHAVIOUR_WORDS, BEHAVIOURS, type Behaviour } from '@/lib/contract/scenario-behaviours';
import { missingBehaviours, scenarioCoverage } from '@/lib/contract/scenario-coverage';
import { addToSuite } from '@/lib/contract/scenario-templates/suite-text';
import { fromTemplate } from '@/lib/contract/scenario-templates/templates';
import type { ScenarioResult } from '@/lib/contract/scenarios';
import type { Contract } from '@/lib/contract/schema';
import { issueLine } from '@/lib/issue-words';
import type { Against, ScenariosPage } from '@/lib/services/scenarios/scenarios-page';
import type { SuiteRow } from '@/lib/services/scenarios/suite-row';
import { saveSuite } from './actions';
import { BehavioursSheet, ClausesSheet } from './coverage-sheets';
import { EvidenceSheet } from './evidence-sheet';
import { type RanText, runText } from './run-text';
import { EditedSuite, type Editing, SuiteSheet } from './suite-sheet';

/** What an empty suite begins with: a scenario to change. */
const FIRST = `scenarios:
  - name: What it shows, as a sentence
    call: { tool: a.tool, arguments: {} }
    expect: { lane: allow }
`;

/** An agent's suites, run here as they stand, and one of them written. */
export function ScenariosView({ page, now }: { page: ScenariosPage; now: number }) {
  const { agent, suites, against, contract, mayWrite } = page;
  const [editing, setEditing] = useState<Editing | null>(null);
  const [problem, setProblem] = useState<{ message: string; lines: string[] } | null>(null);
  const router = useRouter();
  const [saving, startSaving] = useTransition();
  const source = useDeferredValue(editing?.source ?? null);
  useLeaveWarning(editing !== null && editing.source !== sourceOf(suites, editing.id));

  const kept = useRan(contract, suites, now);
  const edited = useMemo(
    () => (contract === null || source === null ? null : runText(contract, source, now)),
    [contract, source, now],
  );
  const readable = useRef<readonly ScenarioResult[]>([]);
  const coverage = useMemo(() => {
    if (contract === null) return null;
    const ran = suites.flatMap((suite) =>
      suite.id === editing?.id ? [] : (kept.get(suite.id)?.results ?? []),
    );
    // While the text does not read, what it last said counts: half a word does not undo all it shows.
    if (edited === null) readable.current = [];
    else if (edited.issues.length === 0) readable.current = edited.results;
    return scenarioCoverage(contract, [...ran, ...readable.current]);
  }, [contract, suites, kept, edited, editing?.id]);
  const missing = coverage === null ? '' : missingBehaviours(coverage).join(' ');
  const obstacles = useMemo(() => obstaclesOf(contract, missing), [contract, missing]);
  const clauseHref = useMemo(() => hrefOf(agent.name, against), [agent.name, against]);

  const open = (to: Editing | null) => {
    setProblem(null);
    setEditing(to);
  };
  const add = (behaviours: readonly Behaviour[]) => {
    if (contract === null) return;
    const made = behaviours.map((behaviour) => fromTemplate(contract, behaviour));
    const [only] = behaviours;
    if (made.every((each) => each.scenarios.length === 0)) {
      toast(made.flatMap((each) => each.notes).join(' '));
      return;
    }
    if (editing !== null) setEditing({ ...editing, source: addToSuite(editing.source, made) });
    else
      open({
        id: null,
        revision: 1,
        name: behaviours.length === 1 && only !== undefined ? BEHAVIOUR_WORDS[only].title : 'Six behaviours',
        source: addToSuite('', made),
      });
  };
  const save = () => {
    if (editing === null) return;
    startSaving(async () => {
      const saved = await saveSuite({ agent: agent.name, ...editing });
      if (saved.ok) {
        router.refresh();
        open(null);
        toast('The suite is saved.');
      } else setProblem({ message: saved.message, lines: saved.issues.map(issueLine) });
    });
  };

  const begin = (suite: SuiteRow) =>
    open({ id: suite.id, revision: suite.revision, name: suite.name, source: suite.source });
  const editor =
    editing === null ? null : (
      <EditedSuite
        key={editing.id ?? 'new'}
        editing={editing}
        ran={edited}
        contract={contract}
        clauseHref={clauseHref}
        problem={
          problem === null ? null : (
            <Callout tone="critical" alert title={problem.message}>
              {problem.lines.length === 0 ? undefined : problem.lines.slice(0, 5).join(' ')}
            </Callout>
          )
        }
        saving={saving}
        onChange={(to) => setEditing({ ...editing, ...to })}
        onSave={save}
        onCancel={() => open(null)}
      />
    );

  return (
    <>
      <LiveRefresh topics={['scenario', 'contract', 'draft', 'evidence']} />
      <Columns>
        <Stack>
          <div className="flex flex-wrap items-end justify-between gap-3">
            <AgainstPicker agent={agent.name} against={against} choices={page.choices} />
            {mayWrite && editing === null && suites.length > 0 ? (
              <Button onClick={() => open({ id: null, revision: 1, name: '', source: FIRST })}>
                New suite
              </Button>
            ) : null}
          </div>
          {page.faults.length === 0 ? null : (
            <Callout tone="medium" title="This draft is no contract yet, so nothing can be run against it">
              {page.faults.slice(0, 3).map(issueLine).join(' ')}
            </Callout>
          )}
          {editing?.id === null ? editor : null}
          {suites.map((suite) =>
            editing?.id === suite.id ? (
              <div key={suite.id}>{editor}</div>
            ) : (
              <SuiteSheet
                key={suite.id}
                suite={suite}
                ran={kept.get(suite.id) ?? null}
                clauseHref={clauseHref}
                onEdit={mayWrite && editing === null ? () => begin(suite) : null}
              />
            ),
          )}
          {suites.length === 0 && editing === null ? (
            <Sheet>
              <EmptyState
                title="No scenarios yet"
                action={
                  mayWrite ? (
                    <>
                      {contract === null ? null : (
                        <Button variant="primary" onClick={() => add(BEHAVIOURS)}>
                          Make them from the contract
                        </Button>
                      )}
                      <Button onClick={() => open({ id: null, revision: 1, name: '', source: FIRST })}>
                        Write one
                      </Button>
                    </>
                  ) : undefined
                }
              >
                A scenario is one call, what went before it, and what the contract must answer. Gate G3 asks
                for scenarios of six behaviours.
              </EmptyState>
            </Sheet>
          ) : null}
        </Stack>
        <Stack>
          {coverage === null ? null : (
            <BehavioursSheet
              coverage={coverage}
              obstacles={obstacles}
              contractPage={contractHref(agent.name)}
              onAdd={mayWrite ? add : null}
            />
          )}
          <EvidenceSheet
            page={page}
            unsaved={editing !== null && editing.source !== sourceOf(suites, editing.id)}
          />
          {coverage === null ? null : <ClausesSheet coverage={coverage} clauseHref={clauseHref} />}
        </Stack>
      </Columns>
    </>
  );
}

/** Every kept suite, run once for as long as neither it nor the contract changes. */
function useRan(contract: Contract | null, suites: readonly SuiteRow[], now: number): Map<string, RanText> {
  return useMemo(
    () =>
      new Map(
        contract === null
          ? []
          : suites.map((suite) => [suite.id, runText(contract, suite.source, now)] as const),
      ),
    [contract, suites, now],
  );
}

function sourceOf(suites: readonly SuiteRow[], id: string | null): string | undefined {
  return id === null ? FIRST : suites.find((suite) => suite.id === id)?.source;
}

/** What is not saved yet is not left by accident. */
function useLeaveWarning(isDirty: boolean): void {
  useEffect(() => {
    if (!isDirty) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [isDirty]);
}

function AgainstPicker({
  agent,
  against,
  choices,
}: {
  agent: string;
  against: Against | null;
  choices: readonly Against[];
}) {
  const router = useRouter();
  if (against === null)
    return (
      <p className="text-sm text-ink-2">The agent has no contract of its own to run scenarios against.</p>
    );
  return (
    <label className="flex flex-wrap items-center gap-2 text-sm">
      <span className="text-ink-2">Run against</span>
      <select
        value={against.id}
        onChange={(event) =>
          router.push(
            `/agents/${encodeURIComponent(agent)}/scenarios?against=${encodeURIComponent(event.target.value)}`,
            { scroll: false },
          )
        }
        className="min-h-8 rounded-md border border-line-strong bg-sheet px-1.5 text-base"
      >
        {choices.map((choice) => (
          <option key={choice.id} value={choice.id}>
            {choice.label}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Of the `missing` behaviours (their ids, spaced) those the contract gives nothing to show for, and why. */
function obstaclesOf(contract: Contract | null, missing: string): ReadonlyMap<Behaviour, string> {
  const ids = missing.split(' ');
  // Before anything was written there is nothing to explain, and all six are not tried out just to look at the page.
  if (contract === null || missing === '' || ids.length === BEHAVIOURS.length) return new Map();
  return new Map(
    BEHAVIOURS.filter((behaviour) => ids.includes(behaviour)).flatMap((behaviour) => {
      const { scenarios, notes } = fromTemplate(contract, behaviour);
      return scenarios.length === 0
        ? [[behaviour, notes.join(' ') || 'it gives nothing to show.'] as const]
        : [];
    }),
  );
}

function hrefOf(agent: string, against: Against | null): ((clause: string) => string) | null {
  if (against === null) return null;
  const page =
    against.version === null ? draftHref(against.id) : contractHref(agent, { version: against.version });
  return (clause) => `${page}#${encodeURI(clause)}`;
}
