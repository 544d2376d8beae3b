import { ExactTime } from '@/components/ui/relative-time';
import { SheetBody } from '@/components/ui/sheet';
import { formatNumber, shortDigest } from '@/lib/format';

const MOST_DEPTH = 4;
const MOST_ROWS = 60;
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

/** Whatever a piece of evidence holds, as names and values, for kinds that have no view of their own. */
export function Figures({ value }: { value: unknown }) {
  if (!isGroup(value) || Object.keys(value).length === 0) return null;
  return (
    <SheetBody className="border-b border-line text-sm">
      <Group value={value} depth={0} />
    </SheetBody>
  );
}

function Group({ value, depth }: { value: object; depth: number }) {
  // Which drill it was is nothing a reader could look up.
  const members = Object.entries(value).filter(
    ([name, member]) => member !== null && member !== '' && name !== 'drill',
  );
  return (
    <dl className={depth === 0 ? 'grid gap-1.5' : 'grid gap-1 border-l border-line pl-3'}>
      {members.slice(0, MOST_ROWS).map(([name, member]) => (
        <div key={name} className={isPlain(member) ? 'flex flex-wrap justify-between gap-x-4' : 'grid gap-1'}>
          <dt className="text-ink-2">{labelOf(name)}</dt>
          <dd className="min-w-0 [overflow-wrap:anywhere]">
            <Value value={member} depth={depth + 1} />
          </dd>
        </div>
      ))}
      {members.length > MOST_ROWS ? <More count={members.length - MOST_ROWS} /> : null}
    </dl>
  );
}

function Value({ value, depth }: { value: unknown; depth: number }) {
  if (typeof value === 'string' && MOMENT.test(value)) return <ExactTime at={value} />;
  if (!isGroup(value)) return wordsOf(value);
  if (depth > MOST_DEPTH) return JSON.stringify(value).slice(0, 500);
  if (!Array.isArray(value)) return <Group value={value} depth={depth} />;
  if (value.length === 0) return 'none';
  if (value.every(isPlain)) return value.map(wordsOf).join(', ');
  return (
    <ul className="grid gap-2">
      {value.slice(0, MOST_ROWS).map((item, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: evidence never changes its order
        <li key={index}>
          <Value value={item} depth={depth} />
        </li>
      ))}
      {value.length > MOST_ROWS ? (
        <li>
          <More count={value.length - MOST_ROWS} />
        </li>
      ) : null}
    </ul>
  );
}

function More({ count }: { count: number }) {
  return <p className="text-ink-2">and {count} more</p>;
}

function isGroup(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isPlain(value: unknown): boolean {
  return !isGroup(value) || (Array.isArray(value) && value.length === 0);
}

/** "blockedCalls" → "Blocked calls"; "p95Ms" → "P95 ms". */
function labelOf(name: string): string {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[_-]+/g, ' ')
    .toLowerCase();
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

function wordsOf(value: unknown): string {
  if (typeof value === 'number') return formatNumber(value, 4);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (value === null || value === undefined) return 'none';
  if (Array.isArray(value)) return 'none';
  const text = String(value);
  return /^[0-9a-f]{40,}$/.test(text) ? shortDigest(text) : text;
}

/** A text in a detail that no schema has read; empty when there is none. */
export function textAt(detail: unknown, name: string): string {
  if (!isGroup(detail)) return '';
  const value: unknown = new Map<string, unknown>(Object.entries(detail)).get(name);
  return typeof value === 'string' ? value : '';
}
