import {
  formatCompact,
  formatCount,
  formatDuration,
  formatMoney,
  formatNumber,
  formatPercent,
} from '@/lib/format';

/** How the figures of a chart are written; every chart names one of these, so that its figures read as those of its page. */
export const CHART_UNITS = {
  count: { text: formatCount, tick: formatCompact },
  score: { text: (value: number) => formatNumber(value, 1), tick: (value: number) => formatNumber(value, 1) },
  risk: { text: (value: number) => formatNumber(value, 1), tick: formatCompact },
  money: { text: formatMoney, tick: formatMoney },
  /** A share 0-1. */
  share: { text: formatPercent, tick: (value: number) => formatPercent(value, 0) },
  /** Milliseconds. */
  duration: { text: formatDuration, tick: formatDuration },
  number: {
    text: (value: number) => formatNumber(value, 2),
    tick: (value: number) => formatNumber(value, 2),
  },
} as const;
export type ChartUnit = keyof typeof CHART_UNITS;

export interface ChartSeries {
  key: string;
  label: string;
  /** A CSS colour that means what the series means. */
  colour: string;
  /** Bars are stacked. A range is a band between the keys `low` and `high` of each point. The chart's own when left out. */
  kind?: 'bar' | 'line' | 'range';
  low?: string;
  high?: string;
  /** Tells series apart without colour: a texture of bars. */
  texture?: 'hatch' | 'dots';
  /** The same for lines. */
  dashed?: boolean;
}

/** One place on the axis with the figures of its series; null is unknown and stays open. */
export type ChartPoint = { x: string } & { [key: string]: number | string | null };

/** A limit drawn across: what the contract or the promise says. */
export interface ChartThreshold {
  value: number;
  label: string;
  /** On which side of it things are well. */
  keep: 'above' | 'below';
}

/** Something that happened at a place on the axis. */
export interface ChartMark {
  x: string;
  label: string;
  kind: 'version' | 'incident';
  href?: string;
}

/** `/runs?from={x}&to={x}` of one place. */
export function hrefAt(template: string, x: string): string {
  return template.replaceAll('{x}', encodeURIComponent(x));
}

/** Labels of marks that stand closer than this share of the width would run into each other. */
const MARK_APART = 0.16;

/** Marks by place, with a label only where it can be read: versions go before incidents, which have a sign of their own. */
export function marksByPlace(
  marks: readonly ChartMark[],
  places: readonly string[],
): { x: string; label: string; incident: boolean; version: boolean }[] {
  const byPlace = new Map<string, ChartMark[]>();
  for (const mark of marks) byPlace.set(mark.x, [...(byPlace.get(mark.x) ?? []), mark]);
  const sorted = [...byPlace]
    .map(([x, here]) => ({ x, at: places.indexOf(x), here }))
    .filter(({ at }) => at !== -1)
    .sort((left, right) => left.at - right.at);
  const apart = places.length * MARK_APART;
  let before = Number.NEGATIVE_INFINITY;
  return sorted.map(({ x, at, here }) => {
    const versions = here.filter((mark) => mark.kind === 'version');
    const [only] = versions;
    const readable = only !== undefined && at - before >= apart;
    if (readable) before = at;
    return {
      x,
      label: !readable ? '' : versions.length === 1 ? only.label : `${versions.length} versions`,
      incident: here.some((mark) => mark.kind === 'incident'),
      version: versions.length > 0,
    };
  });
}
