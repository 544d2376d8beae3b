import type { FoundData } from '@/lib/services/incidents/found-data';

const CATEGORY_WORDS: Record<string, string> = {
  'bank-account': 'Bank account number',
  'payment-card': 'Payment card number',
};

/** What detectors found, masked, and where it stands. */
export function Found({ found }: { found: readonly FoundData[] }) {
  if (found.length === 0) return null;
  return (
    <ul className="mt-3 grid gap-2 text-sm" aria-label="What was found">
      {found.map((one) => (
        <li
          key={`${one.spanId} ${one.part} ${one.path} ${one.category}`}
          className="[overflow-wrap:anywhere]"
        >
          {CATEGORY_WORDS[one.category] ?? one.category}{' '}
          <span className="code font-medium" title="Masked: only this much of it is shown">
            {one.masked}
          </span>
          <span className="block text-ink-2">
            in the {one.part} of <span className="code">{one.tool}</span>
            {one.path === '' ? null : (
              <>
                , at <span className="code">{one.path}</span>
              </>
            )}
            {one.document === null ? null : (
              <>
                , document <span className="code">{one.document}</span>
              </>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}
