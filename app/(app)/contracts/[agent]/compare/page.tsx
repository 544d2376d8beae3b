import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { BacktestPanel } from '@/components/backtests/backtest-panel';
import { COMPARE_VIEWS, compareHref } from '@/components/contracts/compare-href';
import { ComparePicker } from '@/components/contracts/compare-picker';
import { CompareReadings } from '@/components/contracts/compare-readings';
import { contractHref, draftHref } from '@/components/contracts/contract-href';
import { DiffChanges } from '@/components/contracts/diff-changes';
import { countDirections, DirectionCounts } from '@/components/contracts/diff-direction';
import { DiffRoute } from '@/components/contracts/diff-route';
import { DiffText } from '@/components/contracts/diff-text';
import { LiveRefresh } from '@/components/shell/live-refresh';
import { ButtonLink } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { EmptyState } from '@/components/ui/empty-state';
import { PageHeader } from '@/components/ui/page-header';
import { Columns, Stack } from '@/components/ui/sheet';
import { Tabs } from '@/components/ui/tabs';
import { requireActor } from '@/lib/auth/session';
import type { Direction } from '@/lib/contract/change-row';
import { READERS, type Reader } from '@/lib/contract/readings';
import { DEFAULTS_AGENT } from '@/lib/contract/workspace-defaults';
import { AppError } from '@/lib/errors';
import { plural } from '@/lib/format';
import { type BacktestsOf, backtestsOf } from '@/lib/services/backtests/get-backtest';
import {
  type Comparison,
  compareVersions,
  type Side,
  type SideOf,
} from '@/lib/services/contracts/compare-versions';
import { listDrafts } from '@/lib/services/drafts/list-drafts';

interface Props {
  params: Promise<{ agent: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

const SHOWN: readonly (Direction | 'all')[] = ['all', 'wider', 'narrower', 'neutral'];

const load = cache(
  async (agent: string, from: string | undefined, to: string | undefined): Promise<Comparison | string> => {
    const actor = await requireActor();
    return compareVersions(actor, { agent, from: sideOf(from), to: sideOf(to) }).catch((error: unknown) => {
      if (error instanceof AppError && error.code === 'not_found')
        return from === undefined && to === undefined ? error.message : notFound();
      throw error;
    });
  },
);

/** `3` is a version, anything longer the id of a draft. */
function sideOf(value: string | undefined): SideOf | undefined {
  if (value === undefined) return undefined;
  return /^[1-9]\d{0,8}$/.test(value) ? { version: Number(value) } : { draft: value };
}

async function ask({ params, searchParams }: Props) {
  const agent = decodeURIComponent((await params).agent);
  const { from, to, view, show, reader } = await searchParams;
  const text = (value: string | string[] | undefined) => (typeof value === 'string' ? value : undefined);
  return {
    agent,
    compared: await load(agent, text(from), text(to)),
    view: COMPARE_VIEWS.find((each) => each === view) ?? 'side',
    show: SHOWN.find((each) => each === show) ?? 'all',
    reader: READERS.find((each) => each === reader) ?? (await ownReading()),
  };
}

/** Whoever reads begins with the reading of their own role. */
async function ownReading(): Promise<Reader> {
  const actor = await requireActor();
  const roles: readonly string[] = actor.kind === 'person' ? actor.roles : [];
  return READERS.find((each) => roles.includes(each)) ?? 'sponsor';
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  const { compared } = await ask(props);
  return {
    title:
      typeof compared === 'string'
        ? 'Compare versions'
        : `${compared.agent?.displayName ?? 'Workspace defaults'}, ${compared.before.title} and ${compared.after.title}`,
  };
}

export default async function ComparePage(props: Props) {
  const { agent, compared, view, show, reader } = await ask(props);
  const page = contractHref(agent === 'defaults' ? DEFAULTS_AGENT : agent);
  if (typeof compared === 'string')
    return (
      <>
        <PageHeader
          crumbs={[
            { label: 'Contracts', href: '/contracts' },
            { label: agent, href: page },
            { label: 'Compare' },
          ]}
          title="Compare versions"
        />
        <EmptyState
          title="Nothing to compare yet"
          action={<ButtonLink href={page}>Read the contract</ButtonLink>}
        >
          {compared}
        </EmptyState>
      </>
    );
  const { before, after, changes, routed, readings, faults, versions } = compared;
  const name = compared.agent?.name ?? DEFAULTS_AGENT;
  const title = compared.agent?.displayName ?? 'Workspace defaults';
  const at = { from: idOf(before), to: idOf(after) };
  const counts = countDirections(changes);
  const shown = show === 'all' ? changes : changes.filter((change) => change.direction === show);
  const names = [before.title, after.title] as const;
  const { rows } = await listDrafts(await requireActor(), compared.agent === null ? {} : { agent: name });
  const backtests = await backtestsOfSide(compared);
  const drafts = rows.filter((draft) => (compared.agent === null) === (draft.subject === 'defaults'));
  return (
    <>
      <LiveRefresh topics={['contract', 'draft']} />
      <PageHeader
        crumbs={[
          { label: 'Contracts', href: '/contracts' },
          { label: title, href: page },
          { label: 'Compare' },
        ]}
        title={`${before.title} and ${after.title}`.replace(/^the /, 'The ')}
        facts={[title, plural(changes.length, 'change'), <DirectionCounts key="counts" counts={counts} />]}
        actions={<ButtonLink href={hrefOfSide(name, after)}>Read {after.title}</ButtonLink>}
      />
      <ComparePicker
        agent={name}
        from={at.from}
        to={at.to}
        options={[
          ...drafts.map((draft) => ({ id: draft.id, label: `Draft “${draft.name}”` })),
          ...versions.map((version) => ({
            id: String(version.number),
            label: `v${version.label}, no. ${version.number}${version.inForce ? ', in force' : ''}`,
          })),
        ]}
      />
      {faults.length > 0 ? (
        <Callout
          tone="medium"
          title={`The draft has ${plural(faults.length, 'fault')}, so its clauses cannot be compared yet`}
        >
          What changed as text is shown below. The first: {faults[0]?.message}
        </Callout>
      ) : changes.length === 0 ? (
        <Callout title="They say the same">
          {before.text === after.text
            ? 'Not a character differs.'
            : 'Only comments, spacing, the order of keys or defaults written out differ.'}
        </Callout>
      ) : (
        <DiffRoute routed={routed} total={changes.length} />
      )}
      <div className="h-5" />
      <Columns>
        <div className="min-w-0">
          <Tabs
            label="Views of the diff"
            current={view}
            tabs={[
              {
                id: 'side',
                label: 'Side by side',
                href: compareHref(name, { ...at, view: 'side', show, reader }),
              },
              {
                id: 'inline',
                label: 'Inline',
                href: compareHref(name, { ...at, view: 'inline', show, reader }),
              },
              { id: 'yaml', label: 'YAML', href: compareHref(name, { ...at, view: 'yaml', show, reader }) },
            ]}
          />
          {view === 'yaml' ? (
            <DiffText before={before.text} after={after.text} names={names} />
          ) : changes.length === 0 ? (
            <p className="text-ink-2">No clause differs.</p>
          ) : (
            <>
              <nav aria-label="Filter by direction" className="flex flex-wrap gap-2 pb-4">
                {SHOWN.map((each) => (
                  <Link
                    key={each}
                    href={compareHref(name, { ...at, view, show: each === 'all' ? undefined : each, reader })}
                    scroll={false}
                    aria-current={each === show ? 'true' : undefined}
                    className="rounded-full border border-line px-2.5 py-0.5 text-sm text-ink-2 hover:text-ink aria-[current]:border-ink aria-[current]:font-medium aria-[current]:text-ink"
                  >
                    {each === 'all'
                      ? `All ${changes.length}`
                      : `${each.charAt(0).toUpperCase()}${each.slice(1)} ${counts[each]}`}
                  </Link>
                ))}
              </nav>
              {shown.length === 0 ? (
                <p className="text-ink-2">No change is {show}.</p>
              ) : (
                <DiffChanges
                  changes={shown}
                  view={view}
                  names={names}
                  hrefOf={(change) =>
                    `${hrefOfSide(name, change.after === undefined ? before : after)}#${encodeURI(change.clause)}`
                  }
                />
              )}
            </>
          )}
        </div>
        <Stack>
          <CompareReadings
            readings={readings}
            current={reader}
            hrefOf={(each) =>
              compareHref(name, { ...at, view, show: show === 'all' ? undefined : show, reader: each })
            }
          />
        </Stack>
      </Columns>
      {backtests === null ? null : (
        <div className="mt-5">
          <BacktestPanel
            agent={name}
            of={after.kind === 'version' ? { version: after.number } : { draft: after.id }}
            data={backtests}
            {...(after.kind === 'draft' ? { revision: after.revision } : {})}
          />
        </div>
      )}
    </>
  );
}

/** What recorded runs make of the later side; null where there are none to ask, or it cannot be replayed. */
async function backtestsOfSide({ agent, after, versions, faults }: Comparison): Promise<BacktestsOf | null> {
  if (agent === null || faults.length > 0) return null;
  const actor = await requireActor();
  if (after.kind === 'draft') return backtestsOf(actor, { draftId: after.id });
  const version = versions.find((each) => each.number === after.number);
  return version === undefined ? null : backtestsOf(actor, { versionId: version.id });
}

function idOf(side: Side): string {
  return side.kind === 'version' ? String(side.number) : side.id;
}

function hrefOfSide(agent: string, side: Side): string {
  return side.kind === 'version' ? contractHref(agent, { version: side.number }) : draftHref(side.id);
}
