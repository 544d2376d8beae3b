/** The last millisecond of a day (YYYY-MM-DD) where clocks show `zone`, ISO; null for what is no day. */
export function endOfDay(day: string, zone: string): string | null {
  const wanted = Date.parse(`${day}T23:59:59.999Z`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || Number.isNaN(wanted)) return null;
  // Once by the offset of the guess, once by that of the answer: they differ where clocks change on that day.
  const first = wanted - offsetAt(wanted, zone);
  return new Date(wanted - offsetAt(first, zone)).toISOString();
}

/** How far clocks in `zone` are ahead of UTC at a moment, in milliseconds. */
function offsetAt(at: number, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes) =>
    Number(parts.find((each) => each.type === type)?.value ?? 0);
  const shown = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  );
  return shown - Math.floor(at / 1000) * 1000;
}
