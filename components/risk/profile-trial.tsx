'use client';

import { useDeferredValue, useMemo, useState } from 'react';
import { ActionForm } from '@/components/ui/action-form';
import { Button } from '@/components/ui/button';
import { Select } from '@/components/ui/field';
import { SubmitButton } from '@/components/ui/submit-button';
import { categoryTitle } from '@/lib/contract/categories';
import type { RiskProfile } from '@/lib/scoring/risk';
import { previewProfile, type RiskFacts } from '@/lib/scoring/risk-facts';
import { putIntoDraft } from './actions';
import { PreviewResult, previewAnswer } from './preview-result';

const ACTIONS = [
  ['read', 'A read counts'],
  ['write', 'A write counts'],
  ['transact', 'A transaction counts'],
] as const;
const RULES = [
  ['sum', 'The sum of its spans'],
  ['max', 'Its riskiest span'],
  ['capped', 'Its riskiest span, and a share for the others'],
] as const;
const THRESHOLDS = [
  ['medium', 'Medium from'],
  ['high', 'High from'],
  ['critical', 'Critical from'],
] as const;

/** Figures of a risk profile to move, and what that makes of recent runs; nothing is kept until it is put into a draft. */
export function ProfileTrial({
  agent,
  profile,
  facts,
  drafts,
  mayDraft,
}: {
  agent: string;
  profile: RiskProfile;
  facts: RiskFacts;
  drafts: readonly { id: string; updatedBy: string | null }[];
  mayDraft: boolean;
}) {
  const [tried, setTried] = useState(profile);
  const wrong = wrongIn(tried);
  const settled = useDeferredValue(wrong === null ? tried : null);
  const preview = useMemo(
    () => (settled === null ? null : previewProfile(profile, settled, facts)),
    [profile, settled, facts],
  );
  const change = (part: Partial<RiskProfile>) => setTried((now) => ({ ...now, ...part }));
  const moved = JSON.stringify(tried) !== JSON.stringify(profile);
  const touched = useMemo(
    () => [
      ...new Set([
        ...Object.keys(profile.categories),
        ...facts.kinds.flatMap((kind) => [...kind.categories]),
      ]),
    ],
    [profile, facts],
  );
  return (
    <div className="grid gap-6 px-3.5 py-3 lg:grid-cols-2">
      <div className="flex flex-col gap-5">
        <Group legend="Weights of data categories, 0 to 10">
          {touched.map((category) => (
            <Figure
              key={category}
              label={categoryTitle(category)}
              value={tried.categories[category] ?? null}
              none="none: the highest counts"
              slider={10}
              step={0.5}
              onChange={(weight) => change({ categories: { ...tried.categories, [category]: weight } })}
            />
          ))}
        </Group>
        <Group legend="Multipliers, 1 is neutral">
          {ACTIONS.map(([action, label]) => (
            <Figure
              key={action}
              label={label}
              value={tried.actions[action]}
              unit="×"
              step={0.25}
              onChange={(figure) => change({ actions: { ...tried.actions, [action]: figure } })}
            />
          ))}
          <Figure
            label="Data carried out counts"
            value={tried.egress}
            unit="×"
            step={0.25}
            onChange={(egress) => change({ egress })}
          />
          <Figure
            label="Its audience counts"
            value={tried.audience.factor}
            unit="×"
            step={0.25}
            onChange={(factor) => change({ audience: { ...tried.audience, factor } })}
          />
        </Group>
        <Group legend="Risk of a run">
          <label className="grid gap-1 text-sm">
            <span className="font-medium">Comes from</span>
            <select
              value={tried.aggregate.rule}
              onChange={(event) => {
                const rule = RULES.find(([each]) => each === event.currentTarget.value)?.[0] ?? 'capped';
                change({ aggregate: rule === 'capped' ? { rule, share: 0.5 } : { rule } });
              }}
              className={CONTROL}
            >
              {RULES.map(([rule, label]) => (
                <option key={rule} value={rule}>
                  {label}
                </option>
              ))}
            </select>
          </label>
          {tried.aggregate.rule === 'capped' ? (
            <Figure
              label="The others add at most, of the riskiest"
              value={tried.aggregate.share}
              slider={1}
              step={0.05}
              onChange={(share) => change({ aggregate: { rule: 'capped', share } })}
            />
          ) : null}
          {THRESHOLDS.map(([band, label]) => (
            <Figure
              key={band}
              label={label}
              value={tried.thresholds[band]}
              step={1}
              onChange={(from) => change({ thresholds: { ...tried.thresholds, [band]: from } })}
            />
          ))}
        </Group>
        {/* On a phone the answer stands below all figures: in a line it stays in sight while they move. */}
        <p
          aria-hidden="true"
          className="sticky bottom-0 -mx-3.5 border-y border-line bg-sheet px-3.5 py-2 text-sm font-medium lg:hidden"
        >
          {preview === null ? (wrong ?? '…') : previewAnswer(preview)}
        </p>
      </div>
      <div className="grid content-start gap-4 self-start lg:sticky lg:top-4">
        {wrong === null ? null : (
          <p role="alert" className="text-sm text-critical">
            {wrong}
          </p>
        )}
        {preview === null ? null : <PreviewResult preview={preview} />}
        <div className="flex flex-wrap items-end gap-3 border-t border-line pt-3">
          {mayDraft ? (
            <ActionForm action={putIntoDraft} className="flex flex-wrap items-end gap-3">
              <input type="hidden" name="agent" value={agent} />
              <input type="hidden" name="profile" value={JSON.stringify(tried)} />
              {drafts.length === 0 ? null : (
                <Select name="draft" label="Into" defaultValue={drafts[0]?.id}>
                  {drafts.map((draft) => (
                    <option key={draft.id} value={draft.id}>
                      {draft.updatedBy === null
                        ? 'the open draft'
                        : `the draft ${draft.updatedBy} changed last`}
                    </option>
                  ))}
                  <option value="">a new draft of the version in force</option>
                </Select>
              )}
              <SubmitButton disabled={!moved || wrong !== null}>Put into a draft</SubmitButton>
            </ActionForm>
          ) : null}
          {moved ? <Button onClick={() => setTried(profile)}>Back to the profile in force</Button> : null}
        </div>
        <p className="text-sm text-ink-2">
          Reckoned from what these runs touched when they were recorded. Nothing is saved by trying, and no
          stored score changes.
        </p>
      </div>
    </div>
  );
}

const CONTROL =
  'w-full rounded-md border border-line-strong bg-sheet px-2.5 py-1.5 text-base text-ink aria-[invalid=true]:border-critical';

/** What keeps a profile from being one, in words; null: nothing. */
function wrongIn({
  categories,
  actions,
  egress,
  audience,
  aggregate,
  thresholds,
}: RiskProfile): string | null {
  const figures = [...Object.values(actions), egress, ...Object.values(categories)];
  const share = aggregate.rule === 'capped' ? aggregate.share : 0;
  if (
    [...figures, audience.factor, share, ...Object.values(thresholds)].some(
      (figure) => !Number.isFinite(figure),
    )
  )
    return 'Every figure needs a number.';
  if (Object.values(categories).some((weight) => weight < 0 || weight > 10))
    return 'A weight is between 0 and 10.';
  if (figures.some((figure) => figure < 0)) return 'A multiplier is not below 0.';
  if (audience.factor <= 0) return 'The factor of the audience is above 0.';
  if (share < 0 || share > 1) return 'The share of the riskiest span is between 0 and 1.';
  const { medium, high, critical } = thresholds;
  return medium > 0 && medium < high && high < critical
    ? null
    : 'Thresholds rise strictly: medium, then high, then critical.';
}

function Group({ legend, children }: { legend: string; children: React.ReactNode }) {
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-1.5 text-sm font-semibold">{legend}</legend>
      {children}
    </fieldset>
  );
}

/** A figure to type or, where it has an end, to move. */
function Figure({
  label,
  value,
  none,
  unit,
  slider,
  step,
  onChange,
}: {
  label: string;
  value: number | null;
  /** Said where there is no figure yet. */
  none?: string;
  unit?: string;
  /** The top of the scale, which begins at 0. */
  slider?: number;
  step: number;
  onChange: (value: number) => void;
}) {
  // What is typed stays as it is typed; "1." is on its way to a number.
  const [typed, setTyped] = useState<string | null>(null);
  const shown = typed !== null && Number(typed) === value ? typed : value === null ? '' : String(value);
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-3 gap-y-1 text-sm sm:grid-cols-[minmax(0,1fr)_minmax(0,1fr)_auto]">
      <span className="min-w-0 break-words">
        {label}
        {value === null && none !== undefined ? <span className="block text-ink-3">{none}</span> : null}
      </span>
      {slider === undefined ? (
        <span className="hidden sm:block" />
      ) : (
        <input
          type="range"
          aria-label={label}
          min={0}
          max={slider}
          step={step}
          value={value !== null && Number.isFinite(value) ? value : slider}
          onChange={(event) => onChange(event.currentTarget.valueAsNumber)}
          className="order-last col-span-2 h-6 w-full accent-(--accent) sm:order-none sm:col-span-1"
        />
      )}
      <span className="flex items-center gap-1.5">
        <input
          type="text"
          inputMode="decimal"
          aria-label={slider === undefined ? label : `${label}, as a number`}
          value={value !== null && Number.isNaN(value) ? (typed ?? '') : shown}
          aria-invalid={value !== null && !Number.isFinite(value)}
          onChange={(event) => {
            const text = event.currentTarget.value.trim();
            setTyped(text);
            onChange(text === '' ? Number.NaN : Number(text));
          }}
          className={`${CONTROL} w-20! text-right`}
        />
        <span className="w-3 text-ink-2">{unit}</span>
      </span>
    </div>
  );
}
