/**
 * A line of values, gaps left open. `label` says what it reads ("score, 30 days: 91 now").
 * `low` and `high` fix the scale so that lines of different rows compare.
 */
export function Sparkline({
  values,
  label,
  low,
  high,
  width = 96,
  height = 22,
}: {
  values: readonly (number | null)[];
  label: string;
  low?: number;
  high?: number;
  width?: number;
  height?: number;
}) {
  const known = values.filter((value): value is number => value !== null);
  if (known.length === 0) return <span className="text-ink-3">–</span>;
  const from = low ?? Math.min(...known);
  const to = high ?? Math.max(...known);
  const span = to - from || 1;
  const x = (index: number) =>
    values.length < 2 ? width / 2 : 1 + (index / (values.length - 1)) * (width - 2);
  const y = (value: number) => 2 + (1 - (Math.min(to, Math.max(from, value)) - from) / span) * (height - 4);
  let path = '';
  let pen = false;
  const dots: { cx: number; cy: number }[] = [];
  values.forEach((value, index) => {
    if (value === null) {
      pen = false;
      return;
    }
    path += `${pen ? 'L' : 'M'}${x(index).toFixed(1)} ${y(value).toFixed(1)}`;
    // A value between two gaps would be an invisible line.
    if (!pen && (values[index + 1] ?? null) === null) dots.push({ cx: x(index), cy: y(value) });
    pen = true;
  });
  return (
    <svg
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={label}
      className="inline-block align-middle text-ink-2"
    >
      <path d={path} fill="none" stroke="currentColor" strokeWidth="1.4" strokeLinejoin="round" />
      {dots.map((dot) => (
        <circle key={dot.cx} cx={dot.cx} cy={dot.cy} r="1.4" fill="currentColor" />
      ))}
    </svg>
  );
}
