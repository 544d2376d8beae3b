'use client';

import { ActionForm } from '@/components/ui/action-form';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { Checkboxes, Input, Select } from '@/components/ui/field';
import { RelativeTime } from '@/components/ui/relative-time';
import { Sheet, SheetBody } from '@/components/ui/sheet';
import { SubmitButton } from '@/components/ui/submit-button';
import { Tag } from '@/components/ui/tag';
import { toast } from '@/components/ui/toast';
import type { AgentDrills, DrillItem } from '@/lib/services/drills/list-drills';
import { acknowledgePageAction, startDrillAction } from './actions';
import { DueIn } from './due-in';
import { STATE_TONES } from './state-tones';

/** One drill as it could be begun now. */
export interface DrillPlan {
  kind: DrillItem['kind'];
  title: string;
  /** The gate that asks for it. */
  gate: 'G4' | 'G5';
  does: string;
  warning: string | null;
  /** What must be ticked first; null: nothing. */
  confirmLive: string | null;
  /** Why it cannot be begun; null: it can. */
  cannot: string | null;
  /** Versions to choose from; empty: no choice. */
  versions: AgentDrills['versions'];
  /** Of paging: the minutes there are unless changed. */
  minutes: number | null;
}

export function DrillCard({
  plan,
  agent,
  last,
}: {
  plan: DrillPlan;
  agent: AgentDrills['agent'];
  last: DrillItem | null;
}) {
  const running = last?.state === 'running';
  return (
    <Sheet title={plan.title} label={`evidence at ${plan.gate}`}>
      <SheetBody className="grid gap-3">
        <p className="text-ink-2">{plan.does}</p>
        {last === null ? (
          <p className="text-sm text-ink-3">Never run.</p>
        ) : running ? (
          <Running drill={last} />
        ) : (
          <div className="grid gap-1 text-sm">
            <p className="flex flex-wrap items-center gap-2">
              <Tag tone={STATE_TONES[last.state]}>{last.state}</Tag>
              <span className="text-ink-2">
                <RelativeTime at={last.endedAt ?? last.startedAt} />
              </span>
            </p>
            <p className="break-words">{last.summary}</p>
          </div>
        )}
        {running ? null : plan.cannot === null ? (
          <div>
            <Start plan={plan} agent={agent} />
          </div>
        ) : (
          <p className="text-sm text-ink-2">{plan.cannot}</p>
        )}
      </SheetBody>
    </Sheet>
  );
}

function Start({ plan, agent }: { plan: DrillPlan; agent: AgentDrills['agent'] }) {
  const verb = plan.kind === 'paging' ? 'Page now' : 'Run drill';
  return (
    <Dialog
      trigger={verb}
      title={`${plan.title} drill of ${agent.displayName}`}
      description={
        <>
          {plan.does}
          {plan.warning === null ? null : <span className="mt-2 block text-ink">{plan.warning}</span>}
        </>
      }
    >
      {(close) => (
        <ActionForm
          action={startDrillAction}
          onDone={(state) => {
            close();
            toast(state.message);
          }}
        >
          <input type="hidden" name="kind" value={plan.kind} />
          <input type="hidden" name="agent" value={agent.name} />
          {plan.versions.length > 1 ? (
            <Select name="number" label="Version" required>
              {plan.versions.map(({ number, name }) => (
                <option key={number} value={number}>
                  v{name}
                </option>
              ))}
            </Select>
          ) : null}
          {plan.minutes === null ? null : (
            <Input
              name="minutes"
              label="Minutes to acknowledge"
              type="number"
              min={1}
              max={1440}
              step="any"
              defaultValue={plan.minutes}
              required
            />
          )}
          {plan.confirmLive === null ? null : (
            <Checkboxes
              name="live"
              legend="This agent is live"
              options={[{ value: 'yes', label: plan.confirmLive }]}
            />
          )}
          <DialogActions onCancel={close} confirm={verb} />
        </ActionForm>
      )}
    </Dialog>
  );
}

function Running({ drill }: { drill: DrillItem }) {
  const { person, dueAt } = drill;
  return (
    <div className="grid gap-2 text-sm">
      <p className="flex flex-wrap items-center gap-2">
        <Tag tone="accent">running</Tag>
        <span className="text-ink-2">
          began <RelativeTime at={drill.startedAt} />
          {drill.kind === 'paging' && dueAt !== null ? (
            <>
              , <DueIn at={dueAt} /> left
            </>
          ) : null}
        </span>
      </p>
      <ol className="list-decimal pl-5 text-ink-2" aria-live="polite">
        {drill.steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      {person === null ? null : person.you ? (
        <ActionForm action={acknowledgePageAction} onDone={(state) => toast(state.message)}>
          <input type="hidden" name="drillId" value={drill.id} />
          <div>
            <SubmitButton variant="primary">Acknowledge</SubmitButton>
          </div>
        </ActionForm>
      ) : (
        <p className="text-ink-2">Waits for {person.name}; nobody else can acknowledge it.</p>
      )}
    </div>
  );
}
