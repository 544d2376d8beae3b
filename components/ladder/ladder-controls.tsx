'use client';

import { useState } from 'react';
import { ReasonDialog } from '@/components/ui/dialog';
import { Select } from '@/components/ui/field';
import { AUTHORITY_LEVELS, type AuthorityLevel, LADDER_STEPS } from '@/lib/contract/schema';
import { isLower, type StepKind } from '@/lib/response/ladder';
import { LEVEL_WORDS, STEP_EFFECTS } from '@/lib/response/ladder-words';
import { interveneAction, liftAction, markAction } from './actions';

const VERBS: Record<StepKind, string> = {
  warn: 'Warn',
  narrow: 'Narrow its authority',
  review: 'Put under review',
  pause: 'Pause',
  recertify: 'Send to be certified again',
};

/** Takes a step by hand, for a reason. */
export function Intervene({
  agent,
  level,
  incident,
}: {
  agent: { name: string; displayName: string };
  level: AuthorityLevel;
  incident: number | null;
}) {
  const lower = AUTHORITY_LEVELS.filter((each) => isLower(each, level)).toReversed();
  const kinds = LADDER_STEPS.filter(
    (kind) =>
      (kind !== 'narrow' && kind !== 'review') ||
      (kind === 'narrow' ? lower.length > 0 : lower.includes('human-in-the-loop')),
  );
  const [kind, setKind] = useState<StepKind>('pause');
  return (
    <ReasonDialog
      trigger="Take a step"
      title={`Take a step with ${agent.displayName}?`}
      consequence="It holds at every runtime plane within a second, in runs under way and in new ones."
      confirm={VERBS[kind]}
      tone="default"
      size="small"
      action={interveneAction}
      fields={
        <>
          <input type="hidden" name="agent" value={agent.name} />
          {incident === null ? null : <input type="hidden" name="incident" value={incident} />}
          <Select
            label="Step"
            name="kind"
            value={kind}
            hint={STEP_EFFECTS[kind]}
            onChange={(event) => {
              const wished = LADDER_STEPS.find((each) => each === event.target.value);
              if (wished !== undefined) setKind(wished);
            }}
          >
            {kinds.map((each) => (
              <option key={each} value={each}>
                {VERBS[each]}
              </option>
            ))}
          </Select>
          {kind === 'narrow' ? (
            <Select label="Authority level" name="to" defaultValue={lower[0]}>
              {lower.map((each) => (
                <option key={each} value={each}>
                  {LEVEL_WORDS[each]}
                </option>
              ))}
            </Select>
          ) : null}
        </>
      }
    />
  );
}

/** Ends a step that no gate ends. */
export function Lift({ id, kind, agent }: { id: string; kind: StepKind; agent: string }) {
  return (
    <ReasonDialog
      trigger={kind === 'warn' ? 'Clear warning' : 'Lift pause'}
      title={kind === 'warn' ? `Clear the warning of ${agent}?` : `Let ${agent} go on?`}
      consequence={
        kind === 'warn'
          ? 'Nothing was taken from it; the warning stays in the record.'
          : 'Its calls are decided by the contract again, within a second.'
      }
      confirm={kind === 'warn' ? 'Clear warning' : 'Lift pause'}
      tone="default"
      size="small"
      action={liftAction}
      fields={<input type="hidden" name="id" value={id} />}
    />
  );
}

/** Somebody's word that one requirement of recovery holds. */
export function MarkMet({ id, requirement }: { id: string; requirement: { id: string; statement: string } }) {
  return (
    <ReasonDialog
      trigger="Mark as met"
      title="Is this met?"
      consequence={requirement.statement}
      confirm="Mark as met"
      reasonLabel="How you know"
      tone="default"
      size="small"
      action={markAction}
      fields={
        <>
          <input type="hidden" name="id" value={id} />
          <input type="hidden" name="requirement" value={requirement.id} />
        </>
      }
    />
  );
}
