import { shortDigest } from '@/lib/format';

/** An entry's figures and names as one reads them: "reason wrong key; scopes ingest, decide". Exports hold them whole. */
export function AuditDetail({ detail }: { detail: Record<string, unknown> }) {
  const parts = Object.entries(detail)
    .map(([name, value]) => ({ name: wordsOf(name), text: textOf(value) }))
    .filter((part) => part.text !== '');
  if (parts.length === 0) return <span className="text-ink-3">–</span>;
  return (
    <span className="[overflow-wrap:anywhere]">
      {parts.map((part, index) => (
        <span key={part.name}>
          {index === 0 ? '' : '; '}
          <span className="text-ink-3">{part.name}</span> {part.text}
        </span>
      ))}
    </span>
  );
}

const DIGESTS_AND_IDS = /^[0-9a-f]{40,}$|^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** "agentId" → "agent id" */
function wordsOf(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.map(textOf).join(', ');
  if (typeof value === 'object')
    return Object.entries(value)
      .map(([name, inner]) => `${wordsOf(name)} ${textOf(inner)}`)
      .join(', ');
  return String(value).replace(DIGESTS_AND_IDS, shortDigest);
}
