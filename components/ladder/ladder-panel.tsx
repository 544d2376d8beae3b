import Link from 'next/link';
import { Sentence } from '@/components/contracts/sentence';
import { WhoMay } from '@/components/runs/who-may';
import { LiveRefresh } from '@/components/shell/live-refresh';
import { RelativeTime } from '@/components/ui/relative-time';
import { Sheet, SheetBody, SheetFoot } from '@/components/ui/sheet';
import { Tag } from '@/components/ui/tag';
import { describeLadderStep } from '@/lib/contract/describe-failure';
import { formatList, plural } from '@/lib/format';
import { LEVEL_WORDS, STEP_TITLES } from '@/lib/response/ladder-words';
import type { LadderStanding, StepDto } from '@/lib/services/ladder/get-ladder';
import { Intervene, Lift, MarkMet } from './ladder-controls';
import { STEP_TONES } from './ladder-mark';

const RULES_SHOWN = 6;
const PAST_SHOWN = 3;

/** Where an agent stands on the ladder: since when, by which rule or whom, and what must hold before it is back. */
export function LadderPanel({ data, incident = null }: { data: LadderStanding; incident?: number | null }) {
  const { agent, standing, past, rules, may, level, base } = data;
  return (
    <Sheet
      title="Ladder"
      label={level === base ? LEVEL_WORDS[level] : `now ${LEVEL_WORDS[level]}`}
      {...(may.intervene.allowed
        ? { actions: <Intervene agent={agent} level={level} incident={incident} /> }
        : {})}
    >
      <LiveRefresh topics={['intervention', 'gate']} />
      {standing.length === 0 ? (
        <SheetBody>
          <p className="text-ink-2">
            {agent.displayName} stands on no step: nothing is taken from what its contract lets it do.
          </p>
        </SheetBody>
      ) : (
        <>
          {data.held === null ? null : (
            <SheetBody className="border-b border-line">
              <p>{heldWords(data)}</p>
            </SheetBody>
          )}
          <ul>
            {standing.map((step) => (
              <li key={step.id} className="border-b border-line px-3.5 py-3 last:border-b-0">
                <Standing step={step} data={data} />
              </li>
            ))}
          </ul>
        </>
      )}
      {may.intervene.allowed ? null : (
        <SheetFoot>
          <WhoMay permission={may.intervene} verb="take a step" />
        </SheetFoot>
      )}
      {rules.length === 0 ? null : (
        <SheetBody className="border-t border-line text-sm">
          <h3 className="mb-1.5 font-medium">What its contract asks for</h3>
          <ul className="grid gap-1 text-ink-2">
            {rules.slice(0, RULES_SHOWN).map((rule) => (
              <li key={rule.clause} className="break-words">
                <Sentence parts={describeLadderStep(rule.rule)} people={{}} />
              </li>
            ))}
          </ul>
          {rules.length > RULES_SHOWN ? (
            <p className="mt-1 text-ink-2">And {plural(rules.length - RULES_SHOWN, 'rule')} more.</p>
          ) : null}
        </SheetBody>
      )}
      {past.length === 0 ? null : (
        <SheetBody className="border-t border-line text-sm">
          <h3 className="mb-1.5 font-medium">Before</h3>
          <ul className="grid gap-1 text-ink-2">
            {past.slice(0, PAST_SHOWN).map((step) => (
              <li key={step.id} className="break-words">
                {STEP_TITLES[step.kind]} <RelativeTime at={step.at} />, until {endWords(step)}
              </li>
            ))}
          </ul>
        </SheetBody>
      )}
    </Sheet>
  );
}

function Standing({ step, data }: { step: StepDto; data: LadderStanding }) {
  const { agent, may } = data;
  const open = step.requirements.filter(({ met }) => met === null);
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <Tag tone={STEP_TONES[step.kind]}>{STEP_TITLES[step.kind]}</Tag>
        {step.toLevel === step.fromLevel ? null : (
          <span className="text-sm">
            {LEVEL_WORDS[step.fromLevel]} → {LEVEL_WORDS[step.toLevel]}
          </span>
        )}
        <span className="text-sm text-ink-2">
          <RelativeTime at={step.at} />
        </span>
      </div>
      <p className="break-words">{step.by === null ? step.reason : `“${step.reason}”`}</p>
      <p className="text-sm break-words text-ink-2">
        {step.clause === null ? (
          `By ${step.by ?? 'a person'}`
        ) : (
          <>
            By rule <code className="code">{step.clause}</code>
          </>
        )}
        {step.incident === null ? null : (
          <>
            {', after '}
            <Link href={`/incidents/${step.incident}`} className="prose-link">
              INC-{step.incident}
            </Link>
          </>
        )}
        . {leadsBack(step, open.length)}
        {step.gate === null || step.passedAt !== null ? null : (
          <>
            {' '}
            <Link href={`/agents/${encodeURIComponent(agent.name)}/lifecycle`} className="prose-link">
              Its gates
            </Link>
          </>
        )}
      </p>
      {step.requirements.length === 0 ? null : (
        <ul className="grid gap-2 text-sm" aria-label="What must hold before it is back">
          {step.requirements.map((one) => (
            <li key={one.id} className="flex flex-wrap items-start justify-between gap-x-3 gap-y-1">
              <span className="min-w-0 flex-1 basis-56 break-words">
                {one.statement}
                <span className="block text-ink-2">
                  {one.met === null ? (
                    'Not met yet'
                  ) : (
                    <>
                      Met, says {one.met.by ?? 'Countersign'} <RelativeTime at={one.met.at} />: “
                      {one.met.reason}”
                    </>
                  )}
                </span>
              </span>
              {one.met === null && may.mark.allowed ? <MarkMet id={step.id} requirement={one} /> : null}
            </li>
          ))}
        </ul>
      )}
      {step.gate === null && open.length === 0 && may.lift.allowed ? (
        <div>
          <Lift id={step.id} kind={step.kind} agent={agent.displayName} />
        </div>
      ) : null}
    </div>
  );
}

function leadsBack(step: StepDto, open: number): string {
  const met =
    open === 0 ? '' : `${plural(open, 'requirement')} of its recovery ${open === 1 ? 'is' : 'are'} met`;
  if (step.gate === null) return open === 0 ? 'A person ends it.' : `A person can end it once ${met}.`;
  if (step.passedAt !== null) return `${step.gate} has passed; it ends once ${met}.`;
  const gate =
    step.gate === 'G6' ? 'G6 passes, or G5 on the way back into production' : `${step.gate} passes`;
  return `It ends when ${gate}${open === 0 ? '' : `, and ${met}`}. The review must be opened after it began.`;
}

function heldWords({ held, passes }: LadderStanding): string {
  if (held?.recover !== true) return 'Every call of the agent is blocked.';
  if (passes.length === 0)
    return 'It is in recovery: every call is blocked but reads and what undoes another call.';
  const shown = passes.slice(0, 5);
  const more = passes.length - shown.length;
  return `It is in recovery: only what remediation needs passes, ${formatList([...shown, ...(more > 0 ? [`${more} more`] : [])])}.`;
}

function endWords({ ended }: StepDto): string {
  if (ended === null) return 'now';
  if (ended.gate !== null) return `${ended.gate} passed`;
  return `${ended.by ?? 'a person'} ended it: “${ended.reason ?? ''}”`;
}
