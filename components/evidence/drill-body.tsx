import Link from 'next/link';
import type { ReactNode } from 'react';
import { z } from 'zod';
import { Band } from '@/components/ui/band';
import { LaneTag } from '@/components/ui/lane-tag';
import { ExactTime } from '@/components/ui/relative-time';
import { SheetBody } from '@/components/ui/sheet';
import { BANDS } from '@/lib/contract/schema';
import { LANES } from '@/lib/decision/types';
import { formatDuration, formatList, plural } from '@/lib/format';
import { Figures } from './figures';

const failurePathsSchema = z.object({
  severities: z.array(
    z.object({
      severity: z.enum(BANDS),
      brokenBy: z.string().nullable(),
      asked: z.array(z.string()),
      done: z.array(z.string()),
      faults: z.array(z.string()),
    }),
  ),
  kinds: z.array(
    z.object({
      kind: z.string(),
      declared: z.string(),
      lanes: z.array(z.object({ clause: z.string(), lane: z.enum(LANES) })).nullable(),
      faults: z.array(z.string()),
    }),
  ),
  exercised: z.string(),
});

/** How each severity was answered, and each kind of failure that the product answers itself. */
export function FailurePathsBody({ detail, href }: { detail: unknown; href: (clause: string) => string }) {
  const read = failurePathsSchema.safeParse(detail);
  if (!read.success) return <Figures value={detail} />;
  const { severities, kinds, exercised } = read.data;
  return (
    <div className="border-b border-line text-sm">
      <List label="Answers to each severity">
        {severities.map(({ severity, brokenBy, asked, done, faults }) => (
          <Row
            key={severity}
            head={<Band band={severity} />}
            aside={
              brokenBy === null ? 'not broken by any call tried' : <Clause path={brokenBy} href={href} />
            }
            faults={faults}
          >
            Contract asks: {words(asked)}. Done: {words(done)}.
          </Row>
        ))}
      </List>
      <List label="Answers to each kind of failure">
        {kinds.map(({ kind, declared, lanes, faults }) => (
          <Row
            key={kind}
            head={<span className="font-medium">{KIND_WORDS.get(kind) ?? kind}</span>}
            aside={`contract says ${declared}`}
            faults={faults}
          >
            {lanes === null ? (
              'Not exercised: the agent’s own to answer.'
            ) : (
              <span className="grid gap-0.5">
                {lanes.map(({ clause, lane }) => (
                  <span key={clause} className="flex flex-wrap justify-between gap-x-3">
                    <Clause path={clause} href={href} />
                    <LaneTag lane={lane} />
                  </span>
                ))}
              </span>
            )}
          </Row>
        ))}
      </List>
      <SheetBody className="text-ink-2">{exercised}</SheetBody>
    </div>
  );
}

const KIND_WORDS: ReadonlyMap<string, string> = new Map([
  ['missingEvidence', 'Missing evidence'],
  ['policyMismatch', 'Policy mismatch'],
  ['toolFailure', 'Tool failure'],
  ['ambiguousInput', 'Ambiguous input'],
  ['costOverrun', 'Cost overrun'],
  ['loop', 'Loops'],
]);

const probeSchema = z.object({ tool: z.string(), lane: z.enum(LANES), byKillSwitch: z.boolean() });

const killSwitchSchema = z.object({
  planes: z.array(
    z.object({
      name: z.string(),
      onAfterMs: z.number().nullable(),
      offAfterMs: z.number().nullable(),
      probes: z.array(probeSchema),
      before: z.array(probeSchema),
    }),
  ),
  exercised: z.string(),
});

/** Plane by plane: how soon the switch was there, and what each probe call was answered before and under it. */
export function KillSwitchBody({ detail }: { detail: unknown }) {
  const read = killSwitchSchema.safeParse(detail);
  if (!read.success) return <Figures value={detail} />;
  return (
    <div className="border-b border-line text-sm">
      {read.data.planes.map(({ name, onAfterMs, offAfterMs, probes, before }) => (
        <List key={name} label={`Probe calls at ${name}`}>
          <Row head={<span className="font-medium">{name}</span>} aside="runtime plane" faults={[]}>
            {onAfterMs === null ? 'The switch never arrived' : `Blocked after ${formatDuration(onAfterMs)}`};{' '}
            {offAfterMs === null ? 'no word of the release' : `released after ${formatDuration(offAfterMs)}`}.
          </Row>
          {probes.map(({ tool, lane, byKillSwitch }) => (
            <li key={tool} className={`${ITEM} flex flex-wrap justify-between gap-x-3`}>
              <span className="code [overflow-wrap:anywhere]">{tool}</span>
              <span className="flex flex-wrap gap-x-2 text-ink-2">
                {before
                  .filter((each) => each.tool === tool)
                  .map((each) => (
                    <LaneTag key={each.tool} lane={each.lane} label={`${each.lane} before`} />
                  ))}
                <span aria-hidden="true">→</span>
                <LaneTag lane={lane} label={byKillSwitch ? `${lane}, by the switch` : lane} />
              </span>
            </li>
          ))}
        </List>
      ))}
      <SheetBody className="text-ink-2">{read.data.exercised}</SheetBody>
    </div>
  );
}

const arrivalSchema = z.object({ at: z.string() }).nullable();
const rollbackSchema = z.object({
  thereMs: z.number(),
  backMs: z.number(),
  promisedMs: z.number(),
  runsBegunMeanwhile: z.number(),
  planes: z.array(z.object({ name: z.string(), there: arrivalSchema, back: arrivalSchema })),
});

/** How soon every plane went to the other version and came back. One that had nothing to go back to holds no figures. */
export function RollbackBody({ detail }: { detail: unknown }) {
  const read = rollbackSchema.safeParse(detail);
  if (!read.success) return <Figures value={detail} />;
  const { thereMs, backMs, promisedMs, runsBegunMeanwhile, planes } = read.data;
  return (
    <div className="border-b border-line text-sm">
      <List label="Each runtime plane">
        {planes.map(({ name, there, back }) => (
          <Row
            key={name}
            head={<span className="font-medium">{name}</span>}
            aside="runtime plane"
            faults={[]}
          >
            <span className="block">
              There: {there === null ? 'never' : <ExactTime at={there.at} precision="millisecond" />}
            </span>
            <span className="block">
              Back: {back === null ? 'never' : <ExactTime at={back.at} precision="millisecond" />}
            </span>
          </Row>
        ))}
      </List>
      <SheetBody className="text-ink-2">
        The last plane was there after {formatDuration(thereMs)} and back after {formatDuration(backMs)}; at
        most {formatDuration(promisedMs)} is promised. {plural(runsBegunMeanwhile, 'run')} began meanwhile.
      </SheetBody>
    </div>
  );
}

const ITEM = 'border-b border-line px-3.5 py-2.5';

function List({ label, children }: { label: string; children: ReactNode }) {
  return <ul aria-label={label}>{children}</ul>;
}

function Row({
  head,
  aside,
  faults,
  children,
}: {
  head: ReactNode;
  aside: ReactNode;
  faults: readonly string[];
  children: ReactNode;
}) {
  return (
    <li className={`${ITEM} grid gap-0.5`}>
      <p className="flex flex-wrap items-baseline justify-between gap-x-3">
        {head}
        <span className="min-w-0 text-ink-2">{aside}</span>
      </p>
      <div className="text-ink-2">{children}</div>
      {faults.length === 0 ? null : <p className="text-critical">{faults.join('; ')}</p>}
    </li>
  );
}

function Clause({ path, href }: { path: string; href: (clause: string) => string }) {
  return (
    <Link href={href(path)} className="code prose-link [overflow-wrap:anywhere]">
      {path}
    </Link>
  );
}

function words(actions: readonly string[]): string {
  return actions.length === 0 ? 'nothing' : formatList(actions);
}
